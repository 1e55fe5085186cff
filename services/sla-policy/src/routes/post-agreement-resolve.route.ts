import { instantOf } from '@dueline/http'
import { formatInstant, type Micros } from '@dueline/business-time'
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
  Uuid,
  type AgreementSubject,
  instantText
} from '@dueline/contracts'
import type { App, Asker } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { Type, type Static } from 'typebox'
import { access } from '../access.ts'
import { criteria, type Verdict } from '../domain/match.ts'
import { compilePolicy, type CompiledPolicy } from '../domain/resolve.ts'
import { explain, type Explanation } from '../agreements/explain.ts'
import { newestVersion, readSettings } from '../store/policy-store.ts'
import { publishableRows } from '../store/sla-row-store.ts'
import { TermsWire } from './agreements.ts'
import { checkReferences } from './row-references.ts'
import { NullableUuid, refuseFaults, type RouteDeps } from './route-deps.ts'

const optionalId = Type.Optional(NullableUuid)
const Ticket = Type.Object({
  type: TicketTypeSchema,
  priority: PrioritySchema,
  severity: SeveritySchema,
  productId: optionalId,
  moduleId: optionalId,
  questionId: optionalId,
  customerId: optionalId,
  channel: Type.Optional(nullable(ChannelSchema))
}, { title: 'AgreementSubject', description: 'What of a ticket decides which row wins' })
const Body = Type.Object({
  ticket: Ticket,
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
const Criterion = Type.Object({
  criterion: stringEnum(criteria),
  wanted: Type.Unknown({ description: 'what the row asks for' }),
  found: Type.Unknown({ description: 'what the ticket has' }),
  met: Type.Boolean()
}, { title: 'RowCriterion', description: 'What a row asks for beside what the ticket has' })
const Answer = Type.Object({
  kind: AgreementKindSchema,
  policyVersion: Type.Integer({
    minimum: 0,
    description: '0: nothing is published; with draft, the number the draft would get'
  }),
  origin: nullable(AgreementOriginSchema),
  rowId: nullable(Uuid),
  rowName: nullable(Type.String()),
  reason: Type.String({ description: 'the outcome in one sentence' }),
  terms: nullable(TermsWire),
  ticket: Type.Object({ productId: NullableUuid, moduleId: NullableUuid, questionId: NullableUuid }, {
    title: 'TicketSubject',
    description: 'with module and product filled in from the catalogue'
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
    { description: 'every row of the kind, in the order in which rows win' }
  )
}, { title: 'AgreementExplanation', description: 'Which row wins for a ticket, and why' })

/** POST /v1/agreements/resolve: which row wins for a ticket, and why. */
export function postAgreementResolve (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/agreements/resolve',
    config: {
      roles: access.resolveAgreement,
      idempotent: false,
      answers: { 200: 'The agreement, and why each row won or lost' }
    },
    schema: {
      operationId: 'resolveAgreement',
      summary: 'Find the row that wins for a ticket',
      description:
        'Says which row wins and why. `at` is when the ticket is created: now, if you leave it out. With `answers` ' +
        'the agreement is the one that a ticket with them would get. It stores nothing.',
      tags: ['agreements'],
      body: Body,
      response: { 200: Answer }
    },
    async handler (request) {
      const { ticket, answers, at, kind = 'sla', draft = false } = request.body
      const createdAt = at === undefined ? deps.clock.now() : instantOf(at, '/at')
      const { authorization } = request.headers
      const asker = { tenantId: request.principal.tenantId, authorization }
      const subject = await withAnswers(subjectOf(ticket), answers, createdAt, asker, deps)
      return await deps.database.forTenant(request.principal.tenantId).tx(async (tx) => {
        await checkReferences(tx, { ...subject, calendarId: null }, [], '/ticket')
        const policy = draft ? await draftPolicy(tx) : await publishedPolicy(tx, deps)
        const explanation = await explain(tx, deps.cache, {
          tenantId: tx.tenantId,
          policy,
          kind,
          ticket: subject,
          createdAt
        })
        return { kind, policyVersion: policy.version, ...explanationToWire(explanation) }
      })
    }
  })
}

/** What a ticket is when its answers have set what they set. @throws Problem 400 for answers that are not right */
async function withAnswers (
  subject: AgreementSubject,
  answers: object | undefined,
  at: Micros,
  asker: Asker,
  { answerTemplates }: RouteDeps
): Promise<AgreementSubject> {
  if (answers === undefined || subject.questionId === null) return subject
  const template = await answerTemplates.find(asker, subject.questionId)
  if (template === undefined) return subject
  const { faults, effect } = template.check(answers, 'en', at)
  refuseFaults(faults.map(({ pointer, message }) => ({ pointer: `/answers${pointer}`, message })))
  return { ...subject, priority: effect.priority ?? subject.priority, severity: effect.severity ?? subject.severity }
}

async function publishedPolicy (tx: TenantTx, { cache }: RouteDeps): Promise<CompiledPolicy> {
  const key = { tenantId: tx.tenantId, version: await newestVersion(tx, tx.tenantId) }
  return (await cache.policies(tx, [key]))(key)
}

async function draftPolicy (tx: TenantTx): Promise<CompiledPolicy> {
  const { defaults } = await readSettings(tx, tx.tenantId)
  return compilePolicy({
    version: await newestVersion(tx, tx.tenantId) + 1,
    rows: await publishableRows(tx, tx.tenantId),
    defaults
  })
}

function subjectOf (
  { productId = null, moduleId = null, questionId = null, customerId = null, channel = null, ...ticket }: Static<
    typeof Ticket
  >
): AgreementSubject {
  return { ...ticket, productId, moduleId, questionId, customerId, channel }
}

function explanationToWire (
  { subject: { type, productId, moduleId, questionId }, resolution, calendarVersion, tried }: Explanation
) {
  const { origin, rowId, rowName, terms } = resolution ?? { origin: null, rowId: null, rowName: null, terms: null }
  return {
    origin,
    rowId,
    rowName,
    reason: type === 'appreciation' ? 'An appreciation has no agreement.' : reasons[origin ?? 'none'],
    terms: terms === null ? null : { ...terms, calendarVersion, reminders: [...terms.reminders] },
    ticket: { productId, moduleId, questionId },
    tried: tried.map((row) => ({ ...row, criteria: row.criteria.map(verdictToWire) }))
  }
}

const reasons = {
  row: 'The first matching row in the order of specificity, rank and age won.',
  tenant_default: "No row matches: the tenant's default for the priority, else that for the severity, holds.",
  built_in: 'No row matches and the tenant has no default for the priority or severity: the built-in one holds.',
  none: 'No row of this kind matches, and only sla has defaults.'
}

function verdictToWire ({ criterion, wanted, found, met }: Verdict): Static<typeof Criterion> {
  if (criterion !== 'validity') return { criterion, wanted, found, met }
  const { from, to } = wanted as { from: Micros | null, to: Micros | null }
  return {
    criterion,
    wanted: { from: instantText(from), to: instantText(to) },
    found: formatInstant(found as Micros),
    met
  }
}
