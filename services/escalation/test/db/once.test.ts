import { asOwner } from '@dueline/testkit'
import t from 'tap'
import { clockEvent, HOUR, id, staffEvents, tenant, ticketSummary } from '../events.ts'
import { startBench } from './bench.ts'

const due = 1_790_000_000_000_000

function breaches (count: number, at = due) {
  return Array.from(
    { length: count },
    (_, i) =>
      clockEvent('breached', 2, { id: id(`c${i}`), dueAt: at, breachedAt: at }, ticketSummary({ id: id(`t${i}`) }))
  )
}

t.test('the same wake twice, and two at once: every level is reached once', async (t) => {
  const { receive, wake, sent, rows } = await startBench(t)
  await receive(...staffEvents(), ...breaches(1))
  await wake(due + 2 * HOUR, id('c0'))
  await wake(due + 2 * HOUR, id('c0'))
  t.same(await sent(), ['opened', 'level-reached'])
  t.match(await rows('select state, level from escalation'), [{ state: 'open', level: 1 }])
})

t.test('an event that waits for a fire sees what the fire did', async (t) => {
  const { database, receive, handle, fire, sent, rows } = await startBench(t)
  await receive(...staffEvents(), ...breaches(1))
  let waiting: Promise<void> | undefined
  await database.tx(async (tx) => {
    await tx.$client.query('select from escalation_case for update')
    await fire(
      tx,
      [{ kind: 'escalation', tenantId: tenant, ownerId: id('c0'), dueAt: due, catchUp: false }],
      due + 2 * HOUR
    )
    waiting = database.tx(async (other) =>
      await handle(other, [
        clockEvent(
          'met',
          3,
          { id: id('c0'), dueAt: due, breachedAt: due, state: 'met' },
          ticketSummary({ id: id('t0') })
        )
      ])
    )
    const blocked =
      "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    while ((await rows(blocked))[0].n === 0);
  })
  await waiting
  t.same(await sent(), ['opened', 'level-reached', 'stopped'])
  t.match(await rows('select state, level, version from escalation'), [{ state: 'stopped', level: 1, version: 3 }])
  t.same(await rows('select from timer'), [])
})

t.test('two engines on one table: nothing twice, nothing left', async (t) => {
  const { receive, makeTimers, rows } = await startBench(t)
  const now = Date.now() * 1000
  const count = 400
  await receive(...staffEvents(), ...breaches(count, now - 9 * HOUR))
  const engines = [makeTimers(), makeTimers()]
  let fired = 0
  const all = engines.map((engine) =>
    engine.fired.next((timers) => {
      fired += timers.length
      return fired >= count
    })
  )
  for (const engine of engines) await engine.start()
  await Promise.race(all)
  for (const engine of engines) await engine.stop()
  t.match(await rows('select count(*)::int as n, min(level) as low, max(level) as high from escalation'), [{
    n: count,
    low: 2,
    high: 2
  }])
  t.match(
    await rows(
      `select level, count(*)::int as n, bool_and(superseded) as superseded from escalation_entry
        where kind = 'level_reached' group by level order by level`
    ),
    [
      { level: 1, n: count, superseded: true },
      { level: 2, n: count, superseded: false }
    ]
  )
  const notified = await rows(
    `select count(*)::int as n from outbox
      where type like '%level-reached%' and payload::jsonb #>> '{actions,0,kind}' = 'notify'`
  )
  t.equal(notified[0].n, count, 'only the highest level notifies after downtime')
  t.equal((await rows('select from timer')).length, count, 'the next wake-up of each')
})

t.test('thousands at once cost as many statements as one', async (t) => {
  const { database, handle, fire, receive } = await startBench(t)
  await receive(...staffEvents())
  async function statements (fn: (tx: Parameters<typeof handle>[0]) => Promise<void>): Promise<number> {
    return await database.tx(async (tx) => {
      let count = 0
      const client = new Proxy(tx.$client, {
        get (target, key) {
          const value = Reflect.get(target, key) as unknown
          if (key !== 'query') return typeof value === 'function' ? value.bind(target) : value
          return (...args: unknown[]) => {
            count++
            return (value as (...args: unknown[]) => unknown).apply(target, args)
          }
        }
      })
      const $client = tx.$client
      Object.assign(tx, { $client: client })
      await fn(tx)
      Object.assign(tx, { $client })
      return count
    })
  }
  const wakeAll = (count: number) => async (tx: Parameters<typeof handle>[0]): Promise<void> =>
    await fire(
      tx,
      Array.from(
        { length: count },
        (_, i) => ({ kind: 'escalation', tenantId: tenant, ownerId: id(`c${i}`), dueAt: due, catchUp: false })
      ),
      due + 2 * HOUR
    )
  const one = [await statements(async (tx) => await handle(tx, breaches(1))), await statements(wakeAll(1))]
  await asOwner(database, 'truncate escalation_case, escalation, escalation_entry, ticket, timer, outbox')
  const many = [await statements(async (tx) => await handle(tx, breaches(2_000))), await statements(wakeAll(2_000))]
  // two events for each level; the outbox writes 500 in one statement
  t.same(many, [one[0], one[1]! + 2 * 2_000 / 500 - 1])
  t.ok(one.every((count) => count > 0 && count <= 9), `${one.join(' and ')} statements`)
  t.equal((await database.pool.query('select from escalation where level = 1')).rowCount, 2_000)
})

t.test('one open escalation for each cycle of a clock, by the database itself', async (t) => {
  const { receive, wake, database } = await startBench(t)
  await receive(...staffEvents(), ...breaches(1))
  await wake(due + 2 * HOUR, id('c0'))
  const copy = database.pool.query(
    `insert into escalation
      select tenant_id, '${id('copy')}', clock_id, ticket_id, metric, cycle, escalation_policy_id,
        escalation_policy_version, escalation_policy_name, level, level_count, state, opened_at, closed_at, version
      from escalation`
  )
  await t.rejects(copy, /escalation_one_open/)
  const entry = database.pool.query(
    `insert into escalation_entry (tenant_id, escalation_id, version, kind, at, actor, level)
      select tenant_id, escalation_id, 99, kind, at, actor, level from escalation_entry
      where kind = 'level_reached'`
  )
  await t.rejects(entry, /escalation_entry_level_once/)
})
