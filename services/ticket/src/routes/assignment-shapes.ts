import { formatInstant, type Micros } from '@dueline/business-time'
import {
  availabilityReasons,
  AvailabilityStateSchema,
  ConditionSchema,
  Instant,
  LanguageSchema,
  nullable,
  OneLine,
  stringEnum,
  Uuid,
  type Condition
} from '@dueline/contracts'
import { documentedAs } from '@dueline/http'
import { Type, type Static } from 'typebox'
import { choices, type Decision, type Pool } from '../domain/assignment.ts'
import type { StoredRule } from '../store/rule-store.ts'

const PoolSchema = Type.Unsafe<Pool>(Type.Union([
  Type.Object({ kind: Type.Literal('team'), teamId: Uuid }, {
    additionalProperties: false,
    title: 'TeamPool',
    description: 'The members of a team; one that is not active has none'
  }),
  Type.Object({ kind: Type.Literal('responsibility') }, {
    additionalProperties: false,
    title: 'ResponsibilityPool',
    description: 'Whoever is responsible for the module of the ticket or, when nobody is, for its product'
  }),
  Type.Object({ kind: Type.Literal('person'), personId: Uuid }, {
    additionalProperties: false,
    title: 'PersonPool',
    description: 'One person'
  }),
  Type.Object({ kind: Type.Literal('unit'), unitId: Uuid }, {
    additionalProperties: false,
    title: 'UnitPool',
    description:
      'The staff of a unit and of all units below it; what is not active has none, and leads to no unit below'
  })
], { title: 'AssignmentPool', description: 'From whom a rule chooses' }))

const Weights = Type.Array(
  Type.Object({ personId: Uuid, weight: Type.Integer({ minimum: 1, maximum: 100 }) }, {
    additionalProperties: false,
    title: 'AssignmentWeight',
    description: 'How often somebody comes in turn, beside 1 of everybody else'
  }),
  { maxItems: 200 }
)

const fields = {
  name: OneLine(200),
  rank: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    description: 'Rules are tried in this order, equal ones by id'
  }),
  active: Type.Boolean(),
  /** Checked in code, with exact pointers. */
  condition: documentedAs(Type.Unsafe<Condition | null>({}), nullable(ConditionSchema)),
  pool: PoolSchema,
  sameLanguage: Type.Boolean({
    description: 'Only people who have a language of the customer; of those, who has the one that comes first there'
  }),
  choice: stringEnum(choices, {
    description:
      'Who is taken of those who are available and have room: the least loaded against capacity, who was given ' +
      'nothing for longest, each in turn by weight, or who had the customer’s last ticket (else the least loaded)'
  }),
  weights: Weights
}

/** Body of a new rule. */
export const NewAssignmentRule = Type.Object({
  ...Type.Partial(Type.Object(fields)).properties,
  name: fields.name,
  rank: fields.rank,
  pool: fields.pool
}, { additionalProperties: false, title: 'NewAssignmentRule', description: 'A rule to be made' })
export type NewAssignmentRule = Static<typeof NewAssignmentRule>

/** Body of a change. */
export const AssignmentRulePatch = Type.Partial(Type.Object(fields), {
  additionalProperties: false,
  minProperties: 1,
  title: 'AssignmentRulePatch',
  description: 'What is to change of a rule'
})

/** A rule on the wire. */
export const AssignmentRuleSchema = Type.Object({
  id: Uuid,
  ...fields,
  version: Type.Integer({ minimum: 1 }),
  createdAt: Instant,
  updatedAt: Instant
}, { title: 'AssignmentRule', description: 'Who gets which tickets that nobody was given' })

/** A rule after it was saved. */
export const SavedAssignmentRule = Type.Object({
  ...AssignmentRuleSchema.properties,
  warnings: Type.Array(
    Type.Object({ pointer: Type.String(), message: Type.String() }, {
      title: 'AssignmentRuleWarning',
      description: 'Why the rule finds nobody as things stand, or does less than it says'
    }),
    { description: 'The rule holds all the same: what is missing may still come' }
  )
}, { title: 'SavedAssignmentRule', description: 'A rule as it was saved, and what should be looked at' })

/** A rule of which nothing is said but what it must have. */
export function ruleDraft (
  { condition = null, ...sent }: NewAssignmentRule,
  { id, now }: { id: string, now: Micros }
): StoredRule {
  const draft = { active: true, sameLanguage: false, choice: 'least_loaded' as const, weights: [], ...sent }
  return { ...draft, condition, name: draft.name.trim(), id, version: 1, createdAt: now, updatedAt: now }
}

/** The wire form: instants as texts. */
export function ruleView (rule: StoredRule) {
  const { createdAt, updatedAt, weights } = rule
  return { ...rule, weights: [...weights], createdAt: formatInstant(createdAt), updatedAt: formatInstant(updatedAt) }
}

const CandidateSchema = Type.Object({
  personId: Uuid,
  verdict: stringEnum(['chosen', 'others_first', 'unknown', 'not_available', 'no_capacity', 'other_language'], {
    description: 'Why: taken; could have been, but others came first; or what kept the rule from taking the person'
  }),
  facts: nullable(Type.Object({
    personId: Uuid,
    availability: AvailabilityStateSchema,
    reason: stringEnum(availabilityReasons),
    languages: Type.Array(LanguageSchema, { description: 'In the order of preference' }),
    load: Type.Integer({ minimum: 0, description: 'Points of the unfinished tickets of the person' }),
    capacity: Type.Integer({ minimum: 0 }),
    lastAt: nullable({ ...Instant, description: 'When a rule gave a ticket to the person last' })
  }, { title: 'AgentFacts', description: 'What was known of the person; null: nothing, as of a customer' }))
}, { title: 'AssignmentCandidate', description: 'Somebody of a pool, and why taken or not' })

/** A decision on the wire. */
export const ExplanationSchema = Type.Object({
  ticketId: Uuid,
  carriedOut: Type.Boolean({
    description: 'true: the ticket was given so; false: what the rules say as of now, of a ticket that no rule gave'
  }),
  decidedAt: Instant,
  ruleId: nullable(Uuid),
  assigneeId: nullable({ ...Uuid, description: 'Who was chosen; null: nobody' }),
  why: Type.String({ description: 'In few words' }),
  rules: Type.Array(
    Type.Object({
      ruleId: Uuid,
      ruleName: Type.String(),
      outcome: stringEnum(['chosen', 'nobody_free', 'empty_pool'], {
        description: 'chosen: it decided; else the next rule was tried'
      }),
      candidates: Type.Array(CandidateSchema)
    }, { title: 'RuleVerdict', description: 'What became of a rule' }),
    { description: 'Those whose condition the ticket meets, in the order in which they were tried' }
  )
}, { title: 'AssignmentExplanation', description: 'Who gets a ticket, and why each of the others does not' })

/** The wire form of a decision. */
export function explanationView ({ teamId: _, ...decision }: Decision, decidedAt: Micros, carriedOut: boolean) {
  return {
    ...decision,
    carriedOut,
    decidedAt: formatInstant(decidedAt),
    rules: decision.rules.map((rule) => ({
      ...rule,
      candidates: rule.candidates.map(({ facts, ...candidate }) => ({
        ...candidate,
        facts: facts === null
          ? null
          : {
            ...facts,
            languages: [...facts.languages],
            lastAt: facts.lastAt === null ? null : formatInstant(facts.lastAt)
          }
      }))
    }))
  }
}
