import { instantParam, type Read, type Tx } from '@dueline/postgres'
import { and, eq, sql, type InferSelectModel } from 'drizzle-orm'
import { assignmentDecision } from './assignment-tables.ts'

/** A decision that was carried out, with all that it was made from. */
export type StoredDecision = Omit<InferSelectModel<typeof assignmentDecision>, 'tenantId'>

/** Writes down what was decided, and who got how many tickets of which rule. Two statements whatever the number. */
export async function saveDecisions (tx: Tx, tenantId: string, decisions: readonly StoredDecision[]): Promise<void> {
  if (decisions.length === 0) return
  await tx.insert(assignmentDecision).values(decisions.map((decision) => ({ ...decision, tenantId })))
    .onConflictDoUpdate({
      target: [assignmentDecision.tenantId, assignmentDecision.ticketId],
      set: {
        ticketVersion: sql`excluded.ticket_version`,
        decidedAt: sql`excluded.decided_at`,
        ruleId: sql`excluded.rule_id`,
        assigneeId: sql`excluded.assignee_id`,
        snapshot: sql`excluded.snapshot`
      }
    })
  await tx.$client.query({
    name: 'assignment-shares',
    text: `insert into assignment_share as s (tenant_id, rule_id, person_id, given, last_at)
      select $1, rule_id, person_id, count(*), max(at)
      from unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) as d(rule_id, person_id, at)
      group by rule_id, person_id order by rule_id, person_id
      on conflict (tenant_id, rule_id, person_id)
      do update set given = s.given + excluded.given, last_at = greatest(s.last_at, excluded.last_at)`,
    values: [
      tenantId,
      decisions.map(({ ruleId }) => ruleId),
      decisions.map(({ assigneeId }) => assigneeId),
      decisions.map(({ decidedAt }) => instantParam(decidedAt))
    ]
  })
}

/** The last decision about a ticket, or null when no rule has given it to anybody. */
export async function findDecision (read: Read, tenantId: string, ticketId: string): Promise<StoredDecision | null> {
  const [row] = await read.select().from(assignmentDecision)
    .where(and(eq(assignmentDecision.tenantId, tenantId), eq(assignmentDecision.ticketId, ticketId)))
  if (row === undefined) return null
  const { tenantId: _, ...decision } = row
  return decision
}
