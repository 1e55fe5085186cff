import type { Micros } from '@dueline/business-time'
import { promiseKinds, type PolicyEffect } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import { decide, type Change, type Held } from '../domain/decide.ts'
import { resolve, type CompiledPolicy } from '../domain/resolve.ts'
import { withParents, type Subject } from '../domain/subject.ts'
import { newestCalendarVersions, type CalendarKey } from '../store/calendar-store.ts'
import type { CatalogueKey, PolicyCache } from '../store/policy-cache.ts'
import type { TicketRecord } from '../store/ticket-store.ts'

/** A ticket whose promises are to be looked at, and the occasion. */
export interface PromiseCase {
  readonly ticket: TicketRecord
  readonly policy: CompiledPolicy
  readonly held: readonly Held[]
  /** When it happened, at which ticket version, and whether in an imported past. */
  readonly occasion: { readonly time: Micros, readonly ticketVersion: number, readonly historical: boolean }
  /** A publish says how it applies and picks up newer calendars; null = the winning row says, pinned calendars stay. */
  readonly published: PolicyEffect | null
}

/** What has to change for one ticket. */
export interface Assessment {
  readonly subject: PromiseCase
  readonly changes: readonly Change[]
  /** Newest version of a calendar that one of the changes promises. */
  readonly calendarVersion: (calendarId: string) => number
}

/** Compares what is promised with what should be, for a batch of tickets: at most two reads, and no write. */
export async function assess (tx: Tx, cache: PolicyCache, cases: readonly PromiseCase[]): Promise<Assessment[]> {
  if (cases.length === 0) return []
  const parentsOf = await cache.parents(tx, cases.flatMap(({ ticket }) => linksToLookUp(ticket)))
  const resolved = cases.map(({ ticket, policy }) => {
    const subject = withParents(ticket, (id) => parentsOf({ tenantId: ticket.tenantId, id }))
    return new Map(promiseKinds.map((kind) => [kind, resolve(policy, kind, subject, ticket.createdAt)]))
  })
  const calendars = new Map<string, CalendarKey>()
  resolved.forEach((byKind, index) => {
    const { tenantId } = cases[index]!.ticket
    for (const resolution of byKind.values()) {
      const calendarId = resolution?.terms.calendarId ?? null
      if (calendarId !== null) calendars.set(`${tenantId}/${calendarId}`, { tenantId, calendarId })
    }
  })
  const newest = await newestCalendarVersions(tx, [...calendars.values()])
  return cases.map((subject, index) => {
    const calendarVersion = (calendarId: string) => newest({ tenantId: subject.ticket.tenantId, calendarId })
    const resolution = (kind: typeof promiseKinds[number]) => resolved[index]!.get(kind)
    return { subject, calendarVersion, changes: decide(subject.held, resolution, subject.published === null ? undefined : calendarVersion) }
  })
}

/** The catalogue items whose parents the ticket does not say itself. */
function linksToLookUp (ticket: Subject & { tenantId: string }): CatalogueKey[] {
  const { tenantId, productId, moduleId, questionId } = ticket
  if (productId !== null && (moduleId !== null || questionId === null)) return []
  return [questionId, moduleId].filter((id) => id !== null).map((id) => ({ tenantId, id }))
}
