import { readInstant } from '@dueline/postgres'
import { currentTraceparent, inTrace } from '@dueline/runtime'
import { loopConformance } from '@dueline/runtime/conformance'
import { asOwner } from '@dueline/testkit'
import t from 'tap'
import type { TimerKind } from '@dueline/timers'
import { claimText } from '../../src/store.ts'
import {
  addThings,
  anotherPool,
  firedCount,
  firedRows,
  insertTimers,
  left,
  ownerId,
  recordFired,
  recording,
  sampleDatabase,
  sampleTimers,
  setIn,
  tenantId
} from '../fixtures/sample.ts'

// a crowded machine is slow, not wrong

t.test('a timer fires once, not before its instant, and is gone', async (t) => {
  const { database } = await sampleDatabase(t)
  await addThings(database, 1)
  const timers = sampleTimers(t, database)
  const loaded = timers.loaded.next()
  await timers.start()
  await loaded
  const fired = timers.fired.next()
  const dueAt = await setIn(database, timers, ownerId(0), 60)
  t.same(await fired, [{ kind: 'tick', tenantId, ownerId: ownerId(0), dueAt, catchUp: false }])
  const rows = await firedRows(database)
  t.equal(rows.length, 1)
  const now = readInstant(rows[0]?.now ?? '')
  t.ok(now >= dueAt, 'never early')
  t.comment(`late by ${now - dueAt} µs`)
  t.equal(await left(database), 0)
  t.match(await timers.metricsText(), /dueline_timers_fired_total\{kind="tick",service="test"\} 1/)
})

t.test('what a timer sets off is a new span of the trace in which it was set', async (t) => {
  const { database } = await sampleDatabase(t)
  await addThings(database, 3)
  const seen = new Map<string, string | undefined>()
  const fire: TimerKind['fire'] = async (_tx, due) => {
    for (const { ownerId } of due) seen.set(ownerId, currentTraceparent(ownerId))
  }
  const timers = sampleTimers(t, database, { kinds: { tick: { ownerTable: 'thing', fire } } })
  const one = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const two = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'
  await inTrace(() => one, async () => await setIn(database, timers, ownerId(0), -1))
  await inTrace(() => one, async () => await setIn(database, timers, ownerId(1), -1_000))
  await inTrace(() => two, async () => await setIn(database, timers, ownerId(1), -1))
  await setIn(database, timers, ownerId(2), -1)
  const fired = firedCount(timers, 3)
  await timers.start()
  await fired
  const [first, second, third] = [0, 1, 2].map((n) => seen.get(ownerId(n)))
  t.match(first, new RegExp(`^00-${one.slice(3, 35)}-(?!${one.slice(36, 52)})[0-9a-f]{16}-01$`))
  t.match(second, new RegExp(`^00-${two.slice(3, 35)}-(?!${two.slice(36, 52)})[0-9a-f]{16}-00$`), 'whoever moved it')
  t.equal(third, undefined, 'set outside of any')
})

t.test('a timer that another process set is found by the next load', async (t) => {
  const { database } = await sampleDatabase(t)
  await addThings(database, 1)
  const timers = sampleTimers(t, database, { loadMs: 50, horizonMs: 100 })
  await timers.start()
  await timers.loaded.next()
  const fired = timers.fired.next()
  await insertTimers(database, 1, '20 ms')
  t.equal((await fired).length, 1)
})

t.test('a moved timer fires at its new instant only, a cleared one never, a rolled back one never', async (t) => {
  const { database } = await sampleDatabase(t)
  await addThings(database, 4)
  const timers = sampleTimers(t, database)
  await timers.start()
  await timers.loaded.next()
  await setIn(database, timers, ownerId(0), 1_000)
  const moved = await setIn(database, timers, ownerId(0), 1_500)
  await setIn(database, timers, ownerId(1), 1_000)
  await database.tx(async (tx) => {
    await timers.clear(tx, 'tick', [{ tenantId, ownerId: ownerId(1) }])
  })
  await database.tx(async (tx) => {
    await timers.set(tx, [{ kind: 'tick', tenantId, ownerId: ownerId(2), dueAt: moved - 100_000 }])
    throw new Error('rolled back')
  }).catch(() => {})
  const last = timers.fired.next((due) => due.some((each) => each.ownerId === ownerId(3)))
  await setIn(database, timers, ownerId(3), 1_600)
  await last
  const rows = await firedRows(database)
  t.same(rows.map(({ id }) => id), [ownerId(0), ownerId(3)])
  t.equal(readInstant(rows[0]?.due_at ?? ''), moved)
})

t.test('firing sets the next timer of the same owner', async (t) => {
  const { database } = await sampleDatabase(t)
  await addThings(database, 1)
  let rounds = 0
  const timers = sampleTimers(t, database, {
    kinds: {
      tick: {
        ownerTable: 'thing',
        async fire (tx, due, now) {
          await recordFired(tx, due, now)
          if (++rounds < 5) await timers.set(tx, due.map((timer) => ({ ...timer, dueAt: now + 10_000 })))
        }
      }
    }
  })
  await timers.start()
  const finished = firedCount(timers, 5)
  await setIn(database, timers, ownerId(0), 0)
  await finished
  t.equal((await firedRows(database)).length, 5)
  t.equal(await left(database), 0)
})

t.test('a locked owner is passed over, delays nobody, and fires when it is free', async (t) => {
  const { database } = await sampleDatabase(t)
  await addThings(database, 2)
  const timers = sampleTimers(t, database, { loadMs: 50, horizonMs: 100 })
  await timers.start()
  await timers.loaded.next()
  const locked = timers.fired.next((due) => due.some((each) => each.ownerId === ownerId(0)))
  await database.tx(async (tx) => {
    await tx.$client.query('select 1 from thing where id = $1 for update', [ownerId(0)])
    const other = timers.fired.next((due) => due.some((each) => each.ownerId === ownerId(1)))
    await insertTimers(database, 2, '-1 second')
    await other
    await timers.loaded.next()
    await timers.loaded.next()
    t.same((await firedRows(database)).map(({ id }) => id), [ownerId(1)])
  })
  await locked
  t.same((await firedRows(database)).map(({ id }) => id), [ownerId(1), ownerId(0)])
  t.match(await timers.metricsText(), /dueline_timers_skipped_total\{kind="tick",service="test"\} [1-9]/)
})

t.test('one poisonous owner is put off; the rest of its batch fires', async (t) => {
  const { database } = await sampleDatabase(t)
  await addThings(database, 64)
  await insertTimers(database, 64, '-1 second')
  const timers = sampleTimers(t, database, {
    kinds: {
      tick: {
        ownerTable: 'thing',
        async fire (tx, due, now) {
          await recordFired(tx, due, now)
          if (due.some((timer) => timer.ownerId === ownerId(17))) throw new Error('poison')
        }
      }
    }
  })
  const all = firedCount(timers, 63)
  await timers.start()
  await all
  await timers.loaded.next()
  t.equal((await firedRows(database)).length, 63)
  const { rows } = await database.pool.query('select owner_id, failures, fire_at > due_at as later from timer')
  t.same(rows, [{ owner_id: ownerId(17), failures: rows[0].failures, later: true }])
  t.ok(rows[0].failures >= 1)
  t.match(await timers.metricsText(), /dueline_timers_failed_total\{kind="tick",service="test"\} [1-9]/)
  await setIn(database, timers, ownerId(17), 60_000)
  t.same((await database.pool.query('select failures from timer')).rows, [{ failures: 0 }], 'setting it again forgives')
})

t.test('a timer whose owner is gone is removed', async (t) => {
  const { database } = await sampleDatabase(t)
  await addThings(database, 1)
  await insertTimers(database, 2, '-1 second')
  const timers = sampleTimers(t, database, { loadMs: 20, horizonMs: 40 })
  await timers.start()
  do await timers.loaded.next()
  while (await left(database) > 0)
  t.equal((await firedRows(database)).length, 1)
  t.match(await timers.metricsText(), /dueline_timers_orphaned_total\{kind="tick",service="test"\} 1/)
})

t.test('a backlog is caught up oldest first and in turn by tenant, and says so', async (t) => {
  const { database } = await sampleDatabase(t)
  await addThings(database, 12_000, 'big')
  await addThings(database, 5, 'small')
  await insertTimers(database, 12_000, '-1 hour', 'big')
  await insertTimers(database, 5, '-1 minute', 'small')
  const timers = sampleTimers(t, database)
  const finished = firedCount(timers, 12_005)
  await timers.start()
  await finished
  const { rows } = await database.pool.query(
    `select tenant_id, max(n) as last, min(n) as first, count(*) as count, bool_and(catch_up) as catch_up
      from fired group by tenant_id order by 1`
  )
  t.match(rows, [{ tenant_id: 'big', count: '12000', catch_up: true }, {
    tenant_id: 'small',
    count: '5',
    catch_up: true
  }])
  t.ok(Number(rows[1].last) < 3_000, `the small tenant was done at place ${rows[1].last}`)
  t.equal(await left(database), 0)
})

t.test('an outage is survived', async (t) => {
  const { database, url } = await sampleDatabase(t)
  await addThings(database, 40)
  const timers = sampleTimers(t, database, { loadMs: 50, horizonMs: 2_000 })
  await timers.start()
  await timers.loaded.next()
  for (let n = 0; n < 40; n++) await setIn(database, timers, ownerId(n), 20 + n * 10)
  const admin = anotherPool(t, url)
  let kills = 0
  void timers.fired.next(() => {
    if (++kills <= 10) {
      void admin.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'dueline-test'`
      )
    }
    return false
  })
  while (await left(admin) > 0) await timers.loaded.next()
  t.equal((await firedRows(admin)).length, 40)
  t.ok(kills > 0)
})

t.test('idle costs at most one statement a second', async (t) => {
  const { database } = await sampleDatabase(t)
  const timers = sampleTimers(t, database)
  await timers.start()
  await timers.loaded.next()
  let statements = 0
  const client = await database.pool.connect()
  const original = Object.getPrototypeOf(client).query
  client.query = function (...args: unknown[]) {
    statements++
    return original.apply(client, args)
  } as typeof client.query
  client.release()
  await timers.loaded.next()
  await timers.loaded.next()
  t.equal(statements, 2, 'two loads, one statement each, a second apart')
})

t.test('options and arguments are checked', async (t) => {
  const { database } = await sampleDatabase(t)
  t.throws(() => sampleTimers(t, database, { horizonMs: 1_000 }), TypeError)
  t.throws(
    () => sampleTimers(t, database, { kinds: { tick: { ownerTable: 'thing; drop', fire: recordFired } } }),
    TypeError
  )
  const timers = sampleTimers(t, database)
  await t.rejects(
    database.tx(async (tx) => await timers.set(tx, [{ kind: 'tock', tenantId, ownerId: ownerId(0), dueAt: 0 }])),
    TypeError
  )
  await t.rejects(
    database.tx(async (tx) => await timers.clear(tx, 'tick', [{ tenantId: 'A!', ownerId: ownerId(0) }])),
    TypeError
  )
})

t.test('the load reads the index, in order, and nothing else', async (t) => {
  const { database } = await sampleDatabase(t)
  await insertTimers(database, 50_000, '1 hour')
  await asOwner(database, 'analyze timer')
  for (const filter of ['', "and tenant_id <> all (array['x'])"]) {
    const { rows } = await database.pool.query(
      `explain select * from timer where fire_at <= now() + 2000 * interval '1 millisecond'
        and kind = any (array['tick']) ${filter} order by fire_at limit 5000`
    )
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    t.match(plan, /Index Scan using timer_fire_at/)
    t.notMatch(plan, /Seq Scan|Sort/)
  }
})

t.test('firing looks timers up by key, however many became due since the last statistics', async (t) => {
  const { database } = await sampleDatabase(t)
  await addThings(database, 20_000)
  await insertTimers(database, 20_000, '1 hour')
  await asOwner(database, 'analyze timer')
  await asOwner(database, 'analyze thing')
  await database.pool.query("update timer set fire_at = now() - interval '1 second'")
  const literal = (values: string[]) => `'{${values.join(',')}}'`
  const ids = Array.from({ length: 500 }, (_, n) => ownerId(n))
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    const plan = await database.tx(async (tx) => {
      await tx.$client.query(`set local plan_cache_mode = ${mode}`)
      await tx.$client.query(`prepare claim (text, text[], uuid[]) as ${claimText({ table: 'thing', idType: 'uuid' })}`)
      const { rows } = await tx.$client.query(
        `explain execute claim ('tick', ${literal(ids.map(() => tenantId))}, ${literal(ids)})`
      )
      await tx.$client.query('deallocate claim')
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    t.match(plan, /timer_pkey/, mode)
    t.notMatch(plan, /timer_fire_at/, mode)
  }
})

t.test('a kind without room is left in the table until wake, other kinds go on', async (t) => {
  const { database } = await sampleDatabase(t)
  await addThings(database, 5)
  let room = 0
  const timers = sampleTimers(t, database, {
    kinds: { tick: { ...recording, room: () => room }, tock: recording },
    loadMs: 20,
    horizonMs: 40
  })
  await timers.start()
  await insertTimers(database, 4, '-1 second')
  await timers.loaded.next((inMemory) => inMemory === 4)
  const others = firedCount(timers, 1)
  await insertTimers(database, 5, '-1 second', tenantId, 'tock')
  t.equal((await others)[0]?.kind, 'tock')
  while (await left(database) > 4) await timers.loaded.next()
  // a load looks for what is due: what there is no room for stays all the same
  await timers.loaded.next()
  t.notMatch(await timers.metricsText(), /dueline_timers_fired_total\{kind="tick"/)
  t.equal(await left(database), 4)
  const three = firedCount(timers, 3)
  room = 3
  timers.wake()
  room = 0
  t.equal((await three).length, 3)
  await timers.loaded.next()
  await timers.loaded.next()
  t.equal(await left(database), 1, 'no more than there was room for')
  const last = firedCount(timers, 1)
  room = 1
  timers.wake()
  await last
  t.equal(await left(database), 0)
})

t.test('wake before the start and after the stop does nothing', async (t) => {
  const { database } = await sampleDatabase(t)
  await addThings(database, 1)
  await insertTimers(database, 1, '-1 second')
  const timers = sampleTimers(t, database)
  timers.wake()
  const fired = timers.fired.next()
  await timers.start()
  await fired
  await timers.stop()
  await insertTimers(database, 1, '-1 second')
  timers.wake()
  t.equal(await left(database), 1)
})

t.test('lifecycle', async (t) => {
  const { database } = await sampleDatabase(t)
  await loopConformance(t as never, 'timers', () => {
    const timers = sampleTimers(t, database, { loadMs: 20, horizonMs: 40 })
    let begun = 0
    void timers.loaded.next(() => {
      begun++
      return false
    })
    return { loop: timers, begun: () => begun, nextPass: async () => await timers.loaded.next() }
  })
})
