// Every service in a process of its own, from what is built, each with its own database role: the story, and an orderly end.
import { demoAccess, playDemo, seedDemo } from '@dueline/embedded'
import { startTestPostgres } from '@dueline/testkit'
import t from 'tap'
import { startDeployment } from '../harness/deployment.ts'
import { mailsOf } from '../harness/short-promise.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

t.setTimeout(240_000)

const drainMsMax = 10_000

t.test('the story comes true on separate processes, and each ends in time when it is told to', async (t) => {
  const postgres = await startTestPostgres()
  t.teardown(() => postgres.stop())
  const begunMs = performance.now()
  const deployment = await startDeployment({ folder: await temporaryFolder(t), adminUrl: postgres.url })
  t.teardown(() => deployment.stop())
  t.comment(`database, roles, tables and six services ready after ${((performance.now() - begunMs) / 1000).toFixed(1)} s`)

  const access = await demoAccess(deployment.url, deployment.token)
  const seed = await seedDemo(access)
  t.same(await playDemo({ access, seed, mails: () => mailsOf(deployment), print: () => {} }), [], 'nothing is missing')

  for (const { name, operationsUrl } of deployment.replicas) {
    const metrics = await (await fetch(`${operationsUrl}/metrics`)).text()
    t.match(metrics, new RegExp(`^http_request_duration_seconds_count{.*service="${name}"`, 'm'), `${name} counts its requests`)
  }
  for (const replica of [...deployment.replicas].reverse()) {
    const { ending, ms } = await replica.terminate()
    t.equal(ending, 0, `${replica.name} ends with 0`)
    t.ok(ms < drainMsMax, `after ${Math.round(ms)} ms`)
  }
})
