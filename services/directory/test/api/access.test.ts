import { roles } from '@dueline/contracts'
import { accessCells } from '@dueline/testkit'
import t from 'tap'
import { access } from '../../src/access.ts'
import { startDirectory } from './harness.ts'

t.test('every operation lets in exactly the roles that docs/access.md names', async (t) => {
  const { http, issuer } = await startDirectory(t)
  const { tried, differing } = await accessCells(http, issuer, 'directory')
  t.same(differing, [])
  t.ok(tried >= Object.keys(access).length * roles.length, 'every cell was tried')
})
