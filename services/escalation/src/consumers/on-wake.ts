import type { Micros } from '@dueline/business-time'
import type { Tx } from '@dueline/postgres'
import type { Ids } from '@dueline/runtime'
import type { DueTimer } from '@dueline/timers'
import { decide } from '../domain/escalation.ts'
import { systemActor, decidedEventsOf } from '../domain/decided-event.ts'
import type { Outcome, Recorder } from '../cases/recorder.ts'
import { loadCases } from '../store/case-store.ts'
import { readLevelFacts, ticketOf } from '../cases/level-context.ts'

/**
 * Reaches the levels that are due: the whole batch is read, decided and written set-wise. Which levels these are is
 * decided anew from the locked case, so a timer that fires late, early or for nothing does no harm.
 */
export function onWake ({ ids, recorder }: { ids: Ids, recorder: Recorder }) {
  return async (tx: Tx, due: readonly DueTimer[], now: Micros): Promise<void> => {
    const cases = [...(await loadCases(tx, due.map(({ tenantId, ownerId: id }) => ({ tenantId, id })))).values()]
    const around = await readLevelFacts(tx, cases, now)
    const outcomes = cases.map((stored): Outcome => {
      const { tenantId, id, ticketId, metric, state } = stored
      const ticket = ticketOf(stored)
      const decision = decide(state, {
        kind: 'wake',
        escalationId: ids.next(),
        ticket,
        people: around.peopleOf(stored),
        inCharge: around.inChargeOf(stored),
        now
      })
      return {
        row: { tenantId, id, ticketId, metric, state: decision.state, wakeAt: decision.wakeAt },
        stored: true,
        timerAt: null,
        decidedEvents: decidedEventsOf(
          { tenantId, clockId: id, ticketId, metric },
          state,
          decision,
          ticket,
          systemActor
        )
      }
    })
    await recorder.record(tx, outcomes, now)
  }
}
