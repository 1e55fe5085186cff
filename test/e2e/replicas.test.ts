// Two whole stacks on one database: two replicas of every service.
import { join } from 'node:path'
import { acquireServer } from '@dueline/embedded-postgres'
import { eventually, testKafka, webhookReceiver } from '@dueline/testkit'
import t from 'tap'
import { stackBuses } from '../harness/buses.ts'
import { violationsIn } from '../harness/checker.ts'
import { apiOf, mailsOf, openTicket, seedTenant, storiesEnd, violationsAtRest } from '../harness/short-promise.ts'
import { forkStack } from '../harness/stack-process.ts'
import { readFeed, readTenant, type Mail, type TenantRecord } from '../harness/tenant-record.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

t.setTimeout(400_000)

const tenant = 'replicas'
const keys = (from: number): string[] => Array.from({ length: 20 }, (_, index) => String(from + index))

/** Every single loss and repetition that the checks are for, each done to a record that is in order. */
function damages (record: TenantRecord, mails: Mail[]): Record<string, string[]> {
  const without = <T>(items: readonly T[], index: number): T[] => items.filter((_, at) => at !== index)
  const twice = <T>(items: readonly T[], index: number): T[] => [...items, items[index] as T]
  const own = record.events.filter(({ subject }) => subject === `ticket/${record.tickets[0]?.id}`)
  const found: Record<string, string[]> = {}
  for (const event of own) {
    const index = record.events.indexOf(event)
    found[`lost ${event.type} ${event.sequence}`] = violationsIn({ ...record, events: without(record.events, index) }, mails)
    found[`twice ${event.type} ${event.sequence}`] = violationsIn({ ...record, events: twice(record.events, index) }, mails)
    found[`twice with another id: ${event.type} ${event.sequence}`] = violationsIn({ ...record, events: [...record.events, { ...event, id: '0' }] }, mails)
  }
  for (const list of ['tickets', 'clocks', 'escalations', 'messages', 'deliveries'] as const) {
    found[`lost: one of ${list}`] = violationsIn({ ...record, [list]: without<unknown>(record[list], 0) }, mails)
  }
  for (const list of ['messages', 'deliveries'] as const) found[`twice: one of ${list}`] = violationsIn({ ...record, [list]: twice<unknown>(record[list], 0) }, mails)
  found['lost mail'] = violationsIn(record, without(mails, 0))
  found['twice the same mail'] = violationsIn(record, twice(mails, 0))
  found['a mail of no message'] = violationsIn(record, [...mails, { messageId: '<other@example>', to: [], subject: '' }])
  found['out of order'] = violationsIn({ ...record, events: [...record.events].reverse() }, mails)
  return found
}

for (const { name, options } of stackBuses(await testKafka(t))) {
  t.test(`on ${name} two replicas of every service do everything once, and one finishes what the other began`, async (t) => {
    const folder = await temporaryFolder(t)
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
    await storiesEnd(atFirst, both.map(({ id }) => id))
    t.same(await violationsAtRest(second, tenant), [], 'no double fire, no double mail, nothing lost')

    const found = damages(await readTenant(atFirst), (await mailsOf(second)).filter(({ to }) => to.some((address) => address.endsWith(`@${tenant}.example`))))
    t.same(Object.entries(found).filter(([, violations]) => violations.length === 0).map(([damage]) => damage), [], `each of ${Object.keys(found).length} single damages to that record would have been seen`)

    const sent = await Promise.allSettled(keys(21).map((key, index) => openTicket(index % 2 === 0 ? atFirst : atSecond, key)))
    t.ok(sent.every(({ status }) => status === 'fulfilled'), 'another 20')
    const seen = new Set(both.map(({ id }) => `ticket/${id}`))
    await eventually(async () => (await readFeed(atSecond)).some(({ type, subject }) => type === 'dueline.clock.breached.v1' && !seen.has(subject)), { deadlineMs: 30_000 })
    await first.kill()
    t.comment(`killed process ${first.pid}, one of two replicas, when the first of 20 deadlines had passed`)
    const begun = await readFeed(atSecond)
    const ended = begun.filter(({ type }) => type === 'dueline.escalation.exhausted.v1').length - 20
    t.ok(ended < 20, `in the middle of their stories: ${ended} of 20 had ended`)
    const others = await Promise.all(keys(21).map((key) => openTicket(atSecond, key)))
    t.equal(new Set([...both, ...others].map(({ id }) => id)).size, 40, 'sent again with the same keys, they are the same tickets')
    await storiesEnd(atSecond, others.map(({ id }) => id))
    t.same(await violationsAtRest(second, tenant), [], 'the other one finished, without doing anything twice')
    await second.stop()
  })
}
