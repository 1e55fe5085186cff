import { formatInstant, type Micros } from '@dueline/business-time'
import { instantText, kindsForCustomers, ticketDefaults, type AgreementSubject, type Metric } from '@dueline/contracts'
import { instantOf, type App, type Asker, type Fault } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { access, authorize } from '../access.ts'
import { dueTimes } from '../agreements/due-times.ts'
import { explain, type Explanation } from '../agreements/explain.ts'
import type { Verdict } from '../domain/match.ts'
import { compilePolicy, type CompiledPolicy } from '../domain/resolve.ts'
import { newestVersion, readSettings } from '../store/policy-store.ts'
import { publishableRows } from '../store/sla-row-store.ts'
import { AgreementExplanation, AgreementQuestion, type Criterion } from './agreement-question.ts'
import { checkReferences } from './row-references.ts'
import { refuseFaults, type RouteDeps } from './route-deps.ts'

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
        'Says which row wins and why, and when it would be due. `at` is when the ticket is created: now, if you ' +
        'leave it out. With `answers` the agreement is the one that a ticket with them would get. Customers ask for ' +
        'themselves, for kind sla as published, and are shown neither rows nor reminders and escalations. It stores ' +
        'nothing.',
      tags: ['agreements'],
      body: AgreementQuestion,
      response: { 200: AgreementExplanation }
    },
    async handler (request) {
      const { principal } = request
      const isForCustomer = !authorize(principal, 'seeRows')
      if (isForCustomer) refuseFaults(faultsOfCustomer(request.body, principal.personId))
      const { ticket, answers, at, kind = 'sla', draft = false } = request.body
      const createdAt = at === undefined ? deps.clock.now() : instantOf(at, '/at')
      const { authorization } = request.headers
      const asker = { tenantId: principal.tenantId, authorization }
      const asked = subjectOf(ticket, isForCustomer ? principal.personId : null)
      const subject = await withAnswers(asked, answers, createdAt, asker, deps)
      return await deps.database.forTenant(principal.tenantId).tx(async (tx) => {
        await checkReferences(tx, { ...subject, calendarId: null }, [], '/ticket')
        const policy = draft ? await draftPolicy(tx) : await publishedPolicy(tx, deps)
        const explanation = await explain(tx, deps.cache, {
          tenantId: tx.tenantId,
          policy,
          kind,
          ticket: subject,
          createdAt
        })
        const { resolution, calendarVersion } = explanation
        const due = resolution === undefined
          ? null
          : await dueTimes(tx, deps.calendars, resolution.terms, calendarVersion, createdAt)
        const answer = { kind, policyVersion: policy.version, ...explanationToWire(explanation, due) }
        return isForCustomer ? forCustomer(answer) : answer
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
  { productId = null, moduleId = null, questionId = null, customerId = null, ...ticket }: AgreementQuestion['ticket'],
  callerId: string | null
): AgreementSubject {
  return { ...ticketDefaults, ...ticket, productId, moduleId, questionId, customerId: callerId ?? customerId }
}

/** What a customer may not ask. */
function faultsOfCustomer ({ ticket, kind = 'sla', draft = false }: AgreementQuestion, personId: string): Fault[] {
  const faults: Fault[] = []
  if ((ticket.customerId ?? personId) !== personId) {
    faults.push({ pointer: '/ticket/customerId', message: 'a customer can ask only for themselves' })
  }
  if (!kindsForCustomers.includes(kind)) faults.push({ pointer: '/kind', message: 'is for staff and integrators' })
  if (draft) faults.push({ pointer: '/draft', message: 'is for staff and integrators' })
  return faults
}

/** What was found without what staff has agreed and named for itself. */
function forCustomer ({ terms, ...answer }: AgreementExplanation): AgreementExplanation {
  const shown = terms === null ? null : { ...terms, reminders: [], escalationPolicyId: null }
  return { ...answer, terms: shown, rowId: null, rowName: null, tried: [] }
}

function explanationToWire (
  { subject, resolution, calendarVersion, tried }: Explanation,
  due: Partial<Record<Metric, Micros | null>> | null
) {
  const { type, priority, severity, productId, moduleId, questionId } = subject
  const { origin, rowId, rowName, terms } = resolution ?? { origin: null, rowId: null, rowName: null, terms: null }
  return {
    origin,
    rowId,
    rowName,
    reason: type === 'appreciation' ? 'An appreciation has no agreement.' : reasons[origin ?? 'none'],
    terms: terms === null ? null : { ...terms, calendarVersion, reminders: [...terms.reminders] },
    dueAt: due === null
      ? null
      : Object.fromEntries(Object.entries(due).map(([metric, at]) => [metric, instantText(at)])),
    ticket: { type, priority, severity, productId, moduleId, questionId },
    tried: tried.map((row) => ({ ...row, criteria: row.criteria.map(verdictToWire) }))
  }
}

const reasons = {
  row: 'The first matching row in the order of specificity, rank and age won.',
  tenant_default: "No row matches: the tenant's default for the priority, else that for the severity, holds.",
  built_in: 'No row matches and the tenant has no default for the priority or severity: the built-in one holds.',
  none: 'No row of this kind matches, and only sla has defaults.'
}

function verdictToWire ({ criterion, wanted, found, met }: Verdict): Criterion {
  if (criterion !== 'validity') return { criterion, wanted, found, met }
  const { from, to } = wanted as { from: Micros | null, to: Micros | null }
  return {
    criterion,
    wanted: { from: instantText(from), to: instantText(to) },
    found: formatInstant(found as Micros),
    met
  }
}
