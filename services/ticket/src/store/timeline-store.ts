import type { Micros } from '@dueline/business-time'
import type { Actor } from '@dueline/contracts'
import type { Read } from '@dueline/postgres'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
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
}

/** At most `limit` facts after the given version, oldest first. `publicOnly` leaves out what only staff may read. */
export async function listTimeline (read: Read, tenantId: string, ticketId: string, { afterVersion, limit, publicOnly }: { afterVersion: number, limit: number, publicOnly: boolean }): Promise<TimelineEntry[]> {
  const rows = await read.select({ entry: ticketTimeline, screenName: person.screenName }).from(ticketTimeline)
    .leftJoin(person, and(eq(person.tenantId, ticketTimeline.tenantId), eq(sql`${person.id}::text`, ticketTimeline.actorId)))
    .where(and(
      eq(ticketTimeline.tenantId, tenantId), eq(ticketTimeline.ticketId, ticketId), gt(ticketTimeline.version, afterVersion),
      publicOnly ? eq(ticketTimeline.internal, false) : undefined))
    .orderBy(asc(ticketTimeline.version)).limit(limit)
  return rows.map(({ entry, screenName }) => ({
    version: entry.version,
    at: entry.at,
    kind: entry.kind,
    actor: { kind: entry.actorKind, id: entry.actorId, screenName },
    reason: entry.reason,
    changes: entry.changes,
    messageId: entry.messageId
  }))
}
