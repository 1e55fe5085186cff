import type { Priority } from '@dueline/contracts'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import {
  choices,
  decide,
  shareKey,
  type AgentFacts,
  type AssignmentRule,
  type AssignmentSnapshot,
  type WaitingTicket
} from '../../src/domain/assignment.ts'
import { applyDecision, byUrgency, decideAll, type RunningSnapshot } from '../../src/domain/assignment-pass.ts'
import { goBack, type ReturnRules } from '../../src/domain/absence.ts'
import { canHold, conditionFaultsOf } from '../../src/domain/rule-faults.ts'

const idOf = (kind: string, n: number): string => `01900000-0000-7000-8000-${kind}${String(n).padStart(11, '0')}`
const people = [0, 1, 2, 3].map((n) => idOf('a', n))
const products = [0, 1].map((n) => idOf('b', n))

const agents = fc.record({
  availability: fc.constantFrom('available', 'available', 'away' as const),
  reason: fc.constant('set' as const),
  languages: fc.shuffledSubarray(['en', 'ar'] as const, { minLength: 1 }),
  load: fc.integer({ min: 0, max: 6 }),
  capacity: fc.integer({ min: 0, max: 10 }),
  lastAt: fc.option(fc.integer({ min: 0, max: 50 }))
})
const pools = fc.oneof(
  fc.record({ kind: fc.constant('team' as const), teamId: fc.constant(idOf('c', 0)) }),
  fc.constant({ kind: 'responsibility' as const }),
  fc.record({ kind: fc.constant('person' as const), personId: fc.constantFrom(...people) }),
  fc.record({ kind: fc.constant('unit' as const), unitId: fc.constant(idOf('c', 1)) })
)
const ruleDrafts = fc.record({
  condition: fc.option(
    fc.constantFrom<Priority>('P0', 'P1').map((value) => ({
      field: 'ticket.priority' as const,
      op: 'eq' as const,
      value
    }))
  ),
  pool: pools,
  sameLanguage: fc.boolean(),
  choice: fc.constantFrom(...choices),
  weights: fc.uniqueArray(fc.record({ personId: fc.constantFrom(...people), weight: fc.integer({ min: 1, max: 5 }) }), {
    selector: ({ personId }) => personId,
    maxLength: 3
  })
})
const points = { P0: 4, P1: 3, P2: 2, P3: 0 } as const

/** Any snapshot: some people, pools of some of them, some rules. */
const snapshots: fc.Arbitrary<AssignmentSnapshot> = fc.record({
  rules: fc.array(ruleDrafts, { maxLength: 4 }),
  facts: fc.array(agents, { minLength: 2, maxLength: 4 }),
  members: fc.array(fc.uniqueArray(fc.constantFrom(...people)), { minLength: 6, maxLength: 6 })
}).map(({ rules: drafts, facts, members }) => {
  const rules = drafts.map((draft, i): AssignmentRule => ({ ...draft, id: idOf('d', i), name: `rule ${i}` }))
  return {
    at: 100,
    rules,
    pools: Object.fromEntries([...rules.map(({ id }) => id), ...products].map((key, i) => [key, members[i] ?? []])),
    agents: Object.fromEntries(
      facts.map((each, i): [string, AgentFacts] => [people[i]!, { ...each, personId: people[i]! }])
    ),
    points,
    given: Object.fromEntries(rules.map(({ id }, i) => [shareKey(id, people[i % 4]!), i]))
  }
})
const queues: fc.Arbitrary<WaitingTicket[]> = fc.array(
  fc.record({
    priority: fc.constantFrom<Priority>('P0', 'P1', 'P2', 'P3'),
    productId: fc.option(fc.constantFrom(...products)),
    languages: fc.shuffledSubarray(['en', 'ar'] as const, { minLength: 1 }),
    lastAgentId: fc.option(fc.constantFrom(...people)),
    dueAt: fc.option(fc.integer({ min: 0, max: 5 }))
  }),
  { maxLength: 8 }
).map((drafts) =>
  drafts.map(({ priority, productId, ...draft }, i) => ({
    ...draft,
    id: idOf('e', i),
    subject: {
      type: 'request',
      priority,
      severity: 'medium',
      productId,
      moduleId: null,
      questionId: null,
      customerId: idOf('f', 0),
      channel: 'api'
    }
  }))
)
const check = <T extends unknown[]>(t: Test, property: fc.IProperty<T>): void => {
  t.doesNotThrow(() => fc.assert(property, { numRuns: Number(process.env['DUELINE_PROPERTY_RUNS'] ?? 1_000) }))
}
const some = fc.tuple(snapshots, queues.filter(({ length }) => length > 0))

void t.test('the winner of the explanation is the decision, and rules are tried in their order', async (t) => {
  check(
    t,
    fc.property(some, ([snapshot, [ticket]]) => {
      const decision = decide(snapshot, ticket!)
      const chosen = decision.rules.flatMap(({ ruleId, outcome, candidates }) =>
        candidates.filter(({ verdict }) => verdict === 'chosen').map(({ personId }) => ({ ruleId, outcome, personId }))
      )
      const order = decision.rules.map(({ ruleId }) => snapshot.rules.findIndex(({ id }) => id === ruleId))
      const isOrdered = order.every((place, i) => i === 0 || place > order[i - 1]!)
      const isLastOnly = decision.rules.slice(0, -1).every(({ outcome }) => outcome !== 'chosen')
      if (decision.assigneeId === null) return chosen.length === 0 && isOrdered
      return isOrdered && isLastOnly && chosen.length === 1 && chosen[0]!.personId === decision.assigneeId &&
        chosen[0]!.ruleId === decision.ruleId && chosen[0]!.outcome === 'chosen'
    })
  )
})

void t.test('nobody gets more than fits, or anything while not available', async (t) => {
  check(
    t,
    fc.property(some, ([snapshot, queue]) => {
      const load = new Map(Object.values(snapshot.agents).map(({ personId, load }) => [personId, load]))
      return decideAll(snapshot, queue).every(({ ticket, decision }) => {
        const { personId, availability, capacity } = snapshot.agents[decision.assigneeId!]!
        load.set(personId, load.get(personId)! + points[ticket.subject.priority])
        return availability === 'available' && load.get(personId)! <= capacity && capacity > 0
      })
    })
  )
})

void t.test('a decision is the same however often it is made, from what is stored of the snapshot too', async (t) => {
  check(
    t,
    fc.property(some, ([snapshot, queue]) => {
      const text = JSON.stringify(snapshot)
      const made = decideAll(snapshot, queue)
      const isPure = JSON.stringify(snapshot) === text && JSON.stringify(decideAll(snapshot, [...queue].reverse())) ===
          JSON.stringify(made)
      return isPure && made.every(({ ticket, decision, from }) => {
        const stored = JSON.parse(JSON.stringify({ from, ticket })) as {
          from: AssignmentSnapshot,
          ticket: WaitingTicket
        }
        return JSON.stringify(decide(stored.from, stored.ticket)) === JSON.stringify(decision)
      })
    })
  )
})

void t.test('nobody who could have a waiting ticket is left free, and the nearer due goes first', async (t) => {
  check(
    t,
    fc.property(some, ([snapshot, queue]) => {
      const made = decideAll(snapshot, queue)
      const end = structuredClone<RunningSnapshot>(snapshot)
      for (const { ticket, decision } of made) applyDecision(end, ticket, decision)
      const given = new Set(made.map(({ ticket }) => ticket.id))
      const waiting = queue.filter(({ id }) => !given.has(id))
      const isUsed = waiting.every((ticket) => decide(end, ticket).assigneeId === null)
      const like = ({ id: _, dueAt: _at, ...rest }: WaitingTicket): string => JSON.stringify(rest)
      const isFair = waiting.every((ticket) =>
        made.every(({ ticket: other }) => like(other) !== like(ticket) || byUrgency(other, ticket) < 0)
      )
      return isUsed && isFair
    })
  )
})

void t.test('each choice takes whom it says', async (t) => {
  const [ann, ben] = people as [string, string]
  const agent = (personId: string, facts: Partial<AgentFacts> = {}): AgentFacts => ({
    personId,
    availability: 'available',
    reason: 'none',
    languages: ['en'],
    load: 0,
    capacity: 10,
    lastAt: null,
    ...facts
  })
  const ticket: WaitingTicket = {
    id: idOf('e', 1),
    subject: {
      type: 'request',
      priority: 'P2',
      severity: 'low',
      productId: null,
      moduleId: null,
      questionId: null,
      customerId: idOf('f', 1),
      channel: 'api'
    },
    languages: ['ar', 'en'],
    lastAgentId: ben,
    dueAt: null
  }
  const rule: AssignmentRule = {
    id: idOf('d', 1),
    name: 'Desk',
    condition: null,
    pool: { kind: 'team', teamId: idOf('c', 1) },
    sameLanguage: false,
    choice: 'least_loaded',
    weights: []
  }
  const taken = (change: Partial<AssignmentRule>, a: Partial<AgentFacts>, b: Partial<AgentFacts>, given = {}) => {
    const agents = { [ann]: agent(ann, a), [ben]: agent(ben, b) }
    const snapshot = { at: 9, rules: [{ ...rule, ...change }], pools: { [rule.id]: [ben, ann] }, agents, points, given }
    return decide(snapshot, ticket)
  }
  t.match(taken({}, { load: 4, capacity: 10 }, { load: 5, capacity: 20 }), {
    assigneeId: ben,
    teamId: idOf('c', 1),
    why: 'Desk: least loaded, 5 of 20 points'
  })
  t.match(taken({ choice: 'longest_idle' }, { lastAt: 7 }, { lastAt: 8 }), { assigneeId: ann })
  t.match(taken({ choice: 'last_agent' }, {}, { load: 7 }), { assigneeId: ben, why: /before/ })
  t.match(taken({ choice: 'last_agent' }, {}, { load: 9 }), { assigneeId: ann }, 'who has no room is not waited for')
  t.match(taken({ sameLanguage: true }, {}, { languages: ['en', 'ar'], load: 6 }), {
    assigneeId: ben,
    rules: [{ candidates: [{ personId: ann, verdict: 'others_first' }, { personId: ben, verdict: 'chosen' }] }]
  }, 'the customer’s first language counts before who has less to do')
  t.match(taken({ sameLanguage: true }, {}, { languages: ['en', 'ar'], load: 9 }), {
    assigneeId: ann
  }, 'and the next one where nobody who has room has that')
  const given = { [shareKey(rule.id, ann)]: 4, [shareKey(rule.id, ben)]: 3 }
  t.match(taken({ choice: 'round_robin' }, {}, {}, given), { assigneeId: ben })
  const weights = [{ personId: ann, weight: 2 }]
  t.match(taken({ choice: 'round_robin', weights }, {}, {}, given), { assigneeId: ann })
  t.match(taken({}, { availability: 'busy' }, { load: 9 }), {
    assigneeId: null,
    why: /nobody/,
    rules: [{ outcome: 'nobody_free', candidates: [{ verdict: 'not_available' }, { verdict: 'no_capacity' }] }]
  })
})

void t.test('a condition that no ticket can meet is found, and no other', async (t) => {
  const eq = (field: 'ticket.priority' | 'ticket.productId', value: string) => ({ field, op: 'eq', value } as const)
  const p0 = eq('ticket.priority', 'P0')
  const never = [
    { all: [p0, eq('ticket.priority', 'P1')] },
    { all: [p0, { not: p0 }] },
    { not: { any: ['P0', 'P1', 'P2', 'P3'].map((priority) => eq('ticket.priority', priority)) } },
    { not: { field: 'ticket.priority', op: 'exists' } },
    { all: products.map((id) => eq('ticket.productId', id)) }
  ] as const
  for (const condition of never) {
    t.notOk(canHold(condition), JSON.stringify(condition))
    t.match(conditionFaultsOf(condition), [{ pointer: '/condition', message: /never/ }])
  }
  const possible = [
    { any: [p0, eq('ticket.priority', 'P1')] },
    { not: { any: products.map((id) => eq('ticket.productId', id)) } },
    { not: { field: 'ticket.productId', op: 'exists' } },
    { all: [p0, { field: 'ticket.productId', op: 'exists' }] }
  ] as const
  for (const condition of possible) t.same(conditionFaultsOf(condition), [], JSON.stringify(condition))
  t.match(conditionFaultsOf({ all: [] }), [{ pointer: '/condition/all' }])
  t.same(conditionFaultsOf(null), [])
})

void t.test('tickets go back from whoever is absent or gone home, as the tenant says', async (t) => {
  const absent = [{ state: 'away', reason: 'absence' }, { state: 'off', reason: 'set' }] as const
  const home = { state: 'off', reason: 'calendar' } as const
  const back = (settings: ReturnRules, facts: Parameters<typeof goBack>[0]) => goBack(facts, settings)
  for (const facts of [...absent, { state: 'off', reason: 'inactive' } as const]) {
    t.ok(back({ whenAbsent: 'return', whenShiftEnds: 'keep' }, facts))
    t.notOk(back({ whenAbsent: 'keep', whenShiftEnds: 'return' }, facts))
  }
  t.notOk(back({ whenAbsent: 'return', whenShiftEnds: 'keep' }, home))
  t.ok(back({ whenAbsent: 'keep', whenShiftEnds: 'return' }, home))
  t.ok(back({ whenAbsent: 'return', whenShiftEnds: null }, home))
  t.notOk(back({ whenAbsent: 'keep', whenShiftEnds: null }, home))
  for (const state of ['available', 'busy'] as const) {
    t.notOk(back({ whenAbsent: 'return', whenShiftEnds: 'return' }, { state, reason: 'set' }))
  }
})
