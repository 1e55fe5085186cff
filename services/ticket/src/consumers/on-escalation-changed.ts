import type { DuelineEvent } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import { saveEscalations } from '../store/sla-store.ts'

/** An event with a whole escalation. */
type EscalationEvent = DuelineEvent<
  | 'dueline.escalation.opened.v1'
  | 'dueline.escalation.level-reached.v1'
  | 'dueline.escalation.acknowledged.v1'
  | 'dueline.escalation.stopped.v1'
  | 'dueline.escalation.exhausted.v1'
>

/** Keeps the copies of escalations; the newest state of each wins. */
export async function onEscalationChanged (tx: Tx, events: readonly EscalationEvent[]): Promise<void> {
  await saveEscalations(
    tx,
    events.map(({ tenantid: tenantId, data: { escalation } }) => ({
      tenantId,
      ticketId: escalation.ticketId,
      id: escalation.id,
      clockId: escalation.clockId,
      state: escalation.state,
      level: escalation.level,
      levelCount: escalation.levelCount,
      version: escalation.version
    }))
  )
}
