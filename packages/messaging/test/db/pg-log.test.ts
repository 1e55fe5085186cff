import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { createPgLogBus, type Bus } from '../../src/index.ts'
import * as groups from '../../src/pg-log/group-store.ts'
import { purgeOnce } from '../../src/pg-log/retention.ts'
import { silentLogger } from '@dueline/testkit'
import { cutConnections } from '../support/cut-off.ts'
import { newEvent, tenant, topic, type } from '../support/events.ts'
import { check, collect, makeStack, until, type Stack } from '../support/stack.ts'

async function publish (bus: Bus, count: number, partition = 0): Promise<void> {
  const producer = await bus.producer()
  await producer.publish(
    Array.from(
      { length: count },
      (_, i) => ({ topic, key: 'k', partition, headers: {}, value: Buffer.from(String(i)) })
    ),
    { signal: AbortSignal.timeout(60_000) }
  )
  await producer.close()
}

t.test('a commit by a former owner is refused', async (t) => {
  const { database: { pool }, bus } = await makeStack(t)
  await publish(bus, 10)
  const [a, b] = ['019b0000-0000-7000-8000-00000000000a', '019b0000-0000-7000-8000-00000000000b'].map((member) => ({
    group: 'g',
    member
  })) as [groups.MemberId, groups.MemberId]
  await groups.join(pool, a, [topic], 'earliest', 3_600_000)
  const [old] = await groups.claim(pool, a, [{ topic, part: 0 }])
  t.strictSame(await groups.claim(pool, b, [{ topic, part: 0 }]), [], 'held by one that is alive')
  await pool.query('update bus.group_member set expires_at = now() where member = $1', [a.member])
  await groups.join(pool, b, [topic], 'earliest', 3_600_000)
  const [mine] = await groups.claim(pool, b, [{ topic, part: 0 }])
  t.equal(mine!.epoch, old!.epoch + 1)
  t.match(
    (await groups.heartbeat(pool, [a, b], 1_000)).map(({ renewed }) => renewed),
    [false, true],
    'a lease that ran out is not renewed'
  )
  const commit = { group: 'g', topic, part: 0 }
  t.equal((await groups.commitOffsets(pool, [{ ...commit, epoch: mine!.epoch, off: 4 }])).length, 0)
  const stale = { ...commit, epoch: old!.epoch, off: 9 }
  t.strictSame(await groups.commitOffsets(pool, [stale]), [stale])
  t.equal((await groups.readLag(pool, 'g', [topic])).find((row) => row.part === 0)?.lag, '6')
})

t.test('offsets are dense and in the order of publishing, whoever publishes', async (t) => {
  const { database: { pool }, bus } = await makeStack(t)
  await Promise.all(Array.from({ length: 6 }, async (_, i) => {
    for (let n = 0; n < 10; n++) await publish(bus, 7, i % 3)
  }))
  const { rows } = await pool.query(
    `select part, count(*)::int as n, min(off)::int as low, max(off)::int as high from bus.log_record
      group by part order by part`
  )
  t.strictSame(rows, [0, 1, 2].map((part) => ({ part, n: 140, low: 0, high: 139 })))
})

t.test('old records go when every group has handled them, and not before', async (t) => {
  const stack = await makeStack(t)
  const { pool } = stack.database
  const retention = { retentionSeconds: 3_600, forgetGroupSeconds: 86_400 }
  await publish(stack.bus, 20)
  await pool.query("update bus.log_record set at = now() - interval '2 hours' where off < 15")
  const member = { group: 'slow', member: '019b0000-0000-7000-8000-00000000000a' }
  await groups.join(pool, member, [topic], 'earliest', 60_000)
  const [claim] = await groups.claim(pool, member, [{ topic, part: 0 }])
  t.equal(await purgeOnce(pool, retention), 0, 'one group has not seen them')
  await groups.commitOffsets(pool, [{ group: 'slow', topic, part: 0, epoch: claim!.epoch, off: 8 }])
  t.equal(await purgeOnce(pool, retention), 8)
  await groups.commitOffsets(pool, [{ group: 'slow', topic, part: 0, epoch: claim!.epoch, off: 20 }])
  t.equal(await purgeOnce(pool, retention), 7, 'the young ones stay')
  t.equal(await purgeOnce(pool, retention), 0)
  const seen = await collect(t, stack.bus).catch(() => [])
  await until('the five that are left', () => seen.length === 5)
})

t.test('a group that has lost its place to the purge goes on with what is left', async (t) => {
  const stack = await makeStack(t)
  const { pool } = stack.database
  await publish(stack.bus, 10)
  await pool.query("insert into bus.group_offset (grp, topic, part, off) values ('collector', $1, 0, 2)", [topic])
  await pool.query('delete from bus.log_record')
  const seen = await collect(t, stack.bus)
  await publish(stack.bus, 3)
  await until('the new ones', () => seen.length === 3)
})

t.test('the database goes away and comes back: everything goes on', async (t) => {
  const stack = await makeStack(t)
  const line = await cutConnections(t, stack.url)
  const bus = createPgLogBus({ url: line.url, logger: silentLogger })
  t.teardown(async () => await bus.close())
  const relay = stack.relay({ bus })
  const ids = new Set<string>()
  const consumer = stack.consumer({
    [type]: async (tx, events) => {
      for (const { id } of events) ids.add(id)
    }
  }, { bus })
  await relay.start()
  await consumer.start()
  await stack.add(newEvent('a', 1))
  await until('the first', () => ids.size === 1)
  await line.cut()
  await stack.add(...[2, 3, 4].map((n) => newEvent('a', n)))
  await until('that it is reported', () => consumer.health().state === 'degraded')
  line.mend()
  const back = await until('the others', () => ids.size === 4)
  t.comment(`back after ${Math.round(back)} ms`)
  await until('health', () => consumer.health().state === 'ok')
  const { rows } = await stack.database.pool.query('select 1 from dead_letter where tenant_id = $1', [tenant])
  t.equal(rows.length, 0)
})

t.test("the service's database drops every connection again and again: nothing lost, order kept", async (t) => {
  const stack = await makeStack(t)
  const seen = await collect(t, stack.bus)
  await stack.relay().start()
  let written = 0
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 20; i++) await stack.add(newEvent('a', ++written))
    await stack.database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`
    ).catch(() => {})
  }
  await until('all', () => check(seen).events === written)
  t.strictSame(check(seen), { events: written, lost: 0, reordered: 0 })
})

/** The embedded stack: five topics, six groups that read all of them, one process. */
async function idleStack (stack: Stack): Promise<void> {
  const topics = ['a', 'b', 'c', 'd', 'e'].map((name) => `idle.${name}`)
  await stack.bus.ensureTopics(topics.map((topic) => ({ topic, partitions: 12 })))
  const consumers = ['1', '2', '3', '4', '5', '6'].map((group) =>
    stack.consumer({ [type]: async () => {} }, { group, topics })
  )
  for (const consumer of consumers) await consumer.start()
  await until('all members at rest', () => consumers.every((consumer) => consumer.health().detail === '60 partitions'))
  for (let i = 0; i < 5; i++) await stack.relay().start()
}

t.test('a whole stack asks little of the database while idle', async (t) => {
  const stack = await makeStack(t)
  await idleStack(stack)
  const transactions = async (): Promise<number> => {
    // counters of other connections arrive within a second
    await pause(1_500)
    const { rows } = await stack.database.pool.query<{ n: string }>(
      'select xact_commit + xact_rollback as n from pg_stat_database where datname = current_database()'
    )
    return Number(rows[0]!.n)
  }
  const before = await transactions()
  const cpu = process.cpuUsage()
  const started = performance.now()
  await pause(4_000)
  const { user, system } = process.cpuUsage(cpu)
  const share = (user + system) / 10 / (performance.now() - started)
  const perSecond = (await transactions() - before) / (performance.now() - started) * 1_000
  // five of each relay, five of the reader, a heartbeat and now and then a lag
  t.ok(perSecond < 50, `${perSecond.toFixed(0)} statements a second, ${share.toFixed(2)} % of a core`)
})
