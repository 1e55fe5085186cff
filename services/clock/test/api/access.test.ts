import { roles } from '@dueline/contracts'
import { accessCells } from '@dueline/testkit'
import t from 'tap'
import { access } from '../../src/access.ts'
import { startClock } from '../support/harness.ts'

t.test('every operation lets in exactly the roles that docs/access.md names', async (t) => {
  const { service, issuer } = await startClock(t)
  const { tried, differing } = await accessCells(service.http, issuer, 'clock')
  t.same(differing, [])
  t.ok(tried >= Object.keys(access).length * roles.length, 'every cell was tried')
})
