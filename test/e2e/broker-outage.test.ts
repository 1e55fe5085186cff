// Kills the only Kafka broker for 20 seconds: what comes in is accepted, and everything catches up by itself.
import { join } from 'node:path'
import { acquireServer } from '@dueline/embedded-postgres'
import { eventually, testBroker } from '@dueline/testkit'
import t from 'tap'
import { apiOf, escalationsEnd, openTicket, seedTenant, violationsAtRest } from '../harness/short-agreement.ts'
import { stackFolder } from '../harness/stack-folder.ts'
import { forkStack } from '../harness/stack-process.ts'

const tenant = 'broker-outage'
const outageMs = 20_000
const broker = await testBroker(t)

t.test(
  'tickets are taken while Kafka is away, and nothing is lost or done twice',
  { skip: broker === undefined },
  async (t) => {
    const folder = await stackFolder(t)
    const stack = await forkStack({ folder, logLevel: 'fatal', kafkaBrokers: [broker!.brokers] })
    t.teardown(async () => {
      await stack.kill()
      await (await acquireServer(join(folder, 'postgres'), {})).release()
    })
    const api = await apiOf(stack, tenant)
    await seedTenant(api, tenant)
    const early = await Promise.all(['1', '2', '3'].map((key) => openTicket(api, key)))
    await broker!.kill()
    const goneAt = performance.now()
    const during: { id: string }[] = []
    await eventually(async () => {
      during.push(await openTicket(api, `during-${during.length}`))
      return performance.now() - goneAt > outageMs
    }, { deadlineMs: outageMs + 10_000, everyMs: 500 })
    t.ok(during.length >= 20, `${during.length} tickets were taken while it was away`)
    await broker!.restart()
    const back = performance.now()
    await escalationsEnd(api, [...early, ...during].map(({ id }) => id), 90_000)
    t.comment(`every escalation had ended ${((performance.now() - back) / 1000).toFixed(1)} s after it was back`)
    const next = await openTicket(api, 'afterwards')
    await escalationsEnd(api, [next.id])
    t.same(await violationsAtRest(stack, tenant), [], 'nothing is lost, nothing was done twice')
    await stack.stop()
  }
)
