import {
  AgreementKindSchema,
  AgreementOriginSchema,
  ChannelSchema,
  Instant,
  nullable,
  PrioritySchema,
  SeveritySchema,
  stringEnum,
  TicketTypeSchema,
  Uuid
} from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { criteria } from '../domain/match.ts'
import { TermsWire } from './agreements.ts'
import { NullableUuid } from './route-deps.ts'

const optionalId = Type.Optional(NullableUuid)
const NewSubject = Type.Object({
  type: Type.Optional(TicketTypeSchema),
  priority: Type.Optional(PrioritySchema),
  severity: Type.Optional(SeveritySchema),
  productId: optionalId,
  moduleId: optionalId,
  questionId: optionalId,
  customerId: optionalId,
  channel: Type.Optional(nullable(ChannelSchema))
}, {
  title: 'AgreementSubject',
  description:
    'What of a ticket decides which row wins. What is left out is as in a new ticket: a request, P2, medium, by api, ' +
    'and of the caller where that is a customer'
})
/** For what and when an agreement is looked for. */
export const AgreementQuestion = Type.Object({
  ticket: NewSubject,
  at: Type.Optional(Instant),
  kind: Type.Optional(AgreementKindSchema),
  answers: Type.Optional(Type.Unsafe<Record<string, unknown>>({
    type: 'object',
    additionalProperties: true,
    description: 'As a ticket about that question would have them: what they set by the rules of its template counts',
    examples: [{ impact: 'all', users: 250 }]
  })),
  draft: Type.Optional(
    Type.Boolean({ description: 'true: use the SLA table as it is edited, not the published version' })
  )
}, { title: 'AgreementQuestion', description: 'For what and when an agreement is looked for' })
const due = Type.Optional(nullable(Instant))
const DueTimes = Type.Object({ first_response: due, next_response: due, periodic_update: due, resolution: due }, {
  title: 'DueTimes',
  description:
    'When each metric that has a target is due if its clock begins at `at`, in the open time of the calendar. ' +
    'first_response and resolution begin with the ticket. null: the calendar is never open for so long'
})
const Criterion = Type.Object({
  criterion: stringEnum(criteria),
  wanted: Type.Unknown({ description: 'what the row asks for' }),
  found: Type.Unknown({ description: 'what the ticket has' }),
  met: Type.Boolean()
}, { title: 'RowCriterion', description: 'What a row asks for beside what the ticket has' })
/** Which row wins for a ticket, and why. */
export const AgreementExplanation = Type.Object({
  kind: AgreementKindSchema,
  policyVersion: Type.Integer({
    minimum: 0,
    description: '0: nothing is published; with draft, the number the draft would get'
  }),
  origin: nullable(AgreementOriginSchema),
  rowId: nullable(Uuid),
  rowName: nullable(Type.String({ description: 'null for customers, as rowId is' })),
  reason: Type.String({ description: 'the outcome in one sentence' }),
  terms: nullable(TermsWire),
  dueAt: nullable(DueTimes),
  ticket: Type.Object({
    type: TicketTypeSchema,
    priority: PrioritySchema,
    severity: SeveritySchema,
    productId: NullableUuid,
    moduleId: NullableUuid,
    questionId: NullableUuid
  }, {
    title: 'TicketSubject',
    description: 'The ticket after the rules of the answers, with module and product filled in from the catalogue'
  }),
  tried: Type.Array(
    Type.Object({
      rowId: Uuid,
      rowName: Type.String(),
      specificity: Type.Integer({
        minimum: 0,
        description:
          'customer 32, question 24, module 16 or product 8, condition 4, severity 2, priority 1; the higher wins'
      }),
      rank: Type.Integer(),
      matches: Type.Boolean(),
      won: Type.Boolean(),
      criteria: Type.Array(Criterion)
    }, { title: 'TriedRow', description: 'A row of the SLA table, and whether it matches' }),
    { description: 'every row of the kind, in the order in which rows win; none for customers' }
  )
}, { title: 'AgreementExplanation', description: 'Which row wins for a ticket, and why' })

export type AgreementQuestion = Static<typeof AgreementQuestion>
export type AgreementExplanation = Static<typeof AgreementExplanation>
export type Criterion = Static<typeof Criterion>
