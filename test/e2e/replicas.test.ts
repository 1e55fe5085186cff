// Two whole stacks on one database: two replicas of every service.
import { join } from 'node:path'
import { acquireServer } from '@dueline/embedded-postgres'
import { eventually, testKafka, webhookReceiver } from '@dueline/testkit'
import t from 'tap'
import { stackBuses } from '../harness/buses.ts'
import { damages } from '../harness/damages.ts'
import { apiOf, mailsOf, escalationsEnd, openTicket, seedTenant, violationsAtRest } from '../harness/short-agreement.ts'
import { stackFolder } from '../harness/stack-folder.ts'
import { forkStack } from '../harness/stack-process.ts'
import { readFeed, readTenant } from '../harness/tenant-record.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

const tenant = 'replicas'
const keys = (from: number): string[] => Array.from({ length: 20 }, (_, index) => String(from + index))

for (const { name, options } of stackBuses(await testKafka(t))) {
  t.test(`on ${name} two replicas of every service do all once, and one finishes what the other began`, async (t) => {
    // both make the database that is not there, once
    const folder = name === 'Postgres' ? await temporaryFolder(t) : await stackFolder(t)
    const stacks = await Promise.all([forkStack({ folder, ...options }), forkStack({ folder, ...options })])
    t.teardown(async () => {
      for (const stack of stacks) await stack.kill()
      await (await acquireServer(join(folder, 'postgres'), {})).release()
    })
    const [first, second] = stacks
    const apis = await Promise.all(stacks.map((stack) => apiOf(stack, tenant)))
    const [atFirst, atSecond] = apis as [typeof apis[number], typeof apis[number]]
    await seedTenant(atFirst, tenant, (await webhookReceiver(t)).url)

    const both = await Promise.all(keys(1).map((key, index) => openTicket(index % 2 === 0 ? atFirst : atSecond, key)))
    t.equal(new Set(both.map(({ number }) => number)).size, 20, '20 tickets through two gateways have 20 numbers')
    await escalationsEnd(atFirst, both.map(({ id }) => id))
    t.same(await violationsAtRest(second, tenant), [], 'no double fire, no double mail, nothing lost')

    const found = damages(
      await readTenant(atFirst),
      (await mailsOf(second)).filter(({ to }) => to.some((address) => address.endsWith(`@${tenant}.example`)))
    )
    t.same(
      Object.entries(found).filter(([, violations]) => violations.length === 0).map(([damage]) => damage),
      [],
      `each of ${Object.keys(found).length} single damages to that record would have been seen`
    )

    const sent = await Promise.allSettled(
      keys(21).map((key, index) => openTicket(index % 2 === 0 ? atFirst : atSecond, key))
    )
    t.ok(sent.every(({ status }) => status === 'fulfilled'), 'another 20')
    const seen = new Set(both.map(({ id }) => `ticket/${id}`))
    await eventually(async () =>
      (await readFeed(atSecond)).some(({ type, subject }) => type === 'dueline.clock.breached.v1' && !seen.has(subject))
    )
    await first.kill()
    t.comment(`killed process ${first.pid}, one of two replicas, when the first of 20 deadlines had passed`)
    const begun = await readFeed(atSecond)
    const ended = begun.filter(({ type }) => type === 'dueline.escalation.exhausted.v1').length - 20
    t.ok(ended < 20, `in the middle of their escalations: ${ended} of 20 had ended`)
    const others = await Promise.all(keys(21).map((key) => openTicket(atSecond, key)))
    t.equal(
      new Set([...both, ...others].map(({ id }) => id)).size,
      40,
      'sent again with the same keys, they are the same tickets'
    )
    await escalationsEnd(atSecond, others.map(({ id }) => id))
    t.same(await violationsAtRest(second, tenant), [], 'the other one finished, without doing anything twice')
    await second.stop()
  })
}
