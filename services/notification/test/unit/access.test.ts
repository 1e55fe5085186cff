import { nilUuid, roles } from '@dueline/contracts'
import { rolesThat } from '@dueline/testkit'
import t from 'tap'
import { inboxOwner } from '../../src/access.ts'

const me = '01900000-0000-7000-8000-000000000001'

t.test('everybody reads the own inbox and nobody another one, role by role', (t) => {
  t.same(rolesThat((caller) => inboxOwner(caller) === me, me), roles)
  for (const machine of ['a machine', me.toUpperCase().replace('0', 'A'), '']) {
    t.same(rolesThat((caller) => inboxOwner(caller) === nilUuid, machine), roles, `“${machine}” has an empty one`)
  }
  t.end()
})
