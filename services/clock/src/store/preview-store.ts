import type { Read } from '@dueline/postgres'
import type { PreviewInput } from '../domain/preview.ts'
import { isDone } from '../domain/ticket-case.ts'
import { readCases } from './case-store.ts'
import { readClocks, readMarks } from './clock-store.ts'
import { keyParams, textOf, type TicketKey } from './keys.ts'
import { readFacts, readAgreementVersions } from './timeline-store.ts'

/** All that is stored of a ticket's clocks. */
export type StoredTicket = Pick<PreviewInput, 'facts' | 'agreementVersions' | 'stored' | 'fired' | 'over' | 'importing'>

/** Most facts of one ticket, and of all tickets of one reading. */
export interface FactBounds {
  readonly perTicket: number
  readonly all: number
}

/**
 * What is stored of tickets, by `textOf`; those that are not known, or have more facts than the bounds allow, are left
 * out.
 */
export async function readStoredTickets (
  db: Read,
  keys: readonly TicketKey[],
  bounds: FactBounds
): Promise<Map<string, StoredTicket>> {
  const within = await withinBounds(db, keys, bounds)
  const cases = await readCases(db, within)
  const facts = await readFacts(db, within)
  const agreementVersions = await readAgreementVersions(db, within)
  const clocks = await readClocks(db, within)
  const marks = await readMarks(db, [...clocks.values()].flat())
  return new Map([...cases].map(([key, known]) => {
    const stored = clocks.get(key) ?? []
    return [key, {
      facts: facts.get(key) ?? [],
      agreementVersions: agreementVersions.get(key) ?? [],
      stored,
      fired: stored.flatMap(({ id }) => marks.get(id) ?? []),
      over: isDone(known),
      importing: known.importing
    }]
  }))
}

async function withinBounds (
  db: Read,
  keys: readonly TicketKey[],
  { perTicket, all }: FactBounds
): Promise<TicketKey[]> {
  const { rows } = await db.$client.query<{ tenant_id: string, ticket_id: string, facts: number }>({
    name: 'preview-fact-count',
    // counts no further than one beyond the bound
    text: `select k.tenant_id, k.ticket_id, c.facts
           from unnest($1::text[], $2::uuid[]) as k(tenant_id, ticket_id) cross join lateral (
             select count(*)::int as facts from (
               select from fact f where f.tenant_id = k.tenant_id and f.ticket_id = k.ticket_id limit $3::int + 1
             ) as counted
           ) as c`,
    values: [...keyParams(keys), perTicket]
  })
  const counts = new Map(rows.map((row) => [textOf({ tenantId: row.tenant_id, ticketId: row.ticket_id }), row.facts]))
  let left = all
  return keys.filter((key) => {
    const facts = counts.get(textOf(key)) ?? 0
    if (facts > perTicket || facts > left) return false
    left -= facts
    return true
  })
}
