import type { Micros } from '@dueline/business-time'
import type { Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import { sameMatter, type Ids } from '@dueline/runtime'
import type { Timers } from '@dueline/timers'
import { toEvent, type DecidedEvent } from '../domain/decided-event.ts'
import { insertCases, updateCases, type CaseRow } from '../store/case-store.ts'
import { saveEscalations } from '../store/escalation-store.ts'

/** Kind of the timers that reach levels; their owner is the case. */
export const timerKind = 'escalation'

/** A case after its decisions, with what they announced. */
export interface Outcome {
  readonly row: CaseRow
  /** False for a case that has to be added. */
  readonly stored: boolean
  /** When its timer was set to so far; null for none, and for one that has just fired. */
  readonly timerAt: Micros | null
  readonly decidedEvents: readonly DecidedEvent[]
}

/** Writes decisions down. */
export interface Recorder {
  /**
   * State, history, timers and events of a batch, one statement each; the cases are locked by `tx`, or new. `now` in
   * microseconds.
   */
  record(tx: Tx, outcomes: readonly Outcome[], now: Micros): Promise<void>
}

/** The one place where decisions become rows, timers and events. */
export function createRecorder (
  { outbox, timers, ids }: { outbox: Outbox, timers: Pick<Timers, 'set' | 'clear'>, ids: Ids }
): Recorder {
  return {
    async record (tx, outcomes, now) {
      // timers are those of the clock, events those of its ticket
      for (const { row } of outcomes) sameMatter(row.id, row.ticketId)
      const decidedEvents = outcomes.flatMap((outcome) => outcome.decidedEvents)
      await insertCases(tx, outcomes.filter(({ stored }) => !stored).map(({ row }) => row))
      await updateCases(tx, outcomes.filter(({ stored }) => stored).map(({ row }) => row))
      await saveEscalations(tx, decidedEvents, now)
      const changed = outcomes.filter(({ row, timerAt }) => row.wakeAt !== timerAt)
      const owner = ({ row: { tenantId, id } }: Outcome) => ({ tenantId, ownerId: id })
      const settings = changed.flatMap((outcome) =>
        outcome.row.wakeAt === null ? [] : [{ kind: timerKind, ...owner(outcome), dueAt: outcome.row.wakeAt }]
      )
      const cleared = changed.filter(({ row }) => row.wakeAt === null).map(owner)
      if (settings.length > 0) await timers.set(tx, settings)
      if (cleared.length > 0) await timers.clear(tx, timerKind, cleared)
      await outbox.add(tx, decidedEvents.map((each) => toEvent(each, ids.next(), now)))
    }
  }
}
