import { operationConformance, tenantWall, type TestContext } from '@dueline/testkit'
import t from 'tap'
import { startTemplate } from './harness.ts'
import { samples } from './samples.ts'

async function start (t: TestContext) {
  const on = await startTemplate(t)
  return { http: on.service.http, issuer: on.issuer, samples: samples(on), database: on.switched, on }
}

t.test('every operation does what its document says', async (t) => {
  await operationConformance(t, await start(t))
})

tenantWall(t, start)
