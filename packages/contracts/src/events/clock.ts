import { Type, type Static } from 'typebox'
import { Duration, Instant, nullable, stringEnum } from '../vocabulary.ts'
import { ClockSnapshot, TicketSummary } from './parts.ts'

/** What every clock event has: the clock after it, why, and when it was due and announced. */
const change = {
  clock: ClockSnapshot,
  ticket: TicketSummary,
  cause: Type.Object({
    kind: stringEnum(['fact', 'agreement', 'calendar', 'timer', 'command']),
    id: nullable(Type.String({ description: 'id of the event or command that caused it' }))
  }, { title: 'ClockCause', description: 'Why a clock changed' }),
  firedAt: Instant
}

export const ClockChanged = Type.Object(change, { title: 'ClockChanged', description: 'A clock is another one now' })

const recordedOnly = (description: string) => nullable(stringEnum(['superseded', 'over'], { description }))

/** A mark was reached: `dueAt` is the instant it stood for, lateness is firedAt − dueAt. */
export const ClockMarkReached = Type.Object({
  ...change,
  mark: Type.Object({
    key: Type.String({ maxLength: 60, description: 'breach, or percent:80, before:PT30M, after:PT1H' }),
    dueAt: Instant,
    urgent: Type.Boolean(),
    recordedOnly: recordedOnly(
      'why people are not notified: superseded: they are notified of a graver mark of the ticket, ' +
        'or it lay in the past as its agreement came to hold; over: nothing can be done any more, ' +
        'because the ticket is over or the clock has stopped; null: they are notified'
    ),
    attachedLate: Type.Boolean({
      description: 'true when the mark lay in the past as its agreement came to hold: ' +
        'what counts from the mark counts from firedAt'
    })
  }, { title: 'ClockMark', description: 'The mark that was reached' }),
  lateness: Duration,
  catchUp: Type.Boolean({
    description: 'true when it fell due while no clock service ran, or before its facts arrived'
  })
}, {
  title: 'ClockMarkReached',
  description: 'A clock reached a mark: a warning, a reminder, the breach, or one after it'
})

/** The history disproves a breach that was recorded; the clock is the one after it. */
export const ClockBreachWithdrawn = Type.Object({
  ...change,
  withdrawn: Type.Optional(Type.Object({
    dueAt: { ...Instant, description: 'the deadline that was missed: mark.dueAt of the breach' },
    breachedAt: { ...Instant, description: 'when it counted as missed, by the last event of the clock' },
    recordedOnly: recordedOnly(
      'why people are not notified: over: the ticket is over by now; superseded: nobody was notified of the breach ' +
        'itself, so only those are who learned of it otherwise (by an escalation, or given the ticket); ' +
        'null: those who were notified of it are'
    )
  }, { title: 'WithdrawnBreach', description: 'what is taken back' }))
}, { title: 'ClockBreachWithdrawn', description: 'A breach that was recorded did not happen' })

export type ClockChanged = Static<typeof ClockChanged>
export type ClockMarkReached = Static<typeof ClockMarkReached>
export type ClockBreachWithdrawn = Static<typeof ClockBreachWithdrawn>

export const clockEvents = {
  'dueline.clock.started.v1': ClockChanged,
  'dueline.clock.paused.v1': ClockChanged,
  'dueline.clock.resumed.v1': ClockChanged,
  'dueline.clock.replanned.v1': ClockChanged,
  'dueline.clock.met.v1': ClockChanged,
  'dueline.clock.cancelled.v1': ClockChanged,
  'dueline.clock.extended.v1': ClockChanged,
  'dueline.clock.waived.v1': ClockChanged,
  'dueline.clock.breach-withdrawn.v1': ClockBreachWithdrawn,
  'dueline.clock.warned.v1': ClockMarkReached,
  'dueline.clock.reminded.v1': ClockMarkReached,
  'dueline.clock.breached.v1': ClockMarkReached,
  'dueline.clock.overdue.v1': ClockMarkReached
} as const
