import type { Micros } from '@dueline/business-time'
import type { AgreementKind, AgreementSubject } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import { matches, specificityOf, verdictsOf, type Verdict } from '../domain/match.ts'
import { resolve, type CompiledPolicy, type Resolution } from '../domain/resolve.ts'
import { withParents } from '../domain/subject.ts'
import { readCalendarVersions } from '../store/calendar-store.ts'
import type { PolicyCache } from '../store/policy-cache.ts'

/** One row held against the ticket. */
export interface TriedRow {
  readonly rowId: string
  readonly rowName: string
  readonly specificity: number
  readonly rank: number
  readonly matches: boolean
  readonly won: boolean
  readonly criteria: readonly Verdict[]
}

export interface Explanation {
  /** The ticket with its module and product filled in from the catalogue. */
  readonly subject: AgreementSubject
  readonly resolution: Resolution | undefined
  readonly calendarVersion: number
  /** Every row of the kind, in the order in which rows win. */
  readonly tried: readonly TriedRow[]
}

/** Which row wins for a ticket, and what each row says to it. */
export async function explain (tx: Tx, cache: PolicyCache, { tenantId, policy, kind, ticket, createdAt }: {
  tenantId: string,
  policy: CompiledPolicy,
  kind: AgreementKind,
  ticket: AgreementSubject,
  createdAt: Micros
}): Promise<Explanation> {
  const ids = [ticket.moduleId, ticket.questionId].filter((id) => id !== null)
  const parentsOf = await cache.parents(tx, ids.map((id) => ({ tenantId, id })))
  const subject = withParents(ticket, (id) => parentsOf({ tenantId, id }))
  const resolution = resolve(policy, kind, subject, createdAt)
  const calendarId = resolution?.terms.calendarId ?? null
  const calendarVersion = calendarId === null
    ? 0
    : (await readCalendarVersions(tx, [{ tenantId, calendarId }]))({ tenantId, calendarId }, Infinity)
  const tried = policy.ranked[kind].map((row) => ({
    rowId: row.id,
    rowName: row.name,
    specificity: specificityOf(row),
    rank: row.rank,
    matches: matches(row, subject, createdAt),
    won: row.id === resolution?.rowId,
    criteria: verdictsOf(row, subject, createdAt)
  }))
  return { subject, resolution, calendarVersion, tried }
}
