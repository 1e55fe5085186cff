import { createOutbox } from '@dueline/messaging'
import { systemClock, systemIds } from '@dueline/runtime'
import t from 'tap'
import { silentLogger, testDatabase } from '@dueline/testkit'
import { migrations, schema } from '../../src/app.ts'
import { createImportLoop } from '../../src/imports/import-loop.ts'
import { createFactStore, type FactStore } from '../../src/store/fact-store.ts'
import { findImport, insertImport } from '../../src/store/import-store.ts'
import { createNumberAllocator } from '../../src/store/number-allocator.ts'

const content = (
  i: number,
  facts: unknown[] = [{ at: '2016-03-01T00:00:00Z', kind: 'status_changed', to: 'resolved' }]
): string =>
  JSON.stringify({
    externalId: `INC${i}`,
    subject: 's',
    priority: 'P1',
    customer: { externalId: `c${i % 5}` },
    createdAt: '2016-02-01T00:00:00Z',
    facts
  })

async function prepared (t: Parameters<typeof testDatabase>[0], tenants: string[], lines: string[]) {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const imports = tenants.map((tenantId) => ({ tenantId, id: systemIds.next() }))
  for (const { tenantId, id } of imports) {
    await database.forTenant(tenantId).tx(async (tx) =>
      await insertImport(tx, tenantId, {
        id,
        createdBy: 'x',
        createdAt: systemClock.now(),
        lines: lines.map((content, i) => ({ line: i + 1, externalId: `INC${i}`, content, faults: [] }))
      })
    )
  }
  const outbox = createOutbox()
  const facts = createFactStore({ outbox, ids: systemIds })
  const loop = (changed: Partial<{ facts: FactStore }> = {}) =>
    createImportLoop({
      database,
      facts,
      numbers: createNumberAllocator({ database, clock: systemClock }),
      outbox,
      ids: systemIds,
      clock: systemClock,
      logger: silentLogger,
      idleMs: 5,
      ...changed
    })
  const running = async (): Promise<number> =>
    (await database.pool.query("select 1 from ticket_import where state = 'running'")).rowCount!
  return { database, imports, facts, loop, running }
}

void t.test('two replicas share the imports of several tenants; every line ends once', async (t) => {
  const { database, imports, loop, running } = await prepared(
    t,
    ['acme', 'globex', 'initech'],
    Array.from({ length: 450 }, (_, i) => content(i))
  )
  const loops = [loop(), loop()]
  for (const each of loops) await each.start()
  while (await running() > 0) await Promise.race(loops.map(({ passes }) => passes.next()))
  for (const each of loops) await each.stop()
  for (const { tenantId, id } of imports) {
    t.match(await findImport(database.read, tenantId, id), { state: 'done', imported: 450, duplicates: 0 }, tenantId)
  }
  t.equal((await database.pool.query('select 1 from ticket')).rowCount, 3 * 450)
  t.equal((await database.pool.query("select 1 from outbox where type like 'dueline.ticket.%'")).rowCount, 3 * 450 * 2)
  t.equal((await database.pool.query('select 1 from person')).rowCount, 3 * 5)
  t.equal(
    (await database.pool.query('select 1 from ticket_import_line where content is not null')).rowCount,
    0,
    'what is done is not kept twice'
  )
})

void t.test('a pass that fails after its tickets leaves nothing, and is done again', async (t) => {
  const { database, imports, facts, loop, running } = await prepared(t, ['acme'], [content(1), content(2)])
  let failures = 2
  const each = loop({
    facts: {
      ...facts,
      async importHistories (tx, tenantId, batches) {
        const made = await facts.importHistories(tx, tenantId, batches)
        if (failures-- > 0) throw new Error('power cut')
        return made
      }
    }
  })
  await each.start()
  while (await running() > 0) await each.passes.next()
  await each.stop()
  t.match(await findImport(database.read, 'acme', imports[0]!.id), { state: 'done', imported: 2, duplicates: 0 })
  t.equal((await database.pool.query('select 1 from outbox')).rowCount, 2 * 2 + 1, 'and one that names people')
})

void t.test('histories of very many facts are taken in smaller transactions', async (t) => {
  const facts = Array.from(
    { length: 3_000 },
    (_, i) => ({
      at: `2016-03-01T00:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}Z`,
      kind: 'status_changed',
      to: i % 2 === 0 ? 'open' : 'waiting_on_vendor'
    })
  )
  const { database, imports, loop, running } = await prepared(t, ['acme'], [
    content(1, facts),
    content(2, facts),
    content(3)
  ])
  const each = loop()
  await each.start()
  let passes = 0
  while (await running() > 0) {
    await each.passes.next()
    passes++
  }
  await each.stop()
  t.ok(passes >= 2)
  t.match(await findImport(database.read, 'acme', imports[0]!.id), { imported: 3 })
  t.equal((await database.pool.query('select max(version) as v from ticket')).rows[0].v, 3_001)
})
