import type { Micros } from '@dueline/business-time'
import type { Actor } from '@dueline/contracts'
import type { Read } from '@dueline/postgres'
import { and, asc, desc, eq, gt, inArray, sql, type SQL } from 'drizzle-orm'
import type { FieldChange } from '../domain/ticket.ts'
import { person, ticketTimeline } from './tables.ts'

/** One fact as the timeline shows it. */
export interface TimelineEntry {
  version: number
  at: Micros
  kind: string
  actor: Actor
  reason: string | null
  changes: FieldChange[]
  messageId: string | null
  /** The assignment rule that did it, or null. */
  ruleId: string | null
}

/**
 * At most `limit` facts after the given version, oldest first. `without`: fields that the reader must not know of;
 * facts that changed nothing else are left out then, and so are internal messages.
 */
export async function listTimeline (
  read: Read,
  tenantId: string,
  ticketId: string,
  { afterVersion, limit, without }: { afterVersion: number, limit: number, without: readonly string[] | null }
): Promise<TimelineEntry[]> {
  const rows = await read
    .select({ entry: ticketTimeline, screenName: person.screenName })
    .from(ticketTimeline)
    .leftJoin(
      person,
      and(eq(person.tenantId, ticketTimeline.tenantId), eq(sql`${person.id}::text`, ticketTimeline.actorId))
    )
    .where(
      and(
        eq(ticketTimeline.tenantId, tenantId),
        eq(ticketTimeline.ticketId, ticketId),
        gt(ticketTimeline.version, afterVersion),
        without === null ? undefined : and(eq(ticketTimeline.internal, false), changesElse(without))
      )
    )
    .orderBy(asc(ticketTimeline.version))
    .limit(limit)
  return rows.map(({ entry, screenName }) => ({
    version: entry.version,
    at: entry.at,
    kind: entry.kind,
    actor: { kind: entry.actorKind, id: entry.actorId, screenName },
    reason: entry.reason,
    changes: entry.changes,
    messageId: entry.messageId,
    ruleId: entry.ruleId
  }))
}

function changesElse (without: readonly string[]): SQL {
  const fields = sql.join(without.map((field) => sql`${field}`), sql`, `)
  return sql`(${ticketTimeline.kind} <> 'updated' or exists (
    select from jsonb_array_elements(${ticketTimeline.changes}) change where change ->> 'field' not in (${fields})))`
}

/** When the ticket's status changed last; null when it never has. */
export async function lastStatusChange (read: Read, tenantId: string, ticketId: string): Promise<Micros | null> {
  const rows = await read
    .select({ at: ticketTimeline.at })
    .from(ticketTimeline)
    .where(
      and(
        eq(ticketTimeline.tenantId, tenantId),
        eq(ticketTimeline.ticketId, ticketId),
        inArray(ticketTimeline.kind, ['status-changed', 'reopened'])
      )
    )
    .orderBy(desc(ticketTimeline.at))
    .limit(1)
  return rows[0]?.at ?? null
}

/** The version of the ticket at which it was given to somebody, or to nobody, last; null: it never was. */
export async function lastAssignment (read: Read, tenantId: string, ticketId: string): Promise<number | null> {
  const rows = await read.select({ version: ticketTimeline.version }).from(ticketTimeline)
    .where(and(
      eq(ticketTimeline.tenantId, tenantId),
      eq(ticketTimeline.ticketId, ticketId),
      eq(ticketTimeline.kind, 'assigned')
    ))
    .orderBy(desc(ticketTimeline.version)).limit(1)
  return rows[0]?.version ?? null
}
