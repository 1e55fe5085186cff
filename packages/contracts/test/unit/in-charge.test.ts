import fc from 'fast-check'
import t from 'tap'
import {
  candidatesInCharge,
  inChargeOf,
  rolesInCharge,
  type InChargeFacts,
  type Role,
  type StaffStanding
} from '../../src/index.ts'

const person = (id: string, role: Role, managerId: string | null = null, active = true): StaffStanding => ({
  id,
  role,
  managerId,
  active
})
const team = (id: string, leadId: string | null, change: Partial<InChargeFacts['teams'][number]> = {}) => ({
  id,
  name: `Team ${id}`,
  leadId,
  productIds: [],
  moduleIds: [],
  active: true,
  ...change
})
const responsible = (change: Partial<InChargeFacts['responsibilities'][number]>) => ({
  productId: null,
  moduleId: null,
  personId: null,
  teamId: null,
  ...change
})
const facts = (change: Partial<InChargeFacts> & { staff?: StaffStanding[] }): InChargeFacts => ({
  teams: [],
  responsibilities: [],
  people: new Map((change.staff ?? staff).map((each) => [each.id, each])),
  ...change
})

/** agents ann and lea → manager max → ceo cleo; manager mia answers to cleo; ada administers; kim is a customer. */
const staff = [
  person('ann', 'agent', 'max'),
  person('lea', 'agent', 'max'),
  person('max', 'manager', 'cleo'),
  person('mia', 'manager', 'cleo'),
  person('cleo', 'ceo'),
  person('ada', 'admin'),
  person('kim', 'customer')
]
const gone = (...ids: string[]): StaffStanding[] =>
  staff.map((each) => ids.includes(each.id) ? { ...each, active: false } : each)
const ticket = { teamId: null, productId: null, moduleId: null }

t.test("the lead of the ticket's team comes first, by the id or the name of the team", async (t) => {
  const known = facts({
    teams: [team('t1', 'lea'), team('t2', 'mia', { productIds: ['p'] })],
    responsibilities: [responsible({ productId: 'p', personId: 'mia' })]
  })
  for (const teamId of ['t1', 'Team t1', ' team T1 ']) {
    t.same(inChargeOf({ ...ticket, teamId, productId: 'p' }, known), { personIds: ['lea'], rule: 'team_lead' }, teamId)
  }
  t.same(inChargeOf({ ...ticket, teamId: 'another' }, known).rule, 'manager', 'a team that the directory has not')
  t.same(inChargeOf({ ...ticket, teamId: ' ' }, facts({ teams: [team('t', 'lea', { name: '' })] })).rule, 'manager')
})

t.test('then who is responsible: for the module, else the product; agents pass it to their manager', async (t) => {
  const of = (change: Partial<InChargeFacts>, people = staff): readonly string[] => {
    const asked = { ...ticket, productId: 'p', moduleId: 'm' }
    const { personIds, rule } = inChargeOf(asked, facts({ ...change, staff: people }))
    t.equal(rule, 'responsible')
    return personIds
  }
  const forProduct = responsible({ productId: 'p', personId: 'mia' })
  const forModule = responsible({ moduleId: 'm', personId: 'max' })
  t.same(of({ responsibilities: [forProduct] }), ['mia'])
  t.same(of({ responsibilities: [forProduct, forModule] }), ['max'], 'the module says more than its product')
  t.same(of({ responsibilities: [forProduct, forModule] }, gone('max')), ['cleo'], 'above whom is gone')
  t.same(of({ responsibilities: [responsible({ productId: 'p', personId: 'ann' })] }), ['max'])
  t.same(of({ responsibilities: [responsible({ productId: 'p', teamId: 't' })], teams: [team('t', 'lea')] }), ['lea'])
  t.same(of({ teams: [team('t', 'mia', { productIds: ['p'] })] }), ['mia'], 'a team that covers the product')
  t.same(of({ teams: [team('t', 'mia', { moduleIds: ['m'] }), team('u', 'lea', { productIds: ['p'] })] }), ['mia'])
})

t.test('then the managers, then chiefs and admins; who is inactive, and customers, are passed over', async (t) => {
  const led = { ...ticket, teamId: 't' }
  for (const leadId of [null, 'kim', 'left', 'unknown']) {
    const people = [...staff, person('left', 'agent', null, false)]
    t.same(inChargeOf(led, facts({ teams: [team('t', leadId)], staff: people })).personIds, ['max', 'mia'], `${leadId}`)
  }
  t.same(
    inChargeOf(led, facts({ teams: [team('t', 'lea', { active: false })] })).rule,
    'manager',
    'a team that is no more'
  )
  const alone = inChargeOf(ticket, facts({ staff: gone('max', 'mia') }))
  t.same(alone, { personIds: ['ada', 'cleo'], rule: 'chief_or_admin' })
  t.same(inChargeOf(ticket, facts({ staff: [person('ann', 'agent')] })), { personIds: [], rule: null })
  const circle = [person('x', 'agent', 'y'), person('y', 'agent', 'x'), person('max', 'manager')]
  const known = facts({ responsibilities: [responsible({ productId: 'p', personId: 'x' })], staff: circle })
  t.same(inChargeOf({ ...ticket, productId: 'p' }, known).personIds, ['max'], 'a line in a circle ends')
})

t.test('properties: somebody whenever somebody holds a role in charge; active staff, each once', async (t) => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const maybe = fc.option(id)
  const anyTeam = fc.record({
    id: fc.constantFrom('t', 'u'),
    name: fc.constantFrom('One', 'Two'),
    leadId: maybe,
    productIds: fc.subarray(['p', 'q']),
    moduleIds: fc.subarray(['m']),
    active: fc.boolean()
  })
  const anyResponsibility = fc.record({
    productId: fc.option(fc.constantFrom('p', 'q')),
    moduleId: fc.option(fc.constant('m')),
    personId: maybe,
    teamId: fc.option(fc.constantFrom('t', 'u'))
  })
  const anyPeople = fc.uniqueArray(
    fc.record({
      id,
      role: fc.constantFrom<Role>('agent', 'manager', 'ceo', 'admin', 'customer', 'sales'),
      managerId: maybe,
      active: fc.boolean()
    }),
    { selector: (each) => each.id }
  )
  const anyTicket = fc.record({
    teamId: fc.option(fc.constantFrom('t', 'u', 'one', 'none')),
    productId: fc.option(fc.constantFrom('p', 'q')),
    moduleId: fc.option(fc.constant('m'))
  })
  fc.assert(
    fc.property(anyTicket, fc.array(anyTeam), fc.array(anyResponsibility), anyPeople, (asked, teams, all, list) => {
      const known = facts({ teams, responsibilities: all, staff: list })
      const { personIds, rule } = inChargeOf(asked, known)
      const again = inChargeOf(
        asked,
        facts({ teams: [...teams].reverse(), responsibilities: all, staff: [...list].reverse() })
      )
      const someoneAnswers = list.some(({ active, role }) =>
        active && (rolesInCharge as readonly Role[]).includes(role)
      )
      const mayBe = new Set(candidatesInCharge(known))
      return (personIds.length > 0 || !someoneAnswers) && (rule === null) === (personIds.length === 0) &&
        new Set(personIds).size === personIds.length && String(personIds) === String(again.personIds) &&
        (rule !== 'team_lead' || personIds.every((each) => mayBe.has(each))) &&
        personIds.every((each) =>
          known.people.get(each)?.active === true && known.people.get(each)?.role !== 'customer'
        )
    })
  )
})
