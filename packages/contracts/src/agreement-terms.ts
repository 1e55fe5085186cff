import type { PauseRules, TicketSnapshot } from './events/parts.ts'

/** What of a ticket decides what is agreed for it; a change of anything else changes no agreement. */
export type AgreementSubject = Readonly<
  Pick<TicketSnapshot, 'type' | 'priority' | 'severity' | 'productId' | 'moduleId' | 'questionId'> & {
    customerId: TicketSnapshot['customerId'] | null,
    channel: TicketSnapshot['channel'] | null
  }
>

/** The part of a ticket that decides. */
export function agreementSubjectOf (
  { type, priority, severity, productId, moduleId, questionId, customerId, channel }: AgreementSubject
): AgreementSubject {
  return { type, priority, severity, productId, moduleId, questionId, customerId, channel }
}

/** Two tickets with the same key get the same agreement from the same policy version. */
export function agreementKeyOf (
  { type, priority, severity, productId, moduleId, questionId, customerId, channel }: AgreementSubject
): string {
  return [type, priority, severity, productId, moduleId, questionId, customerId, channel].join('|')
}

/** What pauses a metric's clock without a rule of its own: a resolution any reason, an answer only maintenance. */
export const defaultPauseRules = {
  first_response: ['maintenance'],
  next_response: ['maintenance'],
  periodic_update: ['maintenance'],
  resolution: ['waiting_on_customer', 'waiting_on_vendor', 'maintenance', 'manual']
} as const satisfies PauseRules
