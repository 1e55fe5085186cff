import type { Micros } from '@dueline/business-time'
import {
  holds,
  type AgreementSubject,
  type AvailabilityReason,
  type AvailabilityState,
  type Condition,
  type Language,
  type Priority
} from '@dueline/contracts'

/** From whom a rule chooses. */
export type Pool =
  | { readonly kind: 'team', readonly teamId: string }
  /** Whoever is responsible for the ticket's module or, when nobody is, for its product. */
  | { readonly kind: 'responsibility' }
  | { readonly kind: 'person', readonly personId: string }
  /** Whoever belongs to a unit or to one below it. */
  | { readonly kind: 'unit', readonly unitId: string }

/** How a rule chooses among those who can take a ticket. */
export const choices = ['least_loaded', 'longest_idle', 'round_robin', 'last_agent'] as const
export type Choice = typeof choices[number]

/** What a tenant has said of who gets which tickets; rules are tried by rank. */
export interface AssignmentRule {
  readonly id: string
  readonly name: string
  readonly condition: Condition | null
  readonly pool: Pool
  /** Whether the agent must have a language of the customer; the customer's first that any of them has counts. */
  readonly sameLanguage: boolean
  readonly choice: Choice
  /** How often somebody comes in turn, beside 1 of everybody else. */
  readonly weights: ReadonlyArray<{ personId: string, weight: number }>
}

/** What is known of somebody who may be given tickets. */
export interface AgentFacts {
  readonly personId: string
  readonly availability: AvailabilityState
  readonly reason: AvailabilityReason
  /** In the order of preference. */
  readonly languages: readonly Language[]
  /** Points of the tickets that he has and that are not finished, and the most that he can carry. */
  readonly load: number
  readonly capacity: number
  /** When a rule gave him a ticket last; null: never. */
  readonly lastAt: Micros | null
}

/** A ticket that waits for somebody. */
export interface WaitingTicket {
  readonly id: string
  readonly subject: AgreementSubject
  /** Of the customer, in the order of preference. */
  readonly languages: readonly Language[]
  /** Who had the customer's ticket before this one. */
  readonly lastAgentId: string | null
  readonly dueAt: Micros | null
}

/** All that a decision is made from. */
export interface AssignmentSnapshot {
  readonly at: Micros
  /** In the order in which they are tried. */
  readonly rules: readonly AssignmentRule[]
  /** Whom the pool of each rule has; of one by responsibility by product or module. */
  readonly pools: Readonly<Record<string, readonly string[]>>
  readonly agents: Readonly<Record<string, AgentFacts>>
  /** What a ticket takes of a capacity. */
  readonly points: Readonly<Record<Priority, number>>
  /** How many tickets each rule has given to whom: `<rule>/<person>`. */
  readonly given: Readonly<Record<string, number>>
}

/** Why somebody of a pool was or was not taken. */
export type CandidateVerdict =
  | 'chosen'
  | 'others_first'
  | 'unknown'
  | 'not_available'
  | 'no_capacity'
  | 'other_language'

export interface Candidate {
  readonly personId: string
  readonly verdict: CandidateVerdict
  /** What was known of him; null: he is not, or no more, of the staff. */
  readonly facts: AgentFacts | null
}

/** What became of a rule for one ticket; rules whose condition the ticket does not meet are not listed. */
export interface RuleVerdict {
  readonly ruleId: string
  readonly ruleName: string
  readonly outcome: 'chosen' | 'nobody_free' | 'empty_pool'
  readonly candidates: readonly Candidate[]
}

export interface Decision {
  readonly ticketId: string
  readonly ruleId: string | null
  readonly assigneeId: string | null
  /** The team of the rule that chose. */
  readonly teamId: string | null
  /** In few words. */
  readonly why: string
  readonly rules: readonly RuleVerdict[]
}

/** The key of `given`. */
export function shareKey (ruleId: string, personId: string): string {
  return `${ruleId}/${personId}`
}

/** The keys of `pools` that a rule looks at for a ticket, the first that has anybody counts. */
export function poolKeys ({ id, pool }: AssignmentRule, { moduleId, productId }: AgreementSubject): string[] {
  if (pool.kind !== 'responsibility') return [id]
  return [moduleId, productId].filter((item) => item !== null)
}

/** Whether a rule is for a ticket; all others are left out of its decision. */
export function isFor ({ condition }: AssignmentRule, { subject }: WaitingTicket): boolean {
  return condition === null || holds(condition, subject)
}

/**
 * Who gets a ticket, and why each of the others does not. The first rule that the ticket meets and that finds somebody
 * available with enough capacity left decides; a rule that finds nobody passes it to the next. Pure: the same snapshot
 * gives the same decision. Equal candidates are taken in the order of their ids.
 */
export function decide (snapshot: AssignmentSnapshot, ticket: WaitingTicket): Decision {
  const rules: RuleVerdict[] = []
  for (const rule of snapshot.rules) {
    if (!isFor(rule, ticket)) continue
    const members = poolKeys(rule, ticket.subject).map((key) => snapshot.pools[key] ?? []).find((pool) =>
      pool.length > 0
    )
    const candidates = [...new Set(members ?? [])].sort().map((personId) =>
      candidateOf(snapshot, rule, ticket, personId)
    )
    const fit = candidates.filter(({ verdict }) => verdict === 'others_first')
    const chosen = fit.length === 0 ? null : best(snapshot, rule, ticket, inBestLanguage(rule, ticket, fit))
    const outcome = members === undefined ? 'empty_pool' : chosen === null ? 'nobody_free' : 'chosen'
    rules.push({
      ruleId: rule.id,
      ruleName: rule.name,
      outcome,
      candidates: candidates.map((each) => each === chosen ? { ...each, verdict: 'chosen' } : each)
    })
    if (chosen !== null) {
      const teamId = rule.pool.kind === 'team' ? rule.pool.teamId : null
      const { id: ruleId, name } = rule
      const why = `${name}: ${whyOf(rule, ticket, chosen)}`
      return { ticketId: ticket.id, ruleId, assigneeId: chosen.personId, teamId, why, rules }
    }
  }
  const why = rules.length === 0 ? 'no rule is for this ticket' : 'nobody who could be chosen has room for it'
  return { ticketId: ticket.id, ruleId: null, assigneeId: null, teamId: null, why, rules }
}

function candidateOf (
  { agents, points }: AssignmentSnapshot,
  rule: AssignmentRule,
  { subject, languages }: WaitingTicket,
  personId: string
): Candidate {
  const facts = agents[personId] ?? null
  if (facts === null) return { personId, facts, verdict: 'unknown' }
  if (facts.availability !== 'available') return { personId, facts, verdict: 'not_available' }
  if (!hasRoom(facts, points[subject.priority])) return { personId, facts, verdict: 'no_capacity' }
  if (rule.sameLanguage && languageRank(languages, facts) === Infinity) {
    return { personId, facts, verdict: 'other_language' }
  }
  return { personId, facts, verdict: 'others_first' }
}

function hasRoom ({ load, capacity }: AgentFacts, points: number): boolean {
  return capacity > 0 && load + points <= capacity
}

/** Which of the customer's languages, in their order, is the first that the agent has; infinity: none. */
function languageRank (wanted: readonly Language[], { languages }: AgentFacts): number {
  const rank = wanted.findIndex((language) => languages.includes(language))
  return rank === -1 ? Infinity : rank
}

/** Where the rule asks for languages: those who have the one that the customer prefers of all that anybody has. */
function inBestLanguage (
  { sameLanguage }: AssignmentRule,
  { languages }: WaitingTicket,
  fit: readonly Candidate[]
): readonly Candidate[] {
  if (!sameLanguage) return fit
  const ranks = fit.map(({ facts }) => languageRank(languages, facts!))
  const first = Math.min(...ranks)
  return fit.filter((_, i) => ranks[i] === first)
}

/** The one who comes first by the rule's choice. */
function best (
  { given }: AssignmentSnapshot,
  rule: AssignmentRule,
  { lastAgentId }: WaitingTicket,
  fit: readonly Candidate[]
): Candidate {
  const weightOf = (personId: string): number => rule.weights.find((each) => each.personId === personId)?.weight ?? 1
  const order: Record<Choice, (candidate: Candidate) => number> = {
    least_loaded: ({ facts }) => facts!.load / facts!.capacity,
    longest_idle: ({ facts }) => facts!.lastAt ?? -1,
    round_robin: ({ personId }) => (given[shareKey(rule.id, personId)] ?? 0) / weightOf(personId),
    last_agent: ({ personId, facts }) => personId === lastAgentId ? -1 : facts!.load / facts!.capacity
  }
  const valueOf = order[rule.choice]
  return fit.reduce((first, each) => valueOf(each) < valueOf(first) ? each : first)
}

function whyOf (
  { choice, pool }: AssignmentRule,
  { lastAgentId }: WaitingTicket,
  { personId, facts }: Candidate
): string {
  const { load, capacity } = facts!
  if (pool.kind === 'person') return 'the person it names'
  if (choice === 'last_agent' && personId === lastAgentId) return 'had the customer’s ticket before'
  if (choice === 'longest_idle') return 'has waited longest for a ticket'
  if (choice === 'round_robin') return 'comes next in turn'
  return `least loaded, ${load} of ${capacity} points`
}
