/** A message about breaches, as far as it matters who got it. */
interface BreachMessage {
  tenantId: string
  clockId: string | null
  personId: string
  eventType: string
  breachOf: readonly string[]
}

/**
 * Who was notified of a clock's breach and not yet that it is withdrawn. `messages` in the order they were written in.
 */
export function notifiedOfBreach (messages: readonly BreachMessage[], tenantId: string, clockId: string): string[] {
  const notified = new Set<string>()
  for (const { personId, eventType, breachOf, ...message } of messages) {
    if (message.tenantId !== tenantId) continue
    if (breachOf.includes(clockId)) notified.add(personId)
    else if (message.clockId === clockId && eventType === 'dueline.clock.breach-withdrawn.v1') notified.delete(personId)
  }
  return [...notified]
}
