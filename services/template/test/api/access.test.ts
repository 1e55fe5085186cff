import { roles } from '@dueline/contracts'
import { accessCells } from '@dueline/testkit'
import t from 'tap'
import { access } from '../../src/access.ts'
import { startTemplate } from './harness.ts'

t.test('every operation lets in exactly the roles that docs/access.md names', async (t) => {
  const { service: { http }, issuer } = await startTemplate(t)
  const { tried, differing } = await accessCells(http, issuer, 'template')
  t.same(differing, [])
  t.ok(tried >= Object.keys(access).length * roles.length, 'every cell was tried')
})
