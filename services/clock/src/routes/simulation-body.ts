import {
  Duration,
  Instant,
  MetricSchema,
  NextResponseRuleSchema,
  nullable,
  PauseRules,
  PolicyEffectSchema,
  agreementKinds,
  AuthorKindSchema,
  CalendarSpecSchema,
  MessageKindSchema,
  Reminder,
  ReopenRuleSchema,
  stringEnum,
  Targets,
  TicketStatusSchema
} from '@dueline/contracts'
import type { CalendarSpec } from '@dueline/business-time'
import { documentedAs } from '@dueline/http'
import { Type, type Static } from 'typebox'

/** Most facts, and most agreements among them, of one simulation. */
export const factsMax = 500
export const agreementsMax = 20
/** All calendars of a simulation together, as JSON. */
export const calendarBytesMax = 32_000

const at = { at: Instant }
const agreementKind = Type.Optional(
  stringEnum(agreementKinds, { description: 'Kind of the agreement; sla when left out' })
)
const clockOf = {
  agreementKind,
  metric: MetricSchema,
  cycle: Type.Optional(Type.Integer({ minimum: 1, description: '1 when left out' }))
}
const someone = nullable(Type.String({ maxLength: 200 }))

const terms = {
  kind: Type.Optional(stringEnum(agreementKinds, { description: 'sla when left out' })),
  targets: Targets,
  pauseRules: Type.Optional(PauseRules),
  reminders: Type.Optional(Type.Array(Reminder, { maxItems: 20 })),
  reopen: Type.Optional(ReopenRuleSchema),
  nextResponse: Type.Optional(NextResponseRuleSchema)
}
const calendar = (leftOut: string) =>
  Type.Optional(nullable(documentedAs(Type.Unsafe<CalendarSpec>({ type: 'object', additionalProperties: true }), {
    ...CalendarSpecSchema,
    description:
      `A calendar as sla-policy takes it, all calendars of a simulation together at most ${calendarBytesMax} ` +
      `bytes as JSON; null: open all the time; left out: ${leftOut}`
  })))

const LaterAgreement = Type.Object({ ...terms, calendar: calendar('that of the first agreement') }, {
  title: 'LaterAgreement',
  description: 'An agreement that holds from some fact on'
})

const SimulatedFact = Type.Union([
  Type.Object({
    ...at,
    kind: Type.Literal('created'),
    status: Type.Optional(TicketStatusSchema),
    assigneeId: Type.Optional(someone),
    teamId: Type.Optional(someone)
  }, { title: 'CreatedFact', description: 'The ticket is created' }),
  Type.Object({
    ...at,
    kind: Type.Literal('message'),
    visibility: MessageKindSchema,
    author: AuthorKindSchema
  }, { title: 'MessageFact', description: 'Somebody writes' }),
  Type.Object({ ...at, kind: Type.Literal('status'), to: TicketStatusSchema }, {
    title: 'StatusFact',
    description: 'The ticket gets another status'
  }),
  Type.Object({ ...at, kind: Type.Literal('assigned'), assigneeId: someone, teamId: someone }, {
    title: 'AssignedFact',
    description: 'Somebody else has the ticket'
  }),
  Type.Object({ ...at, kind: Type.Literal('pause'), ...clockOf, until: Instant }, {
    title: 'PauseFact',
    description: 'A clock is paused by hand'
  }),
  Type.Object({ ...at, kind: Type.Literal('resume'), ...clockOf }, {
    title: 'ResumeFact',
    description: 'A clock is resumed by hand'
  }),
  Type.Object({ ...at, kind: Type.Literal('extend'), ...clockOf, by: Duration }, {
    title: 'ExtendFact',
    description: 'A clock gets more time'
  }),
  Type.Object({ ...at, kind: Type.Literal('waive'), ...clockOf }, {
    title: 'WaiveFact',
    description: 'A clock is waived'
  }),
  Type.Object({
    ...at,
    kind: Type.Literal('agreement'),
    agreement: LaterAgreement,
    effect: Type.Optional(PolicyEffectSchema)
  }, {
    title: 'AgreementFact',
    description: 'Another agreement comes to hold: the priority has changed, or a policy was published'
  }),
  Type.Object({ ...at, kind: Type.Literal('withdrawal'), agreementKind }, {
    title: 'WithdrawalFact',
    description: 'Nothing is agreed any more'
  })
], { title: 'SimulatedFact', description: 'Something that happens to the ticket; `kind` says what' })
export type SimulatedFact = Static<typeof SimulatedFact>

export const SimulationBody = Type.Object({
  agreement: Type.Object({ ...terms, calendar: calendar('open all the time') }, {
    title: 'FirstAgreement',
    description: 'The agreements that hold from the beginning'
  }),
  facts: Type.Array(SimulatedFact, {
    minItems: 1,
    maxItems: factsMax,
    description: 'What happens, in any order; one of them creates the ticket. ' +
      `Up to ${agreementsMax} agreements and withdrawals may be among them. ` +
      'The first agreement of a kind holds from the beginning of the ticket; ' +
      'a later one replaces it as its `effect` says: retroactive (when left out), for the whole history, ' +
      'or from_now, from `at` on.'
  }),
  asOf: Instant,
  skip: Type.Optional(Type.Object({
    clocks: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    events: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 }))
  }, {
    title: 'SimulationSkip',
    description: 'How many clocks and events to leave out of the answer, to see those after them'
  }))
}, {
  title: 'Simulation',
  description: 'A made-up ticket: what is agreed for it, and what happens to it',
  examples: [{
    agreement: {
      targets: { first_response: 'PT2H', resolution: 'PT24H' },
      reminders: [{ percent: 75 }, { before: 'PT30M', urgent: true }]
    },
    facts: [
      { at: '2026-03-02T08:00:00Z', kind: 'created' },
      { at: '2026-03-02T08:00:00Z', kind: 'agreement', agreement: { kind: 'ola', targets: { resolution: 'PT8H' } } },
      { at: '2026-03-02T09:30:00Z', kind: 'message', visibility: 'public', author: 'agent' },
      { at: '2026-03-02T10:00:00Z', kind: 'status', to: 'waiting_on_customer' },
      { at: '2026-03-02T11:00:00Z', kind: 'status', to: 'open' },
      {
        at: '2026-03-02T12:00:00Z',
        kind: 'agreement',
        effect: 'from_now',
        agreement: { targets: { resolution: 'PT4H' } }
      },
      { at: '2026-03-02T13:00:00Z', kind: 'extend', agreementKind: 'ola', metric: 'resolution', by: 'PT1H' }
    ],
    asOf: '2026-03-03T08:00:00Z'
  }]
})
export type SimulationBody = Static<typeof SimulationBody>
