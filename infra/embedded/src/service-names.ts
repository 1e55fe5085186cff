/** Every service with a database, in the order in which a ticket passes through them. */
export const serviceNames = ['ticket', 'sla-policy', 'clock', 'escalation', 'notification'] as const
export type ServiceName = typeof serviceNames[number]
