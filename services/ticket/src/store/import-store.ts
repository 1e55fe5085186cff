import type { Micros } from '@dueline/business-time'
import type { Read, Tx } from '@dueline/postgres'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Fault } from '../domain/catalogue.ts'
import type { ImportLine } from '../domain/import-line.ts'
import { ticketImport, ticketImportLine } from './tables.ts'

export type TicketImport = Omit<typeof ticketImport.$inferSelect, 'tenantId'>
export type TicketImportLine = Pick<
  typeof ticketImportLine.$inferSelect,
  'line' | 'externalId' | 'ticketId' | 'state' | 'faults' | 'ticketVersion'
>

/** One line as it was read: its text when it is valid, its faults when not. `line` counts from 1, blank lines too. */
export interface ReadLine {
  line: number
  externalId: string | null
  content: string | null
  faults: Fault[]
}
/** A valid line that waits. */
export interface PendingLine {
  line: number
  content: ImportLine
}
/** How a line ended: with its ticket as it stood then, or refused with its faults. */
export type LineResult =
  & { line: number }
  & (
    | { state: 'imported' | 'continued' | 'duplicate', ticketId: string, ticketVersion: number }
    | { state: 'rejected', faults: Fault[] }
  )

const linesPerStatement = 1_000

/** Stores an import with all of its lines. */
export async function insertImport (
  tx: Tx,
  tenantId: string,
  { id, lines, createdBy, createdAt }: { id: string, lines: readonly ReadLine[], createdBy: string, createdAt: Micros }
): Promise<TicketImport> {
  const rejected = lines.filter(({ content }) => content === null).length
  const accepted = lines.length - rejected
  const row: TicketImport = {
    id,
    state: accepted === 0 ? 'done' : 'running',
    lines: lines.length,
    accepted,
    rejected,
    imported: 0,
    duplicates: 0,
    continued: 0,
    createdBy,
    createdAt,
    finishedAt: accepted === 0 ? createdAt : null
  }
  await tx.insert(ticketImport).values({ tenantId, ...row })
  for (let from = 0; from < lines.length; from += linesPerStatement) {
    const part = lines.slice(from, from + linesPerStatement)
    await tx.$client.query({
      name: 'import-insert-lines',
      text: `insert into ticket_import_line (tenant_id, import_id, line, state, external_id, content, faults)
        select $1, $2, line, case when content is null then 'rejected' else 'pending' end, external_id, content::json,
          faults::jsonb
        from unnest($3::integer[], $4::text[], $5::text[], $6::text[]) as l(line, external_id, content, faults)`,
      values: [
        tenantId,
        id,
        part.map((l) => l.line),
        part.map((l) => l.externalId),
        part.map((l) => l.content),
        part.map((l) => l.content === null ? JSON.stringify(l.faults) : null)
      ]
    })
  }
  return row
}

/**
 * The oldest unfinished import of any tenant that nobody else works on; its row stays locked until the transaction
 * ends.
 */
export async function lockNextImport (tx: Tx): Promise<{ tenantId: string, id: string } | null> {
  const rows = await tx.select({ tenantId: ticketImport.tenantId, id: ticketImport.id }).from(ticketImport)
    .where(eq(ticketImport.state, 'running')).orderBy(asc(ticketImport.createdAt)).limit(1).for('update', {
      skipLocked: true
    })
  return rows[0] ?? null
}

/** The next lines of an import that wait, in their order. */
export async function pendingLines (tx: Tx, tenantId: string, importId: string, limit: number): Promise<PendingLine[]> {
  const rows = await tx.select({ line: ticketImportLine.line, content: ticketImportLine.content }).from(
    ticketImportLine
  )
    .where(
      and(
        eq(ticketImportLine.tenantId, tenantId),
        eq(ticketImportLine.importId, importId),
        eq(ticketImportLine.state, 'pending')
      )
    )
    .orderBy(asc(ticketImportLine.line)).limit(limit)
  return rows as PendingLine[]
}

/** Writes how lines ended, drops their text, and counts them. One that is refused only now was accepted before. */
export async function finishLines (
  tx: Tx,
  tenantId: string,
  importId: string,
  results: readonly LineResult[]
): Promise<void> {
  const count = (state: LineResult['state']): number => results.filter((result) => result.state === state).length
  const rows = results.map((result) =>
    result.state === 'rejected' ? { ...result, ticketId: null, ticketVersion: null } : { ...result, faults: null }
  )
  await tx.$client.query({
    name: 'import-finish-lines',
    text: `with l as (
        update ticket_import_line l
        set state = r.state, ticket_id = r.ticket_id, ticket_version = r.version, faults = r.faults::jsonb,
          content = null
        from unnest($3::integer[], $4::text[], $5::uuid[], $6::integer[], $7::text[])
          as r(line, state, ticket_id, version, faults)
        where l.tenant_id = $1 and l.import_id = $2 and l.line = r.line)
      update ticket_import
      set imported = imported + $8, continued = continued + $9, duplicates = duplicates + $10,
        rejected = rejected + $11, accepted = accepted - $11
      where tenant_id = $1 and id = $2`,
    values: [
      tenantId,
      importId,
      rows.map((r) => r.line),
      rows.map((r) => r.state),
      rows.map((r) => r.ticketId),
      rows.map((r) => r.ticketVersion),
      rows.map((r) => (r.faults === null ? null : JSON.stringify(r.faults))),
      count('imported'),
      count('continued'),
      count('duplicate'),
      count('rejected')
    ]
  })
}

/** Closes an import all of whose lines have ended. */
export async function finishImport (tx: Tx, tenantId: string, importId: string, finishedAt: Micros): Promise<void> {
  await tx.update(ticketImport).set({ state: 'done', finishedAt }).where(
    and(eq(ticketImport.tenantId, tenantId), eq(ticketImport.id, importId))
  )
}

/** One import, or null. */
export async function findImport (read: Read, tenantId: string, id: string): Promise<TicketImport | null> {
  const rows = await read.select().from(ticketImport).where(
    and(eq(ticketImport.tenantId, tenantId), eq(ticketImport.id, id))
  )
  if (rows[0] === undefined) return null
  const { tenantId: _, ...row } = rows[0]
  return row
}

/** At most `limit` lines of an import behind the given one. */
export async function listImportLines (
  read: Read,
  tenantId: string,
  importId: string,
  { afterLine, limit }: { afterLine: number, limit: number }
): Promise<TicketImportLine[]> {
  const { line, externalId, ticketId, state, faults, ticketVersion } = ticketImportLine
  return await read.select({ line, externalId, ticketId, state, faults, ticketVersion }).from(ticketImportLine)
    .where(and(eq(ticketImportLine.tenantId, tenantId), eq(ticketImportLine.importId, importId), gt(line, afterLine)))
    .orderBy(asc(line)).limit(limit)
}
