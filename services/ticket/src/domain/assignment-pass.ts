import {
  decide,
  poolKeys,
  shareKey,
  type AgentFacts,
  type AssignmentSnapshot,
  type Decision,
  type WaitingTicket
} from './assignment.ts'

/** A snapshot that decisions change as they are made. */
export type RunningSnapshot = Omit<AssignmentSnapshot, 'agents' | 'given'> & {
  readonly agents: Record<string, AgentFacts>,
  readonly given: Record<string, number>
}

/** Changes the snapshot to what it is once the decision is carried out: for the next ticket. */
export function applyDecision (
  { at, agents, points, given }: RunningSnapshot,
  { subject }: WaitingTicket,
  { assigneeId, ruleId }: Decision
): void {
  const facts = assigneeId === null ? undefined : agents[assigneeId]
  if (facts === undefined || ruleId === null) return
  const { personId, load } = facts
  const key = shareKey(ruleId, personId)
  agents[personId] = { ...facts, load: load + points[subject.priority], lastAt: at }
  given[key] = (given[key] ?? 0) + 1
}

/** Which comes first of two tickets that wait: nearest due; those without a deadline last, the oldest first. */
export function byUrgency (a: WaitingTicket, b: WaitingTicket): number {
  const [due, other] = [a.dueAt ?? Infinity, b.dueAt ?? Infinity]
  if (due !== other) return due < other ? -1 : 1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/**
 * Decides about tickets that wait, nearest due first, each with what those before it have taken; answers the decisions
 * that give a ticket to somebody, at most `max`, each with the part of the snapshot that it was made from. Nobody who
 * could take a ticket of them is left free: a ticket that finds nobody keeps none behind it from those who are.
 */
export function decideAll (
  snapshot: AssignmentSnapshot,
  tickets: readonly WaitingTicket[],
  max = Infinity
): Array<{ ticket: WaitingTicket, decision: Decision, from: AssignmentSnapshot }> {
  const made: Array<{ ticket: WaitingTicket, decision: Decision, from: AssignmentSnapshot }> = []
  const current: RunningSnapshot = { ...snapshot, agents: { ...snapshot.agents }, given: { ...snapshot.given } }
  for (const ticket of [...tickets].sort(byUrgency)) {
    if (made.length >= max) break
    const decision = decide(current, ticket)
    if (decision.assigneeId === null) continue
    made.push({ ticket, decision, from: partOf(current, ticket, decision) })
    applyDecision(current, ticket, decision)
  }
  return made
}

/** As much of a snapshot as gives this decision about this ticket again. */
export function partOf (
  { at, rules, pools, agents, points, given }: AssignmentSnapshot,
  { subject }: WaitingTicket,
  decision: Decision
): AssignmentSnapshot {
  const tried = new Set(decision.rules.map(({ ruleId }) => ruleId))
  const seen = decision.rules.flatMap(({ ruleId, candidates }) =>
    candidates.map(({ personId }) => ({ personId, key: shareKey(ruleId, personId) }))
  )
  const part = rules.filter(({ id }) => tried.has(id))
  const among = <T>(all: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> =>
    Object.fromEntries(keys.flatMap((key) => key in all ? [[key, all[key]!]] : []))
  return {
    at,
    rules: part,
    pools: among(pools, part.flatMap((rule) => poolKeys(rule, subject))),
    agents: among(agents, seen.map(({ personId }) => personId)),
    points,
    given: among(given, seen.map(({ key }) => key))
  }
}
