import { systemClock, systemIds } from '@dueline/runtime'
import { testDatabase } from '@dueline/testkit'
import t from 'tap'
import { migrations, schema } from '../../src/app.ts'
import { appendToFeed } from '../../src/store/feed-store.ts'
import { lockEndpoints } from '../../src/store/lane-store.ts'
import { lineUp } from '../../src/store/line-up-store.ts'
import { insertEndpoint } from '../../src/store/webhook-store.ts'
import { assigned, tenant } from '../events.ts'

t.test('two who queue the same events take turns, and each event is queued once', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const endpointId = systemIds.next()
  await database.forTenant(tenant).tx(async (tx) =>
    await insertEndpoint(tx, {
      tenantId: tenant,
      id: endpointId,
      url: 'https://receiver.example/',
      description: '',
      types: [],
      secret: '',
      previousSecret: null,
      createdBy: null,
      previousUntil: null,
      state: 'enabled',
      disabledReason: null,
      failingSince: null,
      linedUpTo: 0,
      missedAfter: null,
      missedUntil: null,
      createdAt: systemClock.now(),
      version: 1
    })
  )
  await database.tx(async (tx) => await appendToFeed(tx, Array.from({ length: 3 }, () => assigned(null, null))))
  const endpoints = [{ tenantId: tenant, endpointId }]
  const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
  async function read (meanwhile: () => Promise<void>): Promise<number | undefined> {
    return await database.tx(async (tx) => {
      await lockEndpoints(tx, endpoints)
      const { linedUpTo } = await lineUp(tx, endpoints, { ids: systemIds, now: systemClock.now() })
      await meanwhile()
      return linedUpTo.get(endpointId)
    })
  }
  let second: Promise<number | undefined> | undefined
  const first = await read(async () => {
    second = read(async () => {})
    while ((await database.pool.query(waiting)).rowCount === 0) await new Promise(setImmediate)
  })
  t.same([first, await second], [3, undefined])
  const { rows } = await database.pool.query(
    'select next_attempt_at is not null as due from webhook_delivery order by position'
  )
  t.same(rows, [{ due: true }, { due: false }, { due: false }], 'of one subject the first is due')
})
