import { nilUuid, roles } from '@dueline/contracts'
import type { Principal } from '@dueline/http'
import { rolesThat } from '@dueline/testkit'
import t from 'tap'
import { authorize, onlyBrings, ownOnly, sideOf } from '../../src/access.ts'

const me = '01900000-0000-7000-8000-000000000001'
const other = '01900000-0000-7000-8000-000000000002'
const staff = ['agent', 'manager', 'ceo', 'sales', 'admin']
const readers = [...staff, 'integrator']
const may = (decide: (principal: Principal) => boolean): string[] => rolesThat(decide, me)

t.test('who sees whom and what, role by role', (t) => {
  t.same(may((caller) => authorize(caller, 'seeTicket', { customerId: other })), readers)
  t.same(may((caller) => authorize(caller, 'seeTicket', { customerId: me })), roles)
  t.same(may((caller) => authorize(caller, 'seeInternals')), readers)
  t.end()
})

t.test('who speaks for whom, role by role', (t) => {
  t.same(may((caller) => authorize(caller, 'speakForOthers')), readers)
  t.same(may((caller) => authorize(caller, 'workOnTickets')), staff)
  t.same(may((caller) => authorize(caller, 'beOwnCustomer')), ['customer'])
  t.same(may(onlyBrings), ['integrator'])
  t.same(may((caller) => sideOf(caller, { customerId: other }) === 'agent'), staff)
  t.same(may((caller) => sideOf(caller, { customerId: me }) === 'agent'), [])
  t.end()
})

t.test('a query is cut to the own tickets of whoever may not see all', (t) => {
  t.same(may((caller) => ownOnly(caller) === null), readers)
  t.same(may((caller) => ownOnly(caller) === me), ['customer', 'operator'])
  for (const personId of ['a machine', nilUuid]) {
    t.same(
      rolesThat((caller) => ownOnly(caller) === nilUuid, personId),
      ['customer', 'operator'],
      `${personId} has no tickets`
    )
  }
  t.end()
})

t.test('several roles may what any of them may', (t) => {
  const caller: Principal = {
    tenantId: 'acme',
    personId: me,
    subject: me,
    roles: ['customer', 'integrator'],
    tokenEndsAt: 0
  }
  t.ok(authorize(caller, 'seeInternals') && authorize(caller, 'beOwnCustomer') && onlyBrings(caller))
  t.end()
})
