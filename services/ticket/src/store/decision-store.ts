import type { Language } from '@dueline/contracts'
import { tableRows, type Read, type Tx } from '@dueline/postgres'
import { and, eq, type InferSelectModel } from 'drizzle-orm'
import { assignmentDecision } from './assignment-tables.ts'

/** A decision that was carried out, with all that it was made from. */
export type StoredDecision = Omit<InferSelectModel<typeof assignmentDecision>, 'tenantId'>

const rows = tableRows(assignmentDecision)

// one statement: neither part reads what the other writes
const saveSql = `
  with decided as (
    insert into assignment_decision (${rows.columns()}) select ${rows.columns()} from ${rows.from(1, 'd')}
    on conflict (${rows.key()}) do update set ${rows.assignments('excluded')})
  insert into assignment_share as s (tenant_id, rule_id, person_id, given, last_at)
    select tenant_id, rule_id, assignee_id, count(*), max(decided_at) from ${rows.from(1, 'd')}
    group by tenant_id, rule_id, assignee_id order by rule_id, assignee_id
    on conflict (tenant_id, rule_id, person_id)
    do update set given = s.given + excluded.given, last_at = greatest(s.last_at, excluded.last_at)`

/** Writes down what was decided, and who got how many tickets of which rule. One statement whatever the number. */
export async function saveDecisions (tx: Tx, tenantId: string, decisions: readonly StoredDecision[]): Promise<void> {
  if (decisions.length === 0) return
  const values = rows.values(decisions.map((decision) => ({ ...decision, tenantId })))
  await tx.$client.query({ name: 'assignment-decisions', text: saveSql, values })
}

/** The last decision about a ticket, or null when no rule has given it to anybody. */
export async function findDecision (read: Read, tenantId: string, ticketId: string): Promise<StoredDecision | null> {
  const [row] = await read.select().from(assignmentDecision)
    .where(and(eq(assignmentDecision.tenantId, tenantId), eq(assignmentDecision.ticketId, ticketId)))
  if (row === undefined) return null
  const { tenantId: _, ...decision } = row
  return { ...decision, snapshot: asOfNow(decision.snapshot) }
}

/** What earlier releases have stored of an agent or a ticket: one language. */
type OneLanguage = { readonly language?: Language, readonly languages?: readonly Language[] }

/** A stored snapshot in the form that decisions are made from, whatever release has stored it. */
function asOfNow ({ from, ticket }: StoredDecision['snapshot']): StoredDecision['snapshot'] {
  const languagesOf = ({ language = 'en', languages = [language] }: OneLanguage): readonly Language[] => languages
  const agents = Object.entries(from.agents).map(([id, facts]) => [id, { ...facts, languages: languagesOf(facts) }])
  return {
    from: { ...from, agents: Object.fromEntries(agents) as typeof from.agents },
    ticket: { ...ticket, languages: languagesOf(ticket) }
  }
}
