import { roles } from '@dueline/contracts'
import t from 'tap'
import { accessCells } from '@dueline/testkit'
import { access } from '../../src/access.ts'
import { harness } from './harness.ts'

t.test('every operation lets in exactly the roles that docs/access.md names', async (t) => {
  const { service, issuer } = await harness(t)
  const { tried, differing } = await accessCells(service.http, issuer, 'sla-policy')
  t.same(differing, [])
  t.ok(tried >= Object.keys(access).length * roles.length, 'every cell was tried')
})
