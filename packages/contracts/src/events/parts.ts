import { Type, type Static } from 'typebox'
import {
  ChannelSchema,
  ClockStateSchema,
  Duration,
  Instant,
  LanguageSchema,
  MetricSchema,
  NextResponseRuleSchema,
  nullable,
  PauseReasonSchema,
  PolicyEffectSchema,
  PrioritySchema,
  AgreementKindSchema,
  ReopenRuleSchema,
  RoleSchema,
  SeveritySchema,
  SignedDuration,
  stringEnum,
  TicketStatusSchema,
  TicketTypeSchema,
  TimeZone,
  Uuid
} from '../vocabulary.ts'

/** On which side somebody stands. */
export const AuthorKindSchema = stringEnum(['customer', 'agent', 'system'], {
  title: 'AuthorKind',
  description: 'On which side somebody stands; system: no person'
})

/** What a message is for. */
export const MessageKindSchema = stringEnum(['public', 'internal', 'automatic'], {
  title: 'MessageKind',
  description: 'internal: customers do not see it; automatic: no human wrote it, and it answers nobody'
})

/** Who did it. Customers are only ever shown `screenName`. */
export const Actor = Type.Object({
  kind: AuthorKindSchema,
  id: nullable(Type.String({ maxLength: 200 })),
  screenName: nullable(Type.String({ maxLength: 200 }))
}, { title: 'Actor', description: 'Who did something' })
export type Actor = Static<typeof Actor>

/** A ticket's state after the fact: enough for every reader, so that none has to ask back. */
export const TicketSnapshot = Type.Object({
  id: Uuid,
  number: Type.String({ maxLength: 64 }),
  subject: Type.String({ maxLength: 300 }),
  type: TicketTypeSchema,
  status: TicketStatusSchema,
  priority: PrioritySchema,
  severity: SeveritySchema,
  productId: nullable(Uuid),
  moduleId: nullable(Uuid),
  questionId: nullable(Uuid),
  customerId: Uuid,
  assigneeId: nullable(Uuid),
  teamId: nullable(Type.String({ maxLength: 200 })),
  channel: ChannelSchema,
  createdAt: Instant,
  reopenCount: Type.Integer({ minimum: 0 }),
  importing: Type.Boolean({ description: 'true while more facts of an imported history are still to follow' }),
  version: Type.Integer({ minimum: 1 })
}, { title: 'TicketSnapshot', description: 'A ticket after what happened' })
export type TicketSnapshot = Static<typeof TicketSnapshot>

/** Looser than `EmailAddress`: people were not always held to that, and their events must be read. */
const StoredEmailAddress = Type.String({
  format: 'idn-email',
  pattern: '^[^@\\s\\x00]+@[^@\\s\\x00]+$',
  maxLength: 254,
  description: 'name@host'
})

export const PersonSnapshot = Type.Object({
  id: Uuid,
  role: RoleSchema,
  name: Type.String({ maxLength: 200, description: 'The original name, which customers do not see' }),
  screenName: Type.String({ maxLength: 200 }),
  email: nullable(StoredEmailAddress),
  phone: nullable(Type.String({ maxLength: 50 })),
  language: LanguageSchema,
  languages: Type.Array(LanguageSchema, { minItems: 1, description: 'The first is `language`' }),
  timeZone: nullable(TimeZone),
  calendarId: nullable({ ...Uuid, description: 'When the person works' }),
  managerId: nullable(Uuid),
  level: nullable(Type.String({ maxLength: 63, description: 'The key of a level' })),
  unitId: nullable(Uuid),
  active: Type.Boolean(),
  externalId: nullable(Type.String({ maxLength: 200 })),
  version: Type.Integer({ minimum: 1 })
}, { title: 'PersonSnapshot', description: 'A person after what happened' })
export type PersonSnapshot = Static<typeof PersonSnapshot>

/** A moment relative to a clock's target: exactly one of percent, before, after. */
export const Reminder = Type.Union([
  Type.Object({
    percent: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 100 }),
    urgent: Type.Optional(Type.Boolean())
  }, { additionalProperties: false, title: 'ReminderAtPercent', description: 'At a percentage of the target' }),
  Type.Object({ before: Duration, urgent: Type.Optional(Type.Boolean()) }, {
    additionalProperties: false,
    title: 'ReminderBefore',
    description: 'So long before the deadline'
  }),
  Type.Object({ after: Duration, urgent: Type.Optional(Type.Boolean()) }, {
    additionalProperties: false,
    title: 'ReminderAfter',
    description: 'So long after the deadline'
  })
], { title: 'Reminder', description: 'When people are reminded of a deadline, or of one that is over' })
export type Reminder = Static<typeof Reminder>

export const Targets = Type.Object({
  first_response: Type.Optional(Duration),
  next_response: Type.Optional(Duration),
  periodic_update: Type.Optional(Duration),
  resolution: Type.Optional(Duration)
}, {
  additionalProperties: false,
  title: 'Targets',
  description: 'The target of each metric, in the open time of a calendar; a metric that is left out has none'
})
export type Targets = Static<typeof Targets>

export const PauseRules = Type.Object({
  first_response: Type.Optional(Type.Array(PauseReasonSchema)),
  next_response: Type.Optional(Type.Array(PauseReasonSchema)),
  periodic_update: Type.Optional(Type.Array(PauseReasonSchema)),
  resolution: Type.Optional(Type.Array(PauseReasonSchema))
}, { additionalProperties: false, title: 'PauseRules', description: 'What pauses the clock of each metric' })
export type PauseRules = Static<typeof PauseRules>

/** Where the terms of an agreement come from. */
export const AgreementOriginSchema = stringEnum(['row', 'tenant_default', 'built_in'], {
  title: 'AgreementOrigin',
  description: 'Where its terms come from: a row of the SLA table, the default of the tenant, or the built-in one'
})

/** What was agreed for one ticket, pinned to the versions it was agreed under. */
export const Agreement = Type.Object({
  id: Uuid,
  ticketId: Uuid,
  kind: AgreementKindSchema,
  version: Type.Integer({
    minimum: 1,
    description: 'counts the agreements of this ticket and kind; the newest holds in the end'
  }),
  ticketVersion: Type.Integer({ minimum: 1, description: 'the ticket version for which this agreement was chosen' }),
  origin: AgreementOriginSchema,
  rowId: nullable(Uuid),
  rowName: Type.String(),
  policyVersion: Type.Integer({ minimum: 0, description: '0 = built-in defaults' }),
  calendarId: nullable(Uuid),
  calendarVersion: Type.Integer({ minimum: 0, description: '0 with calendarId null = open all the time' }),
  targets: Targets,
  pauseRules: PauseRules,
  reminders: Type.Array(Reminder),
  reopen: ReopenRuleSchema,
  /** Left out (by an older release): after_first. */
  nextResponse: Type.Optional(NextResponseRuleSchema),
  escalationPolicyId: nullable(Uuid),
  effect: PolicyEffectSchema,
  madeAt: Instant
}, { title: 'AgreementSnapshot', description: 'What is agreed for a ticket' })
export type Agreement = Static<typeof Agreement>

export const ClockSnapshot = Type.Object({
  id: Uuid,
  ticketId: Uuid,
  metric: MetricSchema,
  kind: AgreementKindSchema,
  cycle: Type.Integer({ minimum: 1 }),
  state: ClockStateSchema,
  pausedFor: Type.Array(PauseReasonSchema),
  target: Duration,
  consumed: Duration,
  remaining: { ...SignedDuration, description: 'ISO 8601 duration; negative (leading minus) when overdue' },
  dueAt: nullable(Instant),
  startedAt: Instant,
  stoppedAt: nullable(Instant),
  warnedAt: nullable(Instant),
  breachedAt: nullable(Instant),
  overdue: nullable(Duration),
  agreementId: Uuid,
  policyVersion: Type.Integer({ minimum: 0 }),
  calendarId: nullable(Uuid),
  calendarVersion: Type.Integer({ minimum: 0 }),
  timeZone: Type.Optional(nullable({
    ...TimeZone,
    description: 'IANA time zone of the calendar; null: it counts around the clock; left out by an older release'
  })),
  escalationPolicyId: nullable(Uuid),
  sequence: Type.Integer({ minimum: 1 })
}, { title: 'ClockSnapshot', description: 'A clock after what happened' })
export type ClockSnapshot = Static<typeof ClockSnapshot>

/** What a reader of a clock or escalation event needs to know of the ticket to act on it. */
export const TicketSummary = Type.Object({
  ...Type.Pick(TicketSnapshot, [
    'id',
    'number',
    'subject',
    'type',
    'status',
    'priority',
    'severity',
    'productId',
    'customerId',
    'assigneeId'
  ]).properties,
  /** Left out by an older release, and where it is not known. */
  moduleId: Type.Optional(TicketSnapshot.properties.moduleId),
  teamId: Type.Optional(TicketSnapshot.properties.teamId)
}, { title: 'TicketSummary', description: 'What a reader needs to know of the ticket' })
export type TicketSummary = Static<typeof TicketSummary>
