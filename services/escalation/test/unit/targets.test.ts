import { inChargeOf } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { decideActions, raisedPriority } from '../../src/domain/actions.ts'
import type { Target } from '../../src/domain/escalation-policy.ts'
import { People } from '../../src/domain/people.ts'
import { resolveTargets, targetsMax, type Holder } from '../../src/domain/targets.ts'
import { id, person, staff } from './fixtures.ts'

/** Who has the ticket; of one that nobody has, its team is led by `lead`. */
function heldBy (assignee: string | null, people: People, lead?: string): Holder {
  if (assignee !== null) return { assigneeId: id(assignee) }
  const teams = lead === undefined
    ? []
    : [{ id: 't', name: 'T', leadId: id(lead), productIds: [], moduleIds: [], active: true }]
  const facts = { teams, responsibilities: [], people: people.byId }
  return { assigneeId: null, inCharge: inChargeOf({ teamId: 't', productId: null }, facts) }
}

function names (wanted: Target[], assignee: string | null, people: People = staff, lead?: string): string[] {
  return resolveTargets(wanted, heldBy(assignee, people, lead), people).targets.map(({ personId }) =>
    Buffer.from(personId.slice(24), 'hex').toString().replaceAll('\0', '')
  )
}

t.test('each kind of target', async (t) => {
  t.same(names([{ assignee: true }], 'ann'), ['ann'])
  t.same(names([{ personId: id('bob') }], 'ann'), ['bob'])
  t.same(names([{ stepsUp: 1 }, { stepsUp: 2 }, { stepsUp: 3 }], 'ann'), ['max', 'mia', 'cleo'])
  t.same(names([{ role: 'manager', via: 'reporting_line' }], 'ann'), ['max'], 'the first with the role going up')
  t.same(names([{ role: 'manager', via: 'reporting_line' }], 'mia'), ['cleo'], 'or above that role')
  t.same(names([{ role: 'ceo', via: 'reporting_line' }], 'ann'), ['cleo'])
  t.same(names([{ role: 'manager', via: 'tenant' }], 'ann'), ['max', 'mia'])
})

t.test('nobody is named twice, whatever rules name them', async (t) => {
  t.same(
    names([{ stepsUp: 1 }, { role: 'manager', via: 'reporting_line' }, { personId: id('max') }, {
      role: 'manager',
      via: 'tenant'
    }], 'ann'),
    ['max', 'mia']
  )
})

t.test("without an assignee: the tenant's people with that role", async (t) => {
  t.same(names([{ role: 'manager', via: 'reporting_line' }], null), ['max', 'mia'])
  t.same(names([{ stepsUp: 1 }], null), ['max', 'mia'])
  t.same(names([{ stepsUp: 2 }], null), ['cleo'])
  t.same(names([{ assignee: true }], null), ['max', 'mia'], 'the managers are notified for an absent assignee')
})

t.test('without an assignee who is in charge stands in, and steps go up from there', async (t) => {
  const of = (...wanted: Target[]): string[] => names(wanted, null, staff, 'max')
  t.same(of({ assignee: true }), ['max'])
  t.same(of({ stepsUp: 1 }), ['mia'])
  t.same(of({ stepsUp: 2 }), ['cleo'])
  t.same(of({ stepsUp: 3 }), ['cleo'], 'the ceo when the line is too short')
  t.same(of({ role: 'manager', via: 'reporting_line' }), ['max'], 'who is in charge has the role')
  t.same(of({ role: 'ceo', via: 'reporting_line' }), ['cleo'])
  t.same(of({ role: 'manager', via: 'tenant' }), ['max', 'mia'])
  t.same(names([{ role: 'manager', via: 'reporting_line' }], null, staff, 'ann'), ['max'], 'an agent leads the team')
  const resolved = resolveTargets([{ assignee: true }], heldBy(null, staff, 'max'), staff)
  t.match(resolved, { reason: /^no_assignee/, targets: [{ because: "no assignee: the lead of the ticket's team" }] })
  const managers = resolveTargets([{ assignee: true }], heldBy(null, staff), staff)
  t.match(managers, { reason: /^no_assignee/, targets: [{ because: 'no assignee: every manager of the tenant' }] })
  t.equal(resolveTargets([{ stepsUp: 1 }], heldBy(null, staff, 'max'), staff).reason, null)
})

t.test('inactive people are passed over', async (t) => {
  const people = new People([
    person('ann', 'agent', 'max'),
    person('max', 'manager', 'mia', false),
    person('mia', 'manager', 'cleo'),
    person('cleo', 'ceo')
  ])
  t.same(names([{ stepsUp: 1 }], 'ann', people), ['mia'])
  t.same(names([{ role: 'manager', via: 'reporting_line' }], 'ann', people), ['mia'])
  t.same(names([{ personId: id('max') }], 'ann', people), ['mia'], "a named person's own line")
  t.same(names([{ role: 'manager', via: 'tenant' }], 'ann', people), ['mia'])
})

t.test('nobody found: the next available above, with the reason', async (t) => {
  const gone = new People([person('ann', 'agent', 'max', false), person('max', 'manager')])
  t.same(names([{ assignee: true }], 'ann', gone), ['max'])
  t.match(resolveTargets([{ assignee: true }], { assigneeId: id('ann') }, gone), {
    reason: /^climbed/,
    targets: [{ because: 'next available above' }]
  })
  t.same(names([{ stepsUp: 2 }], 'ann', gone), ['max'], 'the top of the line when there is no ceo')
  t.same(names([{ stepsUp: 1 }], 'bob'), ['cleo'], 'the ceo when the line is empty')
  t.match(resolveTargets([{ role: 'sales', via: 'tenant' }], heldBy(null, new People([])), new People([])), {
    targets: [],
    reason: /^nobody_found/
  })
  t.same(names([{ personId: id('kim') }], 'bob'), ['cleo'], 'never a customer')
})

t.test('a reporting line in a circle ends', async (t) => {
  const circle = new People([person('ann', 'agent', 'max'), person('max', 'agent', 'ann')])
  t.same(names([{ stepsUp: 2 }], 'ann', circle), ['max'])
})

t.test('properties: no duplicates, only active staff, bounded, a reason exactly when empty or climbed', async (t) => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  const people = fc.array(
    fc.record({
      name,
      role: fc.constantFrom('agent', 'manager', 'ceo', 'customer', 'sales'),
      manager: fc.option(name),
      active: fc.boolean()
    })
  )
  const target = fc.oneof(
    fc.constant({ assignee: true } as const),
    name.map((n) => ({ personId: id(n) })),
    fc.integer({ min: 1, max: 4 }).map((stepsUp) => ({ stepsUp })),
    fc.record({
      role: fc.constantFrom('agent', 'manager', 'ceo', 'sales'),
      via: fc.constantFrom('reporting_line', 'tenant')
    })
  ) as fc.Arbitrary<Target>
  fc.assert(
    fc.property(people, fc.array(target, { minLength: 1, maxLength: 4 }), fc.option(name), name, (
      list,
      wanted,
      assignee,
      lead
    ) => {
      const directory = new People(list.map((p) => person(p.name, p.role as 'agent', p.manager, p.active)))
      const { targets, reason } = resolveTargets(wanted, heldBy(assignee, directory, lead), directory)
      const someManager = directory.inRole('manager').length > 0
      const ids = targets.map(({ personId }) => personId)
      return new Set(ids).size === ids.length && ids.length <= targetsMax && ids.every((each) =>
        directory.active(each) !== undefined
      ) && (ids.length > 0 || reason !== null) && (ids.length > 0 || assignee !== null || !someManager)
    })
  )
})

t.test('a priority is raised, never lowered', async (t) => {
  t.equal(raisedPriority('P3', 'one_step'), 'P2')
  t.equal(raisedPriority('P0', 'one_step'), null)
  t.equal(raisedPriority('P2', 'P0'), 'P0')
  t.equal(raisedPriority('P1', 'P2'), null)
  t.equal(raisedPriority('P1', 'P1'), null)
})

t.test('actions that would change nothing are left out', async (t) => {
  const targets = [{ personId: id('max'), because: '' }, { personId: id('mia'), because: '' }]
  const all = [{ notify: true }, { reassign: 'first_target' }, { raisePriority: 'one_step' }] as const
  const none = { notify: false, reassign: false }
  t.same(decideActions(all, targets, { priority: 'P2', assigneeId: id('ann') }, none), [
    { kind: 'notify', personIds: [id('max'), id('mia')] },
    { kind: 'reassign', assigneeId: id('max') },
    { kind: 'raise_priority', priority: 'P1' }
  ])
  t.same(decideActions(all, targets, { priority: 'P0', assigneeId: id('max') }, none), [{
    kind: 'notify',
    personIds: [id('max'), id('mia')]
  }])
  t.same(decideActions(all, [], { priority: 'P0', assigneeId: null }, none), [])
  t.same(decideActions(all, targets, { priority: 'P1', assigneeId: null }, { notify: true, reassign: true }), [{
    kind: 'raise_priority',
    priority: 'P0'
  }])
})
