import { formatInstant, type Micros } from '@dueline/business-time'
import { ClockMarkReached, ClockSnapshot, Instant, nullable, Uuid } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { markOf } from '../domain/events.ts'
import type { FoldedClock } from '../domain/fold.ts'
import { ledgerOf, type LedgerLine } from '../domain/ledger.ts'
import { replayInSteps, type Replayed, type ReplayedChange } from '../domain/replay.ts'
import { snapshotOf } from '../domain/snapshot.ts'
import { entryOf, LedgerEntry } from './ledger-view.ts'
import type { Simulation } from './simulation-input.ts'

/** Most clocks and events of one answer, and most lines of all its ledgers together. */
const clocksMax = 200
const eventsMax = 500
const linesMax = 1_000
const lineStep = 20
/** How much of a calendar's time is looked at in one step. */
const calendarStep = 10 * 365 * 86_400_000_000

const SimulatedClock = Type.Object({
  ...ClockSnapshot.properties,
  ledger: Type.Array(LedgerEntry, {
    description: `The first lines; all ledgers of an answer together have at most ${linesMax}`
  }),
  ledgerComplete: Type.Boolean({ description: 'false: lines were left out' })
}, { title: 'SimulatedClock', description: 'A clock as it stands at the end' })
const SimulatedEvent = Type.Object({
  type: Type.String(),
  time: Instant,
  clockId: Uuid,
  sequence: Type.Integer(),
  mark: nullable(ClockMarkReached.properties.mark),
  clock: ClockSnapshot
}, { title: 'SimulatedEvent', description: 'An event that would go out' })

export const SimulationAnswer = Type.Object({
  asOf: Instant,
  clockCount: Type.Integer({ description: 'How many clocks there are' }),
  clocks: Type.Array(SimulatedClock, {
    description: `By kind, metric and cycle, ${clocksMax} at most; \`skip.clocks\` shows those after them`
  }),
  eventCount: Type.Integer({ description: 'How many events would go out' }),
  events: Type.Array(SimulatedEvent, {
    description: `What would go out, in order, each with its clock as it would be then, ${eventsMax} at most; ` +
      `\`skip.events\` shows those after them`
  })
}, { title: 'ClockSimulation', description: 'What the clocks of a made-up ticket do' })

export interface Skip {
  readonly clocks?: number | undefined
  readonly events?: number | undefined
}
type Frame = Simulation & { readonly ticketId: string }

/** Replays a simulation and puts its answer together, in short steps. */
export function* answerOf (
  simulation: Simulation,
  skip: Skip,
  newId: () => string
): Generator<undefined, Static<typeof SimulationAnswer>, undefined> {
  const frame = { ...simulation, ticketId: newId() }
  yield* openCalendars(simulation)
  const replayed = yield* replayInSteps({ ...simulation, newId, window: { from: skip.events ?? 0, count: eventsMax } })
  const clocks = yield* clocksOf(frame, replayed, skip.clocks ?? 0)
  const events = []
  for (const change of replayed.changes) {
    events.push(eventOf(frame, change))
    yield
  }
  const { folded, changeCount } = replayed
  return { asOf: formatInstant(folded.asOf), clockCount: folded.clocks.length, clocks, eventCount: changeCount, events }
}

/** Large calendars are laid out decade by decade: the first question about a far instant would do all of it at once. */
function* openCalendars ({ largeCalendars }: Simulation): Generator<undefined, void, undefined> {
  for (const calendar of largeCalendars) {
    for (let at: Micros = 0; at + calendarStep < Number.MAX_SAFE_INTEGER; at += calendarStep) {
      calendar.diff(at, at + calendarStep)
      yield
    }
  }
}

function* clocksOf (
  frame: Frame,
  { folded, clocks }: Replayed,
  skip: number
): Generator<undefined, Static<typeof SimulatedClock>[], undefined> {
  const { ticketId, calendars } = frame
  const stored = new Map(clocks.filter(({ voided }) => !voided).map((clock) => [keyOf(clock), clock]))
  const shown = []
  let left = linesMax
  for (const clock of folded.clocks.slice(skip, skip + clocksMax)) {
    const { lines, complete } = yield* linesOf(ledgerOf(clock, calendars, folded.asOf), left)
    left -= lines.length
    shown.push({
      ...snapshotOf(ticketId, stored.get(keyOf(clock))!, folded.asOf, calendars),
      ledger: lines.map(entryOf),
      ledgerComplete: complete
    })
  }
  return shown
}

function* linesOf (
  ledger: Iterable<LedgerLine>,
  max: number
): Generator<undefined, { lines: LedgerLine[], complete: boolean }, undefined> {
  const lines: LedgerLine[] = []
  for (const line of ledger) {
    if (lines.length === max) return { lines, complete: false }
    lines.push(line)
    if (lines.length % lineStep === 0) yield
  }
  yield
  return { lines, complete: true }
}

function eventOf (
  { ticketId, calendars }: Frame,
  { type, time, clockId, sequence, mark, clock, at }: ReplayedChange
): Static<typeof SimulatedEvent> {
  return {
    type: `dueline.clock.${type}.v1`,
    time: formatInstant(time),
    clockId,
    sequence,
    mark: mark === null ? null : markOf(mark),
    clock: snapshotOf(ticketId, { ...clock, sequence }, at, calendars)
  }
}

function keyOf ({ kind, metric, cycle }: Pick<FoldedClock, 'kind' | 'metric' | 'cycle'>): string {
  return `${kind} ${metric} ${cycle}`
}
