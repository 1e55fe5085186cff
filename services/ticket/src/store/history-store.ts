import type { Tx } from '@dueline/postgres'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { KnownHistory } from '../domain/history.ts'
import { importedHistory, ticketMessage } from './tables.ts'

/** What imports have brought of a ticket. */
export interface ImportedHistory {
  ticketId: string
  keys: readonly string[]
  lastAt: number
}

/** What imports have brought of these tickets, by ticket. */
export async function importedHistories (
  tx: Tx,
  tenantId: string,
  ticketIds: readonly string[]
): Promise<Map<string, ImportedHistory>> {
  if (ticketIds.length === 0) return new Map()
  const rows = await tx
    .select()
    .from(importedHistory)
    .where(and(eq(importedHistory.tenantId, tenantId), inArray(importedHistory.ticketId, [...ticketIds])))
  return new Map(rows.map(({ tenantId: _, ...row }) => [row.ticketId, row]))
}

/** Writes down what imports have brought of tickets whose rows the caller has locked or made. */
export async function saveHistories (
  tx: Tx,
  tenantId: string,
  histories: ReadonlyArray<KnownHistory & { ticketId: string }>
): Promise<void> {
  if (histories.length === 0) return
  await tx
    .insert(importedHistory)
    .values(histories.map(({ ticketId, keys, lastAt }) => ({ tenantId, ticketId, keys: [...(keys ?? [])], lastAt })))
    .onConflictDoUpdate({
      target: [importedHistory.tenantId, importedHistory.ticketId],
      set: { keys: sql`excluded.keys`, lastAt: sql`excluded.last_at` }
    })
}

/** The external ids among those given that messages of these tickets have, by ticket. */
export async function messageExternalIds (
  tx: Tx,
  tenantId: string,
  ticketIds: readonly string[],
  externalIds: readonly string[]
): Promise<Map<string, string[]>> {
  if (ticketIds.length === 0 || externalIds.length === 0) return new Map()
  const rows = await tx
    .select({ ticketId: ticketMessage.ticketId, externalId: ticketMessage.externalId })
    .from(ticketMessage)
    .where(
      and(
        eq(ticketMessage.tenantId, tenantId),
        inArray(ticketMessage.ticketId, [...ticketIds]),
        inArray(ticketMessage.externalId, [...externalIds]),
        sql`${ticketMessage.externalId} is not null`
      )
    )
  const byTicket = new Map<string, string[]>()
  for (const { ticketId, externalId } of rows) byTicket.set(ticketId, [...(byTicket.get(ticketId) ?? []), externalId!])
  return byTicket
}
