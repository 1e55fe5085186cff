import { systemClock } from '@dueline/runtime'
import type { TenantDatabases } from '@dueline/postgres'
import t from 'tap'
import { fakeClock, testDatabase } from '@dueline/testkit'
import { migrations, schema } from '../../src/app.ts'
import { createNumberAllocator, formatNumber } from '../../src/store/number-allocator.ts'

const valueOf = (number: string): number => Number(number.slice(2))

void t.test('numbers of a tenant count from 1 without gaps while it is quiet', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const clock = fakeClock(0)
  const numbers = createNumberAllocator({ database, clock })
  const taken: string[] = []
  for (let i = 0; i < 5; i++) {
    clock.advance(2_000_000)
    taken.push(...await numbers.allocate('acme', 1))
  }
  t.same(taken, ['T-000001', 'T-000002', 'T-000003', 'T-000004', 'T-000005'])
  t.same(
    await createNumberAllocator({ database, clock }).allocate('acme', 2),
    ['T-000006', 'T-000007'],
    'another process goes on where this one is'
  )
  t.same(await numbers.allocate('globex', 1), ['T-000001'], 'every tenant has its own')
  t.same(await numbers.allocate('acme', 0), [])
  t.equal(formatNumber(1_234_567), 'T-1234567')
})

void t.test('under load two replicas never give the same number twice, and ask seldom', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  let statements = 0
  const query = database.pool.query.bind(database.pool)
  const counted = {
    ...database,
    pool: Object.assign(Object.create(database.pool), {
      query: (...args: never[]) => {
        statements++
        return (query as any)(...args)
      }
    })
  }
  const replicas = [
    createNumberAllocator({ database: counted, clock: systemClock }),
    createNumberAllocator({ database: counted, clock: systemClock })
  ]
  const taken: string[] = []
  await Promise.all(replicas.flatMap((replica) =>
    Array.from({ length: 16 }, async () => {
      for (let i = 0; i < 30; i++) {
        const block = await replica.allocate('acme', 1 + i % 3)
        if (block.some((number, j) => j > 0 && valueOf(number) <= valueOf(block[j - 1]!))) {
          throw new Error('a block must ascend')
        }
        taken.push(...block)
      }
    })
  ))
  t.equal(taken.length, 2 * 16 * 60)
  t.equal(new Set(taken).size, taken.length)
  t.ok(statements < taken.length / 8, `${statements} statements for ${taken.length} numbers`)
  t.ok(Math.max(...taken.map(valueOf)) <= taken.length + 2 * 64, 'at most one block of each replica is left over')
})

void t.test('the failure of a database reaches all who wait, and the next ones get numbers', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  let broken = true
  const forTenant: TenantDatabases['forTenant'] = (tenantId) => {
    if (broken) throw new Error('gone')
    return database.forTenant(tenantId)
  }
  const numbers = createNumberAllocator({ database: { forTenant }, clock: fakeClock(0) })
  const results = await Promise.allSettled([numbers.allocate('acme', 1), numbers.allocate('acme', 1)])
  t.same(results.map(({ status }) => status), ['rejected', 'rejected'])
  broken = false
  t.same(await numbers.allocate('acme', 1), ['T-000001'])
})
