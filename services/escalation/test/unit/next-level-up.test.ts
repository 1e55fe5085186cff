import type { HierarchyLevel } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { levelUp } from '../../src/domain/next-level-up.ts'
import { People, type Organization, type Person, type Presence } from '../../src/domain/people.ts'
import { resolveTargets } from '../../src/domain/targets.ts'
import { id, person } from './fixtures.ts'

/** The names of the preset `hospital`. */
const levels: readonly HierarchyLevel[] = [
  { key: 'patient', name: 'Patient', role: 'customer' },
  { key: 'staff', name: 'Staff', role: 'agent' },
  { key: 'department-manager', name: 'Department manager', role: 'manager' },
  { key: 'hospital-admin', name: 'Hospital admin', role: 'manager' },
  { key: 'px-admin', name: 'PX admin', role: 'manager' },
  { key: 'ceo', name: 'CEO', role: 'ceo' }
]
const at = 1_000

/** nurse → matron (staff too) → ward (department manager) → house (hospital admin) → px (PX admin) → chief (CEO). */
function hospital (gone: readonly string[] = []): Person[] {
  const active = (name: string): boolean => !gone.includes(name)
  return [
    person('nurse', 'agent', 'matron', true, 'staff'),
    person('matron', 'agent', 'ward', active('matron'), 'staff'),
    person('ward', 'manager', 'house', active('ward'), 'department-manager'),
    person('house', 'manager', 'px', active('house'), 'hospital-admin'),
    person('px', 'manager', 'chief', active('px'), 'px-admin'),
    person('chief', 'ceo', null, active('chief'), 'ceo'),
    person('deputy', 'manager', null, active('deputy'), 'department-manager')
  ]
}

function absence (substitute: string | null = null, to = at + 1): Presence {
  const substituteId = substitute === null ? null : id(substitute)
  return { state: null, until: null, absences: [{ from: 0, to, substituteId }] }
}

function organized (presence: Record<string, Presence> = {}): Organization {
  return { levels, presence: new Map(Object.entries(presence).map(([name, each]) => [id(name), each])), at }
}

function target (from: string, presence: Record<string, Presence> = {}, gone: readonly string[] = []) {
  const people = new People(hospital(gone), organized(presence))
  const { targets, reason } = resolveTargets([{ nextLevelUp: true }], { assigneeId: id(from) }, people)
  return { people: targets.map(({ personId }) => personId), because: targets[0]?.because, reason }
}

t.test('the next level up by the levels of the tenant, whatever it is called', async (t) => {
  t.same(target('nurse'), { people: [id('ward')], because: 'the next level up: Department manager', reason: null })
  t.match(target('ward'), { people: [id('house')], because: 'the next level up: Hospital admin' })
  t.match(target('house'), { people: [id('px')], because: 'the next level up: PX admin' })
  t.match(target('px'), { people: [id('chief')], because: 'the next level up: CEO' })
})

t.test('who has left or is absent: the substitute, else the next above, and it is recorded', async (t) => {
  t.match(target('nurse', { ward: absence('deputy') }), {
    people: [id('deputy')],
    because: 'stands in at the next level up for Department manager, who is absent'
  })
  t.match(target('nurse', { ward: absence() }), {
    people: [id('house')],
    because: 'the next level up: Hospital admin; Department manager is absent without a substitute'
  })
  t.match(target('nurse', {}, ['ward']), {
    people: [id('house')],
    because: 'the next level up: Hospital admin; Department manager is not active without a substitute'
  })
  t.match(target('nurse', { ward: absence('deputy') }, ['ward']), { people: [id('deputy')] }, 'left, and stood in for')
  t.match(target('nurse', { ward: absence('deputy') }, ['deputy']), { people: [id('house')] }, 'the substitute left')
  t.match(target('nurse', { ward: absence('deputy'), deputy: absence('px') }), { people: [id('px')] }, 'substitutes on')
  t.match(target('nurse', { ward: absence('nurse') }), { people: [id('house')] }, 'not who could not do it')
  t.match(target('nurse', { ward: absence('deputy', at) }), { people: [id('ward')] }, 'back at the end of the absence')
})

t.test('what was set by hand counts: away is absent, busy and available are not', async (t) => {
  const set = (state: Presence['state'], until: number | null = null): Presence => {
    return { ...absence('deputy'), state, until }
  }
  t.match(target('nurse', { ward: set('available') }), { people: [id('ward')] }, 'planned absent, and working')
  t.match(target('nurse', { ward: set('busy') }), { people: [id('ward')] })
  t.match(target('nurse', { ward: set('off') }), { people: [id('deputy')] })
  t.match(target('nurse', { ward: { ...set('away'), absences: [] } }), { people: [id('house')] })
  t.match(target('nurse', { ward: { ...set('away', at), absences: [] } }), { people: [id('ward')] }, 'it has run out')
})

t.test('nobody above is there: the ceo, or the top, with the reason', async (t) => {
  t.match(target('chief', {}, ['px']), { people: [id('chief')], reason: /^climbed/ })
  const all = ['ward', 'house', 'px', 'chief']
  t.match(target('nurse', Object.fromEntries(all.map((name) => [name, absence()]))), {
    people: [id('chief')],
    reason: /^climbed/
  })
})

t.test('a ticket without an assignee goes above who is in charge; a role in charge has no line', async (t) => {
  const people = new People(hospital(), organized())
  const of = (personId: string, rule: 'team_lead' | 'manager') =>
    resolveTargets([{ nextLevelUp: true }], { assigneeId: null, inCharge: { personIds: [id(personId)], rule } }, people)
  t.same(of('matron', 'team_lead').targets, [
    { personId: id('ward'), because: 'no assignee: the next level up: Department manager' }
  ])
  t.same(
    of('ward', 'manager').targets.map(({ personId }) => personId),
    ['deputy', 'house', 'px', 'ward'].map(id).sort()
  )
})

t.test('property: never the person itself nor below, always somebody who is there', async (t) => {
  const names = hospital().map(({ id }) => id)
  const absent = fc.record({ who: fc.constantFrom(...names), substitute: fc.option(fc.constantFrom(...names)) })
  fc.assert(
    fc.property(fc.array(absent), fc.subarray(names), fc.constantFrom(...names), (absences, left, from) => {
      const presence = new Map(
        absences.map(({ who, substitute: substituteId }) =>
          [who, { state: null, until: null, absences: [{ from: 0, to: at + 1, substituteId }] }] as const
        )
      )
      const everyone = hospital().map((each) => ({ ...each, active: !left.includes(each.id) }))
      const people = new People(everyone, { levels, presence, at })
      const found = levelUp(people.byId.get(from)!, people)
      if (found === undefined) return true
      const rank = (level: string | null): number => levels.findIndex(({ key }) => key === level)
      const isThere = people.active(found.person.id) !== undefined && !presence.has(found.person.id)
      const standsIn = found.because.startsWith('stands in')
      const isAbove = rank(found.person.level) > rank(people.byId.get(from)!.level)
      return found.person.id !== from && isThere && (standsIn || isAbove)
    })
  )
})
