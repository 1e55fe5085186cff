import t from 'tap'
import { DatabaseUnavailable, type Database, type TenantTx } from '@dueline/postgres'
import { asOwner, testDatabase, type TestContext } from '@dueline/testkit'
import { createSharedWrites, migrations, type SharedWrites } from '../../src/index.ts'

async function build (t: TestContext) {
  const { database } = await testDatabase(t, { schema: 'sample', sources: [migrations] })
  await asOwner(database, 'create table thing (tenant_id text, name text unique)')
  const transactions: string[][] = []
  async function insert (tx: TenantTx, names: readonly string[]): Promise<void> {
    transactions.push([...names])
    await tx.$client.query('insert into thing select $1, unnest($2::text[])', [tx.tenantId, names])
  }
  const stored = async (): Promise<string[]> =>
    (await database.pool.query('select tenant_id || name as thing from thing order by 1')).rows.map(({ thing }) =>
      thing
    )
  return { database, insert, transactions, stored }
}

async function add (writes: SharedWrites<string>, tenantId: string, name: string): Promise<void> {
  await writes.of(name)(tenantId, async () => {})
}

t.test('who comes alone has a transaction alone; those who come meanwhile share the next', async (t) => {
  const { database, insert, transactions, stored } = await build(t)
  const writes = createSharedWrites(database, insert, (name) => name)
  await add(writes, 'acme', 'a')
  t.same(transactions, [['a']])
  const names = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'))
  await Promise.all(names.map((name) => add(writes, 'acme', name)))
  t.same(
    transactions.slice(1),
    [names.slice(0, 1), names.slice(1, 65), names.slice(65)],
    'the first at once, then 64, then the rest'
  )
  t.equal((await stored()).length, 101)
})

t.test('tenants share nothing', async (t) => {
  const { database, insert, transactions, stored } = await build(t)
  const writes = createSharedWrites(database, insert, (name) => name)
  await Promise.all(
    ['a', 'b', 'c'].flatMap((name) => [add(writes, 'acme', `1${name}`), add(writes, 'beta', `2${name}`)])
  )
  t.same(transactions.map((names) => names.map((name) => name[0])).filter((owners) => new Set(owners).size > 1), [])
  t.same(await stored(), ['acme1a', 'acme1b', 'acme1c', 'beta2a', 'beta2b', 'beta2c'])
})

t.test('one that cannot be stored fails alone', async (t) => {
  const { database, insert, stored } = await build(t)
  const writes = createSharedWrites(database, insert, (name) => name)
  const outcomes = await Promise.allSettled(['a', 'b', 'a', 'c'].map((name) => add(writes, 'acme', name)))
  t.same(outcomes.map(({ status }) => status), ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
  t.same(await stored(), ['acmea', 'acmeb', 'acmec'])
  await add(writes, 'acme', 'd')
  t.equal((await stored()).length, 4, 'and later ones are served')
})

t.test('when the database is lost nobody is tried again: the outcome is unknown', async (t) => {
  let tries = 0
  const lost = {
    forTenant: () => ({
      tx: async () => {
        tries++
        throw new DatabaseUnavailable(new Error('gone'))
      }
    })
  } as unknown as Database
  const writes = createSharedWrites<string>(lost, async () => {}, (name) => name)
  const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((name) => add(writes, 'acme', name)))
  t.ok(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason instanceof DatabaseUnavailable))
  t.equal(tries, 2, 'one for the first, one for the others together')
})

t.test('what runs behind an item is in its transaction, and fails alone', async (t) => {
  const { database, insert, transactions, stored } = await build(t)
  const writes = createSharedWrites(database, insert, (name) => name)
  const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) =>
    writes.of(name)('acme', async (tx) => {
      if (name === 'c') throw new Error('c is not wanted')
      await tx.$client.query("insert into thing values ($1, $2 || ' follows')", [tx.tenantId, name])
      return name
    })
  ))
  t.same(transactions, [['a'], ['b', 'c', 'd'], ['b'], ['c'], ['d']])
  t.same(outcomes.map((outcome) => outcome.status === 'fulfilled' ? outcome.value : null), ['a', 'b', null, 'd'])
  t.same(await stored(), ['a', 'b', 'd'].flatMap((name) => [`acme${name}`, `acme${name} follows`]))
})
