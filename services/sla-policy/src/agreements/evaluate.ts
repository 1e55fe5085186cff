import type { AgreementSubject } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'
import type { Tx } from '@dueline/postgres'
import { agreementsOf, type Agreements, type ComputedFrom, type Policies, type Publish } from '../domain/agreements.ts'
import { resolve, type CompiledPolicy } from '../domain/resolve.ts'
import { withParents, type Parents } from '../domain/subject.ts'
import type { TicketHistory } from '../domain/ticket-history.ts'
import type { AgreementRecord } from '../store/agreement-store.ts'
import { readCalendarVersions, type CalendarKey } from '../store/calendar-store.ts'
import type { CatalogueKey, PolicyCache, PolicyKey } from '../store/policy-cache.ts'
import type { TicketRecord } from '../store/ticket-store.ts'

/** A ticket whose agreements are to be looked at. */
export interface AgreementCase {
  readonly ticket: TicketRecord
  readonly history: TicketHistory
  /** Its entries as stored, each kind's in the order in which they hold. */
  readonly stored: readonly AgreementRecord[]
  readonly computedFrom: ComputedFrom | null
  /** What was published and may concern it, by version. */
  readonly publishes: readonly Publish[]
}

/** A case with what its agreements should be. */
export interface Evaluation {
  readonly subject: AgreementCase
  readonly agreements: Agreements
}

/**
 * Computes the agreements of a batch of tickets: at most three reads, and no write. `draft` is a policy that is not
 * published; with it, all tickets are of its tenant.
 */
export async function evaluate (
  tx: Tx,
  cache: PolicyCache,
  cases: readonly AgreementCase[],
  draft?: CompiledPolicy
): Promise<Evaluation[]> {
  if (cases.length === 0) return []
  const parentsOf = await cache.parents(tx, cases.flatMap(linksOf))
  const publishedOf = await cache.policies(
    tx,
    cases.flatMap(policiesOf).filter(({ version }) => version !== draft?.version)
  )
  const policyOf = (key: PolicyKey): CompiledPolicy => draft?.version === key.version ? draft : publishedOf(key)
  const wanted = new Map<string, CalendarKey>()
  const evaluated = (calendarVersion: (key: CalendarKey, at: Micros) => number): Evaluation[] =>
    cases.map((subject) => evaluateCase(subject, { parentsOf, policyOf, calendarVersion }))
  const first = evaluated((key) => {
    wanted.set(`${key.tenantId}/${key.calendarId}`, key)
    return 0
  })
  return wanted.size === 0 ? first : evaluated(await readCalendarVersions(tx, [...wanted.values()]))
}

interface Lookups {
  readonly parentsOf: (key: CatalogueKey) => Parents | undefined
  readonly policyOf: (key: PolicyKey) => CompiledPolicy
  readonly calendarVersion: (key: CalendarKey, at: Micros) => number
}

function evaluateCase (subject: AgreementCase, { parentsOf, policyOf, calendarVersion }: Lookups): Evaluation {
  const { ticket: { tenantId, createdAt }, ...input } = subject
  const policies: Policies = {
    resolve: (version, kind, of) =>
      resolve(
        policyOf({ tenantId, version }),
        kind,
        withParents(of, (id) => parentsOf({ tenantId, id })),
        createdAt
      ),
    calendarVersion: (calendarId, at) => calendarVersion({ tenantId, calendarId }, at)
  }
  return { subject, agreements: agreementsOf({ ...input, createdAt, policies }) }
}

function policiesOf ({ ticket: { tenantId }, history, publishes }: AgreementCase): PolicyKey[] {
  const base = history.basePolicyVersion
  return [
    { tenantId, version: base },
    ...publishes.filter(({ version }) => version > base).map(({ version }) => ({ tenantId, version }))
  ]
}

/** The catalogue items whose parents the ticket does not say itself. */
function linksOf ({ ticket: { tenantId }, history }: AgreementCase): CatalogueKey[] {
  return history.runs.flatMap(({ subject }) => linksToLookUp(subject)).map((id) => ({ tenantId, id }))
}

function linksToLookUp ({ productId, moduleId, questionId }: AgreementSubject): string[] {
  if (productId !== null && (moduleId !== null || questionId === null)) return []
  return [questionId, moduleId].filter((id) => id !== null)
}
