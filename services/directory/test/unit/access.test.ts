import { roles, serviceNames } from '@dueline/contracts'
import type { Principal } from '@dueline/http'
import { documentedAccess, rolesThat } from '@dueline/testkit'
import t from 'tap'
import { authorize, givenBy } from '../../src/access.ts'

const me = '01900000-0000-7000-8000-000000000001'
const other = '01900000-0000-7000-8000-000000000002'
const staff = ['agent', 'manager', 'ceo', 'sales', 'admin']
const readers = [...staff, 'integrator']
const may = (decide: (principal: Principal) => boolean): string[] => rolesThat(decide, me)

t.test('an administrator gives keys only roles that may do nothing that an administrator may not do', (t) => {
  const rows = serviceNames.flatMap((service) => [...documentedAccess(service).values()])
  for (const role of givenBy({ roles: ['admin'] })) {
    t.equal(rows.some((allowed) => allowed.includes(role) && !allowed.includes('admin')), false, role)
  }
  t.same(givenBy({ roles: ['customer', 'agent'] }), ['agent'], 'others their own, and nobody a customer')
  t.ok(givenBy({ roles: ['admin', 'operator'] }).includes('operator'))
  t.end()
})

t.test('who sees whom, role by role', (t) => {
  t.same(may((caller) => authorize(caller, 'seePerson', { id: other, role: 'customer' })), readers)
  t.same(may((caller) => authorize(caller, 'seePerson', { id: me, role: 'customer' })), roles)
  for (const role of staff) t.same(may((caller) => authorize(caller, 'seePerson', { id: other, role })), roles)
  t.same(may((caller) => authorize(caller, 'seeWholePerson', { id: other })), readers)
  t.same(may((caller) => authorize(caller, 'seeWholePerson', { id: me })), roles)
  t.end()
})
