import { agreementKinds, roles } from '@dueline/contracts'
import { rolesThat } from '@dueline/testkit'
import t from 'tap'
import { authorize, ownOnly } from '../../src/access.ts'

const me = '01900000-0000-7000-8000-000000000001'
const auditors = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']

t.test('who sees which clock, role by role', (t) => {
  for (const kind of agreementKinds) {
    for (const customerId of [me, '01900000-0000-7000-8000-000000000002', null]) {
      const seen = rolesThat((caller) => authorize(caller, 'seeClock', { customerId, kind }), me)
      t.same(seen, customerId === me && kind === 'sla' ? roles : auditors, `${kind} of ${customerId}`)
    }
  }
  t.same(rolesThat((caller) => authorize(caller, 'seeEveryClock'), me), auditors)
  t.same(rolesThat((caller) => ownOnly(caller) === undefined, me), auditors)
  t.same(rolesThat((caller) => ownOnly(caller) === me, me), ['customer', 'operator'])
  t.end()
})
