import type { NewEvent } from '@dueline/contracts'
import t from 'tap'
import { InvalidEvent } from '../../src/index.ts'
import { newEvent } from '../support/events.ts'
import { makeStack } from '../support/stack.ts'

t.test('events are stored in the order given, with the change or not at all', async (t) => {
  const { database, outbox, waiting } = await makeStack(t)
  const events = Array.from({ length: 300 }, (_, i) => newEvent(`k${i % 3}`, i))
  await database.tx(async (tx) => await outbox.add(tx, events))
  await t.rejects(
    database.tx(async (tx) => {
      await outbox.add(tx, [newEvent('k', 1)])
      throw new Error('change of mind')
    }),
    /change of mind/
  )
  t.equal(await waiting(), 300)
  const { rows } = await database.pool.query<{ id: string, tenant_id: string }>(
    'select id, tenant_id from outbox order by seq'
  )
  t.strictSame(rows.map((row) => row.id), events.map((event) => event.id))
  t.equal(rows[0]!.tenant_id, 'acme')
})

t.test('many events are made as they are written: in order, and all of them or none', async (t) => {
  const { database, outbox, waiting } = await makeStack(t)
  const count = 2_300
  const made: string[] = []
  const ends: number[] = []
  function* events (last?: NewEvent): Generator<NewEvent> {
    for (let i = 0; i < count; i++) {
      const event = newEvent(`k${i % 3}`, i)
      made.push(event.id)
      yield event
    }
    if (last !== undefined) yield last
  }
  await database.tx(async (tx) => {
    const query = tx.$client.query.bind(tx.$client) as (...args: unknown[]) => Promise<unknown>
    tx.$client.query = (async (...args: unknown[]) => {
      const answer = await query(...args)
      ends.push(made.length)
      return answer
    }) as typeof tx.$client.query
    await outbox.add(tx, events()).finally(() => Reflect.deleteProperty(tx.$client, 'query'))
  })
  t.equal(ends.length, 5)
  t.ok(ends[0]! < count, 'the first are written before the last are made')
  const { rows } = await database.pool.query<{ id: string }>('select id from outbox order by seq')
  t.strictSame(rows.map(({ id }) => id), made)

  const wrong = newEvent('a', 1, { partitionKey: '' })
  await t.rejects(database.tx(async (tx) => await outbox.add(tx, events(wrong))), InvalidEvent)
  t.equal(await waiting(), count)
})

t.test("an event that breaks its contract is the publisher's error", async (t) => {
  const { database, outbox, waiting } = await makeStack(t)
  const wrong = [
    newEvent('a', 1, { data: { endpointId: 'x' } as never }),
    newEvent('a', 1, { type: 'dueline.unheard.of.v1' as never }),
    newEvent('a', 1, { partitionKey: '' }),
    newEvent('a', 1, { sequence: -1 }),
    newEvent('a', 1, { tenantId: 'ACME' }),
    newEvent('a', 1, {
      data: { endpointId: '019b0000-0000-7000-8000-000000000001', url: 'x', reason: 'x'.repeat(1_000_000) }
    })
  ]
  for (const event of wrong) {
    await t.rejects(database.tx(async (tx) => await outbox.add(tx, [newEvent('a', 0), event])), InvalidEvent)
  }
  t.equal(await waiting(), 0)
})

t.test('nothing to add is no statement', async (t) => {
  const { database, outbox, waiting } = await makeStack(t)
  await database.tx(async (tx) => await outbox.add(tx, []))
  t.equal(await waiting(), 0)
})
