import t from 'tap'
import { testDatabase } from '@dueline/testkit'
import { migrations, schema } from '../../src/app.ts'
import { countedMax, countTickets } from '../../src/store/ticket-counts.ts'

void t.test('of more tickets than may be counted the newest are, and those of another tenant never', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const add = async (tenantId: string, from: number, count: number, status: string) =>
    await database.pool.query(
      `insert into ticket (tenant_id, id, number, subject, description, type, status, priority, severity, customer_id,
        tags, custom, channel, created_at, updated_at, reopen_count, version)
      select $1, gen_random_uuid(), 'T-' || i, 'x', '', 'request', $4, 'P2', 'low', gen_random_uuid(), '{}', '{}',
        'api', timestamptz '2026-01-01' + i * interval '1 minute', timestamptz '2026-01-01', 0, 1
      from generate_series($2::int, $2::int + $3::int - 1) i`,
      [tenantId, from, count, status]
    )
  const counted = async (status?: 'new' | 'open') => {
    const filter = status === undefined ? {} : { status: [status] }
    const { total, by: [first] } = await countTickets(database.read, 'acme', filter, ['status'])
    return [total, first!.values]
  }
  await add('globex', 1, 50, 'new')
  t.strictSame(await counted(), [0, []])
  await add('acme', 1, 30, 'new')
  await add('acme', 31, countedMax - 31, 'open')
  t.strictSame(await counted(), [countedMax - 1, [{ value: 'open', count: countedMax - 31 }, {
    value: 'new',
    count: 30
  }]])
  await add('acme', countedMax, 11, 'open')
  t.strictSame(await counted(), [countedMax, [{ value: 'open', count: countedMax - 20 }, { value: 'new', count: 20 }]])
  t.strictSame(await counted('new'), [30, [{ value: 'new', count: 30 }]])
})
