import { isCustomer, roles } from '@dueline/contracts'
import { rolesThat } from '@dueline/testkit'
import t from 'tap'
import { authorize, type Concerned } from '../../src/access.ts'

const me = '01900000-0000-7000-8000-000000000001'
const other = '01900000-0000-7000-8000-000000000002'
const masters = ['manager', 'ceo', 'admin']

t.test('who may acknowledge, role by role', (t) => {
  const may = (concerned: Concerned): string[] => rolesThat((caller) => authorize(caller, 'acknowledge', concerned), me)
  t.same(may({ assigneeId: other, addressed: new Set([other]) }), masters)
  t.same(may({ assigneeId: null, addressed: new Set() }), masters)
  t.same(may({ assigneeId: me, addressed: new Set([other]) }), roles, 'whoever works on the ticket')
  t.same(may({ assigneeId: other, addressed: new Set([other, me]) }), roles, 'whoever a level addressed')
  t.same(roles.filter(isCustomer), ['customer'])
  t.end()
})
