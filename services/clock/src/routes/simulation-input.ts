import { CalendarError, compileCalendar, parseDuration, parseInstant, type CalendarSpec, type Micros } from '@dueline/business-time'
import { Duration, Instant, MetricSchema, nullable, PauseRules, Reminder, ReopenRuleSchema, stringEnum, Targets, TicketStatusSchema } from '@dueline/contracts'
import { baseErrors, problem, type Fault } from '@dueline/http'
import { Type, type Static } from 'typebox'
import type { Promised } from '../domain/agreements.ts'
import { firstCommandSequence, type StoredFact } from '../domain/facts.ts'
import { alwaysOpen, type CalendarLookup } from '../domain/open-time.ts'
import { termsOf } from '../domain/reading.ts'

const at = { at: Instant }
const clockOf = { metric: MetricSchema, cycle: Type.Optional(Type.Integer({ minimum: 1, description: '1 when left out' })) }
const someone = nullable(Type.String({ maxLength: 200 }))

const SimulatedFact = Type.Union([
  Type.Object({ ...at, kind: Type.Literal('created'), status: Type.Optional(TicketStatusSchema) }, { title: 'the ticket is created' }),
  Type.Object({ ...at, kind: Type.Literal('message'), visibility: stringEnum(['public', 'internal', 'automatic']), author: stringEnum(['customer', 'agent', 'system']) }, { title: 'a message' }),
  Type.Object({ ...at, kind: Type.Literal('status'), to: TicketStatusSchema }, { title: 'another status' }),
  Type.Object({ ...at, kind: Type.Literal('assigned'), assigneeId: someone, teamId: someone }, { title: 'another assignee' }),
  Type.Object({ ...at, kind: Type.Literal('pause'), ...clockOf, until: Instant }, { title: 'a clock is paused by hand' }),
  Type.Object({ ...at, kind: Type.Literal('resume'), ...clockOf }, { title: 'a clock is resumed by hand' }),
  Type.Object({ ...at, kind: Type.Literal('extend'), ...clockOf, by: Duration }, { title: 'a clock gets more time' }),
  Type.Object({ ...at, kind: Type.Literal('waive'), ...clockOf }, { title: 'a clock is waived' })
])
type SimulatedFact = Static<typeof SimulatedFact>

export const SimulationBody = Type.Object({
  agreement: Type.Object({
    targets: Targets,
    pauseRules: Type.Optional(PauseRules),
    reminders: Type.Optional(Type.Array(Reminder, { maxItems: 20 })),
    reopen: Type.Optional(ReopenRuleSchema),
    calendar: Type.Optional(nullable(Type.Record(Type.String(), Type.Unknown(), { description: 'A calendar as sla-policy takes it; null or left out: open all the time' })))
  }),
  facts: Type.Array(SimulatedFact, { minItems: 1, maxItems: 500, description: 'What happens, in any order; one of them creates the ticket' }),
  asOf: Instant
})

/** What a simulation folds. */
export interface Simulation {
  readonly facts: readonly StoredFact[]
  readonly promises: readonly Promised[]
  readonly calendars: CalendarLookup
  readonly asOf: Micros
}

/** Stands for the agreement and calendar of a simulation, which do not exist. */
const noId = '00000000-0000-0000-0000-000000000000'

/** Reads a simulation. @throws {Problem} 400 with every fault that the schema cannot see */
export function readSimulation ({ agreement, facts, asOf }: Static<typeof SimulationBody>, idOf: () => string): Simulation {
  const faults: Fault[] = []
  const instant = (text: string, pointer: string): Micros => attempt(() => parseInstant(text), 0, pointer, 'is not an instant from 1970 to 2255', faults)
  const calendar = compiled(agreement.calendar ?? null, faults)
  const terms = attempt(() => termsOf({
    id: noId,
    policyVersion: 0,
    calendarId: calendar === null ? null : noId,
    calendarVersion: calendar === null ? 0 : 1,
    targets: agreement.targets,
    pauseRules: agreement.pauseRules ?? {},
    reminders: agreement.reminders ?? [],
    reopen: agreement.reopen ?? 'continue',
    ladderId: null
  }), null, '/agreement', 'has a duration that is too long', faults)
  const read = facts.map((fact, index) => factOf(fact, index, idOf(), instant, faults))
  if (!facts.some(({ kind }) => kind === 'created')) faults.push({ pointer: '/facts', message: 'must tell of the creation of the ticket' })
  const until = instant(asOf, '/asOf')
  if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
  return {
    facts: read,
    promises: [{ kind: 'sla', version: 1, madeAt: 0, effect: 'retroactive', terms }],
    calendars: ({ id }) => id === null ? alwaysOpen : calendar ?? undefined,
    asOf: until
  }
}

function attempt<T> (read: () => T, otherwise: T, pointer: string, message: string, faults: Fault[]): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    faults.push({ pointer, message })
    return otherwise
  }
}

function compiled (spec: object | null, faults: Fault[]) {
  if (spec === null) return null
  try {
    return compileCalendar(spec as CalendarSpec)
  } catch (error) {
    if (!(error instanceof CalendarError)) throw error
    faults.push(...error.faults.map(({ path, message }) => ({ pointer: `/agreement/calendar${path}`, message })))
    return null
  }
}

function factOf (fact: SimulatedFact, index: number, id: string, instant: (text: string, pointer: string) => Micros, faults: Fault[]): StoredFact {
  const when = instant(fact.at, `/facts/${index}/at`)
  const told = (kind: string, data: object): StoredFact => ({ id, at: when, sequence: index + 1, kind, data })
  const command = (kind: string, data: object, { metric, cycle = 1 }: { metric: string, cycle?: number }): StoredFact => ({
    id, at: when, sequence: firstCommandSequence + index, kind, data: { clock: { kind: 'sla', metric, cycle }, reason: '', personId: '', ...data }
  })
  switch (fact.kind) {
    case 'created': return told('created', { status: fact.status ?? 'new', assigneeId: null, teamId: null })
    case 'message': return told('message', { visibility: fact.visibility, author: fact.author })
    case 'status': return told('status', { to: fact.to })
    case 'assigned': return told('assigned', { assigneeId: fact.assigneeId, teamId: fact.teamId })
    case 'pause': return command('clock_paused', { until: instant(fact.until, `/facts/${index}/until`) }, fact)
    case 'resume': return command('clock_resumed', {}, fact)
    case 'extend': return command('clock_extended', { by: attempt(() => parseDuration(fact.by), 0, `/facts/${index}/by`, 'is too long', faults), approverId: null }, fact)
    case 'waive': return command('clock_waived', { approverId: null }, fact)
  }
}
