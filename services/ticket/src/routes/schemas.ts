import {
  AuthorKindSchema,
  ChannelSchema,
  ClockStateSchema,
  escalationStates,
  FieldChange,
  Instant,
  LanguageSchema,
  MessageKindSchema,
  MetricSchema,
  nullable,
  OneLine,
  PlainText,
  PrioritySchema,
  RoleSchema,
  SeveritySchema,
  stringEnum,
  TicketStatusSchema,
  ticketDefaults,
  TicketTypeSchema,
  Uuid,
  uuidText
} from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { ExternalId } from '../domain/import-line.ts'
import { Answers, JsonObject } from '../domain/texts.ts'
import { Timestamp } from '../domain/timestamps.ts'
import { TicketClockSchema, TicketTeamSchema } from './beside-ticket.ts'

/** Path of a ticket: people and links use its number. */
export const TicketPath = Type.Object({
  ticketId: Type.String({
    pattern: `^(${uuidText}|T-[0-9]{6,15})$`,
    description: 'the id of a ticket, a lower-case UUID, or its number: T-000123'
  })
})

/** Texts that callers write. */
export const Subject = OneLine(300, 'what it is about')
export const Description = PlainText(65_536, 'text without zero characters, at most 65,536')
export const TeamId = OneLine(200, 'the id of a team (`/v1/teams`); imported tickets keep the text they came with')
export const Reason = PlainText(1_000, 'text of at most 1,000 characters that says why')
/** Most tags of a ticket. */
export const tagsMax = 50
export const Tags = Type.Array(OneLine(100), { maxItems: tagsMax, uniqueItems: true })

/** What was agreed, on the wire. */
const SlaSchema = Type.Object(
  {
    clockId: Uuid,
    metric: MetricSchema,
    state: ClockStateSchema,
    dueAt: nullable({ ...Instant, description: 'The next deadline; null when all is paused or over' }),
    breached: Type.Boolean({ description: 'Whether any agreement of the ticket was missed, this one or another' }),
    paused: Type.Boolean(),
    escalation: nullable(
      Type.Object({
        id: Uuid,
        state: stringEnum(escalationStates),
        level: Type.Integer({ minimum: 0, description: '0: no level reached yet' }),
        levelCount: Type.Integer({ minimum: 1 })
      }, { description: 'The open escalation that has come furthest; null for customers', title: 'OpenEscalation' })
    ),
    version: Type.Integer({ minimum: 1, description: 'The `sequence` of the clock that this is a copy of' }),
    asOf: { ...Instant, description: 'When clocks said so: they may have moved on since, for moments' }
  },
  {
    title: 'TicketSla',
    description:
      'The clock of kind `sla` that is due next, or, when none is open, the one that stopped last. A copy, kept by ' +
      'events'
  }
)

/** A ticket to be opened. */
export const NewTicket = Type.Object({
  subject: Subject,
  description: Type.Optional(Description),
  type: Type.Optional(TicketTypeSchema),
  priority: Type.Optional(PrioritySchema),
  severity: Type.Optional(SeveritySchema),
  productId: Type.Optional(nullable(Uuid)),
  moduleId: Type.Optional(nullable(Uuid)),
  questionId: Type.Optional(nullable(Uuid)),
  customerId: Type.Optional(Uuid),
  assigneeId: Type.Optional(nullable(Uuid)),
  teamId: Type.Optional(nullable(TeamId)),
  answers: Type.Optional(nullable(Answers)),
  tags: Type.Optional(Tags),
  custom: Type.Optional(JsonObject),
  channel: Type.Optional(stringEnum(['api', 'portal', 'email', 'phone', 'chat'], { default: ticketDefaults.channel })),
  externalId: Type.Optional(nullable(ExternalId)),
  createdAt: Type.Optional(Timestamp)
}, { additionalProperties: false, title: 'NewTicket', description: 'A ticket to be opened' })
export type NewTicket = Static<typeof NewTicket>

/** A fault in one of several items of a request. */
export const BatchFault = Type.Object(
  { pointer: Type.String({ description: 'Into this item' }), message: Type.String() },
  { title: 'BatchFault', description: 'What is wrong with an item' }
)

/** Who did or wrote something. Customers are shown nothing of others but the screen name. */
export const ActorSchema = Type.Object({
  kind: AuthorKindSchema,
  id: nullable(Type.String({ description: 'Customers see no id but their own' })),
  screenName: nullable(Type.String())
}, { title: 'TicketActor', description: 'Who did or wrote something' })

/** A message on the wire. */
export const MessageSchema = Type.Object(
  {
    id: Uuid,
    ticketId: Uuid,
    kind: MessageKindSchema,
    author: ActorSchema,
    body: Type.String(),
    attachments: Type.Array(Type.Unknown()),
    at: Instant,
    ticketVersion: Type.Integer({ minimum: 1, description: 'The ticket’s version with this message' }),
    externalId: nullable(Type.String({ description: 'The key of the ticket in another system' })),
    postedBy: nullable(
      Type.String({
        description: 'Who brought it for its author (subject of a token); null for customers, and where the author did'
      })
    )
  },
  { title: 'Message', description: 'A message of a ticket' }
)
export type MessageView = Static<typeof MessageSchema>

/** One fact of a ticket's history on the wire. */
export const TimelineEntrySchema = Type.Object({
  version: Type.Integer({ minimum: 1, description: 'The ticket’s version after it' }),
  at: Instant,
  kind: stringEnum(['created', 'updated', 'assigned', 'message-added', 'status-changed', 'reopened']),
  actor: ActorSchema,
  reason: nullable(Type.String()),
  changes: Type.Array(FieldChange),
  messageId: nullable(Uuid),
  ruleId: nullable({ ...Uuid, description: 'The assignment rule that gave it to somebody; null for customers' })
}, { title: 'TimelineEntry', description: 'Something that happened to a ticket' })

/** A person as this service knows them. */
const TicketPerson = Type.Object({
  id: Uuid,
  role: RoleSchema,
  name: Type.String({ description: 'The original name: the assignee is not shown to customers' }),
  screenName: Type.String(),
  email: nullable(Type.String({ format: 'idn-email' })),
  language: LanguageSchema,
  timeZone: nullable(Type.String({
    description: 'IANA zone in which they read times; null: that of the calendar, or UTC'
  })),
  managerId: nullable(Uuid),
  active: Type.Boolean(),
  externalId: nullable(Type.String()),
  version: Type.Integer({
    minimum: 0,
    description: 'The version of the person that this is a copy of; 0: an import has named them just now'
  })
}, { title: 'TicketPerson', description: 'A person as tickets show them: a copy, kept by events' })

/** A ticket on the wire. */
export const TicketSchema = Type.Object(
  {
    id: Uuid,
    number: Type.String({ description: 'The number that people use: T-000123' }),
    subject: Type.String(),
    description: Type.String(),
    type: TicketTypeSchema,
    status: TicketStatusSchema,
    priority: PrioritySchema,
    severity: SeveritySchema,
    productId: nullable(Uuid),
    moduleId: nullable(Uuid),
    questionId: nullable(Uuid),
    customerId: Uuid,
    assigneeId: nullable(Uuid),
    assigneeScreenName: nullable(
      Type.String({
        description: 'Only for customers, who do not see `assigneeId`: the screen name of the assignee'
      })
    ),
    teamId: nullable(Type.String({ description: 'Null for customers' })),
    answers: nullable(Answers),
    templateVersionId: nullable({
      ...Uuid,
      description: 'The version of a template by which the answers were checked; null: they were not'
    }),
    tags: Type.Array(Type.String(), { description: 'Empty for customers' }),
    custom: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Your own fields. Customers see what they set themselves, until another person changes it'
    }),
    channel: ChannelSchema,
    createdAt: Instant,
    updatedAt: Instant,
    resolvedAt: nullable(Instant),
    closedAt: nullable(Instant),
    reopenCount: Type.Integer({ minimum: 0 }),
    version: Type.Integer({ minimum: 1 }),
    externalId: nullable(Type.String({ description: 'The key of the ticket in another system' })),
    sla: nullable(SlaSchema),
    customer: Type.Optional(nullable(TicketPerson)),
    assignee: Type.Optional(nullable(TicketPerson)),
    team: Type.Optional(nullable(TicketTeamSchema)),
    clocks: Type.Optional(Type.Array(TicketClockSchema, { description: 'At most 20: open ones first, by deadline' })),
    messages: Type.Optional(Type.Array(MessageSchema, { description: 'The newest ones, the oldest of them first' }))
  },
  { title: 'Ticket', description: 'What somebody wants, complains about or praises' }
)
export type TicketView = Static<typeof TicketSchema>

/** A message that was written, with its ticket after it. */
export const WrittenMessageSchema = Type.Object(
  { ...MessageSchema.properties, ticket: TicketSchema },
  { title: 'WrittenMessage', description: 'A message that was written, with its ticket after all that follows from it' }
)

/** How an import stands. */
export const ImportSchema = Type.Object({
  id: Uuid,
  state: stringEnum(['running', 'done']),
  lines: Type.Integer({ minimum: 0, description: 'Lines that are not blank' }),
  accepted: Type.Integer({ minimum: 0 }),
  rejected: Type.Integer({ minimum: 0, description: 'Lines with a fault, in themselves or beside what is known' }),
  imported: Type.Integer({ minimum: 0, description: 'Lines that became tickets' }),
  continued: Type.Integer({ minimum: 0, description: 'Lines that added facts to an existing ticket' }),
  duplicates: Type.Integer({ minimum: 0, description: 'Lines that said nothing new about an existing ticket' }),
  createdAt: Instant,
  finishedAt: nullable(Instant)
}, { title: 'TicketImport', description: 'How an import stands' })
