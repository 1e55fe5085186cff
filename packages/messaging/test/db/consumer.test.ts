import { setTimeout as pause } from 'node:timers/promises'
import { asOwner } from '@dueline/testkit'
import type { Tx } from '@dueline/postgres'
import t from 'tap'
import {
  completeEvent,
  decodeEvent,
  encodeEvent,
  listDeadLetters,
  liveOnly,
  partitionOf,
  recordBytesMax,
  resendDeadLetter,
  type Bus,
  type DuelineEvent,
  type InBatch,
  type NewEvent,
  type OutRecord
} from '../../src/index.ts'
import { pruneInbox } from '../../src/inbox.ts'
import { newEvent, otherType, tenant, topic, type } from '../support/events.ts'
import { makeStack, until, type Stack } from '../support/stack.ts'

function record (event: NewEvent, change: Partial<OutRecord> = {}): OutRecord {
  const { key, headers, value } = encodeEvent(completeEvent(event))
  return { topic, key, partition: partitionOf(key, 12), headers, value: Buffer.from(value), ...change }
}

async function publish ({ bus }: Stack, ...records: OutRecord[]): Promise<void> {
  const producer = await bus.producer()
  await producer.publish(records, { signal: AbortSignal.timeout(60_000) })
  await producer.close()
}

/** An effect that shows repeats: a counter per key. */
async function count (tx: Tx, events: readonly DuelineEvent[]): Promise<void> {
  for (const { partitionkey } of events) {
    await tx.$client.query(
      `insert into aggregate (id, version) values ($1, 1)
        on conflict (id) do update set version = aggregate.version + 1`,
      [partitionkey]
    )
  }
}

async function counts ({ database }: Stack): Promise<Record<string, number>> {
  const { rows } = await database.pool.query<{ id: string, version: number }>(
    'select id, version from aggregate order by id'
  )
  return Object.fromEntries(rows.map((row) => [row.id, row.version]))
}

const rows = async ({ database }: Stack, table: string): Promise<number> =>
  (await database.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]!.n

t.test('an event takes effect once, however often it comes', async (t) => {
  const stack = await makeStack(t)
  const consumer = stack.consumer({ [type]: count })
  await consumer.start()
  const [a, b] = [newEvent('a', 1), newEvent('b', 1)]
  await publish(stack, record(a), record(a), record(b))
  await until('both', async () => (await counts(stack)).b === 1)
  await publish(stack, record(a), record(b), record(newEvent('c', 1)))
  await until('the third', async () => (await counts(stack)).c === 1)
  t.strictSame(await counts(stack), { a: 1, b: 1, c: 1 })
  await until(
    'the metric',
    async () => /duplicates_total\{group="test",service="test"\} 3/.test(await stack.metrics.text())
  )
})

t.test('a handler of the present is given nothing of the imported past, which is passed over unread', async (t) => {
  const stack = await makeStack(t)
  const consumer = stack.consumer({ [type]: liveOnly(count) })
  await consumer.start()
  const past = record(newEvent('a', 1, { historical: true }))
  const present = record(newEvent('b', 1), { partition: past.partition })
  await publish(stack, past, { ...past, value: Buffer.from('unread') }, present)
  await until('the present', async () => (await counts(stack)).b === 1)
  t.strictSame(await counts(stack), { b: 1 })
  t.same([await rows(stack, 'inbox'), await rows(stack, 'dead_letter')], [1, 0])
  await stack.database.tx(async (tx) => {
    await liveOnly(count)(tx, [past, record(newEvent('a', 2))].map((each) => decodeEvent(each).event!))
  })
  t.strictSame(await counts(stack), { a: 1, b: 1 }, 'nor when somebody else calls it')
})

t.test('effect and inbox commit together: a failed handler leaves neither', async (t) => {
  const stack = await makeStack(t)
  let failures = 2
  const consumer = stack.consumer({
    [type]: async (tx, events) => {
      await count(tx, events)
      if (failures-- > 0) throw new Error('after the effect')
    }
  })
  await consumer.start()
  const handled = consumer.handled.next()
  await publish(stack, record(newEvent('a', 1)))
  t.equal((await handled).length, 1)
  t.strictSame(await counts(stack), { a: 1 })
  t.equal(await rows(stack, 'inbox'), 1)
  t.equal(await rows(stack, 'dead_letter'), 0)
})

t.test('handlers get the events of their types in order; others cost no inbox row', async (t) => {
  const stack = await makeStack(t)
  const seen: number[] = []
  const consumer = stack.consumer({
    [type]: async (tx, events) => {
      seen.push(...events.map((event) => event.sequence))
    }
  })
  const id = '019b0000-0000-7000-8000-000000000002'
  const message = {
    message: { id, channel: 'email', personId: id, eventId: id, eventType: 'x', ticketId: null, subject: 's' }
  }
  const both = [{}, { type: otherType, data: message } as Partial<NewEvent>]
  await publish(stack, ...[1, 2, 3, 4].flatMap((n) => both.map((part) => record(newEvent('a', n, part)))))
  await consumer.start()
  await until('four', () => seen.length === 4)
  t.strictSame(seen, [1, 2, 3, 4])
  await until('the offsets', async () => [...(await consumer.lag()).values()].every((lag) => lag === 0n))
  t.equal(await rows(stack, 'inbox'), 4)
  t.equal(await rows(stack, 'dead_letter'), 0)
})

t.test('a record that cannot be read is put aside with its reason and blocks nothing', async (t) => {
  const stack = await makeStack(t)
  const consumer = stack.consumer({ [type]: count })
  const good = record(newEvent('a', 1))
  const change = (headers: Record<string, string>): OutRecord => ({
    ...record(newEvent('a', 2)),
    headers: { ...good.headers, ...headers }
  })
  await publish(
    stack,
    { ...record(newEvent('a', 2)), value: Buffer.from('{"broken') },
    change({ ce_type: 'dueline.unheard.of.v1' }),
    { ...record(newEvent('a', 2)), value: Buffer.from('{}') },
    { ...record(newEvent('a', 2)), headers: {} },
    good
  )
  await consumer.start()
  await until('the good one', async () => (await counts(stack)).a === 1)
  const letters = await listDeadLetters(stack.database, { tenantId: tenant, ofUnknown: true, limit: 10 })
  t.strictSame(letters.map((letter) => letter.reason).sort(), [
    'bad_json',
    'not_an_event',
    'schema_fault',
    'unknown_type'
  ])
  t.equal(letters.find((letter) => letter.reason === 'not_an_event')?.tenantId, '', 'whose it is cannot be known')
  t.strictSame(await listDeadLetters(stack.database, { tenantId: 'other', limit: 10 }), [])
  const counted = await stack.metrics.text()
  t.match(counted, /dueline_consumer_dead_letters_total\{group="test",reason="bad_json",service="test"\} 1/)
})

t.test('a batch that cannot be looked at fails alone, and those after it are handled', async (t) => {
  const stack = await makeStack(t)
  let deliver: (batch: InBatch) => Promise<void> = async () => {}
  const member = {
    run: async (handler: typeof deliver) => {
      deliver = handler
    },
    lag: async () => new Map(),
    health: () => ({ state: 'ok', detail: '' }),
    close: async () => {}
  }
  const consumer = stack.consumer({ [type]: count }, {
    bus: { deadLetterTopic: () => undefined, consumer: async () => member } as unknown as Bus
  })
  await consumer.start()
  const batch = (key: string): InBatch => ({
    topic,
    partition: 0,
    records: [{ ...record(newEvent(key, 1)), offset: 0n }],
    alive: async () => {},
    signal: new AbortController().signal
  })
  const broken = batch('a')
  Object.defineProperty(broken.records[0], 'headers', {
    get () {
      throw new Error('no headers')
    }
  })
  const ends = await Promise.allSettled([deliver(batch('b')), deliver(broken), deliver(batch('c'))])
  t.strictSame(ends.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled'])
  await deliver(batch('d'))
  t.strictSame(await counts(stack), { b: 1, c: 1, d: 1 })
})

t.test('the culprit is found among others, after five tries, and only it is put aside', async (t) => {
  const stack = await makeStack(t)
  let tries = 0
  const order: number[] = []
  const consumer = stack.consumer({
    [type]: async (tx, events) => {
      if (events.some((event) => event.sequence === 13)) {
        tries++
        throw new TypeError('unlucky')
      }
      await count(tx, events)
      order.push(...events.map((event) => event.sequence))
    }
  })
  await publish(stack, ...Array.from({ length: 30 }, (_, i) => record(newEvent('a', i))))
  await consumer.start()
  await until('the others', async () => (await counts(stack)).a === 29)
  t.strictSame(order, Array.from({ length: 30 }, (_, i) => i).filter((n) => n !== 13))
  t.ok(tries >= 5, `${tries} tries`)
  const letters = await listDeadLetters(stack.database, { tenantId: tenant, limit: 10 })
  t.strictSame(letters.map(({ reason, detail, eventType }) => ({ reason, detail, eventType })), [{
    reason: 'handler_failed',
    detail: 'TypeError: unlucky',
    eventType: type
  }])
  t.equal(await rows(stack, 'inbox'), 29, 'it has no inbox row, so that it can be sent again')
})

t.test('a dead letter that is resent is handled now, with its id; everyone else drops it', async (t) => {
  const stack = await makeStack(t)
  let broken = true
  const other = stack.consumer({
    [type]: async (tx, events) => {
      for (const event of events) await count(tx, [{ ...event, partitionkey: 'other' }])
    }
  }, { group: 'other' })
  const consumer = stack.consumer({
    [type]: async (tx, events) => {
      if (broken) throw new Error('a bug')
      await count(tx, events)
    }
  }, { triesMax: 1 })
  await consumer.start()
  await other.start()
  const event = newEvent('a', 1)
  await publish(stack, record(event))
  await until('the dead letter', async () => await rows(stack, 'dead_letter') === 1)
  await until('the other one', async () => (await counts(stack)).other === 1)
  const [letter] = await listDeadLetters(stack.database, { tenantId: tenant, limit: 1 })
  t.equal((await resendDeadLetter({ ...stack, tenantId: 'stranger', id: letter!.id })).outcome, 'not_found')
  broken = false
  const handled = consumer.handled.next()
  const resent = await resendDeadLetter({ ...stack, tenantId: tenant, id: letter!.id })
  t.match(resent, { outcome: 'resent', letter: { resentCount: 1 } })
  t.strictSame((await handled).map(({ id }) => id), [event.id])
  await until('the other one to pass it', async () => [...(await other.lag()).values()].every((lag) => lag === 0n))
  t.strictSame(await counts(stack), { a: 1, other: 1 })
  t.strictSame(await listDeadLetters(stack.database, { tenantId: tenant, limit: 10, open: true }), [])
})

t.test('of an oversized record only the beginning is kept, and it cannot be resent', async (t) => {
  const stack = await makeStack(t)
  const consumer = stack.consumer({ [type]: count })
  // no adapter of ours lets it in: as if another program had written it
  await stack.database.pool.query(
    'insert into bus.log_record (topic, part, off, key, headers, value) values ($1, 0, 0, $2, $3, $4)',
    [topic, 'a', JSON.stringify(record(newEvent('a', 1)).headers), Buffer.alloc(recordBytesMax + 1, 'x')]
  )
  await stack.database.pool.query('update bus.log_partition set next_off = 1 where topic = $1 and part = 0', [topic])
  await consumer.start()
  await until('the dead letter', async () => await rows(stack, 'dead_letter') === 1)
  const [letter] = await listDeadLetters(stack.database, { tenantId: tenant, limit: 1 })
  t.match(letter, { reason: 'oversized', valueBytes: recordBytesMax + 1 })
  t.equal((await resendDeadLetter({ ...stack, tenantId: tenant, id: letter!.id })).outcome, 'truncated')
})

t.test('a database that takes nothing is no fault of an event: it comes again, and not at once', async (t) => {
  const stack = await makeStack(t)
  await asOwner(
    stack.database,
    `create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'no space left on device' using errcode = '53100'; end $$`
  )
  for (const table of ['inbox', 'dead_letter']) {
    await asOwner(
      stack.database,
      `create trigger disk_full before insert on ${table} for each row execute function refuse()`
    )
  }
  const consumer = stack.consumer({ [type]: count }, { triesMax: 1 })
  const failures = async (): Promise<number> =>
    Number(/consumer_failures_total\{[^}]*\} (\d+)/.exec(await stack.metrics.text())?.[1] ?? 0)
  await consumer.start()
  await publish(stack, record(newEvent('a', 1)))
  const begunMs = performance.now()
  await until('five rounds', async () => await failures() >= 10)
  t.ok(performance.now() - begunMs > 500, 'with pauses that grow')
  t.match(consumer.health(), { state: 'degraded', detail: /no space left on device/ })
  for (const table of ['inbox', 'dead_letter']) await asOwner(stack.database, `drop trigger disk_full on ${table}`)
  await until('the effect', async () => (await counts(stack)).a === 1)
  t.equal(await rows(stack, 'dead_letter'), 0)
})

t.test('a database that fails is waited for; nothing is put aside', async (t) => {
  const stack = await makeStack(t)
  // more than an event may fail by itself
  let failures = 7
  const consumer = stack.consumer({
    [type]: async (tx, events) => {
      if (failures-- > 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
      await count(tx, events)
    }
  })
  await consumer.start()
  await publish(stack, record(newEvent('a', 1)))
  await until('its report', () => /failed/.test(consumer.health().detail))
  t.match(consumer.health(), { state: 'degraded', detail: /, the last transaction failed: deadlock detected$/ })
  await until('the effect', async () => (await counts(stack)).a === 1, 40_000)
  await until('ok', () => consumer.health().state === 'ok')
  t.equal(await rows(stack, 'dead_letter'), 0)
})

t.test('a stop while a handler keeps failing puts nothing aside, and the event comes again', async (t) => {
  const stack = await makeStack(t)
  let tries = 0
  const failing = stack.consumer({
    [type]: async () => {
      tries++
      throw new Error('never')
    }
  })
  await failing.start()
  await publish(stack, record(newEvent('a', 1)))
  await until('a first try', () => tries > 0)
  await failing.stop()
  t.equal(await rows(stack, 'dead_letter'), 0)
  const consumer = stack.consumer({ [type]: count })
  await consumer.start()
  await until('the effect', async () => (await counts(stack)).a === 1)
})

t.test('a consumer that was stopped can be started again', async (t) => {
  const stack = await makeStack(t)
  const consumer = stack.consumer({ [type]: count })
  await consumer.stop()
  for (const key of ['a', 'b']) {
    await consumer.start()
    await consumer.start()
    await publish(stack, record(newEvent(key, 1)))
    await until(key, async () => (await counts(stack))[key] === 1)
    await consumer.stop()
    await consumer.stop()
  }
  t.strictSame(await counts(stack), { a: 1, b: 1 })
})

t.test('old inbox rows are forgotten, a chunk at a time', async (t) => {
  const { database } = await makeStack(t)
  await database.pool.query(
    `insert into inbox (consumer, message_id, tenant_id, received_at)
      select 'test', gen_random_uuid(), 'acme', now() - i * interval '1 second' from generate_series(1, 6000) i`
  )
  await database.pool.query(
    `insert into inbox (consumer, message_id, tenant_id, received_at)
      values ('another', gen_random_uuid(), 'acme', now() - interval '1 day')`
  )
  t.equal(await pruneInbox(database, 'test', 100), 5000)
  t.ok(await pruneInbox(database, 'test', 100) >= 900)
  const { rows: [left] } = await database.pool.query<{ n: number }>('select count(*)::int as n from inbox')
  t.ok(left!.n >= 90 && left!.n <= 102, `${left!.n} left`)
})

t.test('lag and health are reported', async (t) => {
  const stack = await makeStack(t)
  const consumer = stack.consumer({ [type]: async () => await pause(600) })
  t.equal(consumer.health().state, 'down')
  await publish(stack, record(newEvent('a', 1)))
  await consumer.start()
  await until('ok', () => consumer.health().state === 'ok')
  await until('no lag', async () => [...(await consumer.lag()).values()].every((lag) => lag === 0n))
  t.equal([...(await consumer.lag()).keys()].length, 12)
})

t.test('in a batch of several traces each event that follows keeps that of its own cause', async (t) => {
  const stack = await makeStack(t)
  const traces = [
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    undefined,
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  ]
  const consumer = stack.consumer({
    [type]: async (tx, events) =>
      await stack.outbox.add(tx, events.toReversed().map(({ partitionkey }) => newEvent(partitionkey, 2)))
  })
  const causes = traces.map((traceparent, i) =>
    record(newEvent(`key ${i}`, 1, traceparent === undefined ? {} : { traceparent }))
  )
  await publish(stack, ...causes)
  const handled = consumer.handled.next((events) => events.length === 3)
  await consumer.start()
  await handled
  const { rows } = await stack.database.pool.query<{ key: string, traceparent: string | null }>(
    "select partition_key as key, headers::json ->> 'ce_traceparent' as traceparent from outbox order by key"
  )
  t.same(rows, traces.map((traceparent, i) => ({ key: `key ${i}`, traceparent: traceparent ?? null })))
})
