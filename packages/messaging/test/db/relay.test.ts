import { setTimeout as pause } from 'node:timers/promises'
import type { Tx } from '@dueline/postgres'
import t from 'tap'
import { completeEvent, createRelay, encodeEvent, partitionOf, type Bus } from '../../src/index.ts'
import { asOwner, silentLogger } from '@dueline/testkit'
import { newEvent, topic } from '../support/events.ts'
import { check, collect, makeStack, until, type Stack } from '../support/stack.ts'

/** Locks the aggregate, then adds its next event; `before` runs between begin and lock. */
async function change (
  { database, outbox }: Stack,
  key: string,
  { before, after }: { before?: (tx: Tx) => Promise<void>, after?: (tx: Tx) => Promise<void> } = {}
): Promise<void> {
  await database.tx(async (tx) => {
    await before?.(tx)
    const { rows } = await tx.$client.query<{ version: number }>(
      `insert into aggregate (id, version) values ($1, 1)
        on conflict (id) do update set version = aggregate.version + 1 returning version`,
      [key]
    )
    await outbox.add(tx, [newEvent(key, rows[0]!.version)])
    await after?.(tx)
  })
}

/** What concurrent writers on few keys, some of them slow to commit, have written so far; they go on until stopped. */
interface Writing {
  written: number
  enough: boolean
  done: Promise<unknown>
}

function write (stack: Stack, writers = 8, keys = 12): Writing {
  const state: Writing = { written: 0, enough: false, done: Promise.resolve() }
  state.done = Promise.all(Array.from({ length: writers }, async (_, w) => {
    for (let i = 0; !state.enough; i++) {
      await change(
        stack,
        `key-${(i * 7 + w) % keys}`,
        i % 5 === w % 5
          ? {
            after: async () => {
              await pause(i % 13)
            }
          }
          : {}
      )
      state.written++
    }
  }))
  return state
}

t.test('many writers, relays that stop, start and take over: nothing lost, no key out of order', async (t) => {
  const stack = await makeStack(t)
  const seen = await collect(t, stack.bus)
  const [first, second] = [stack.relay({ batchMax: 7 }), stack.relay({ batchMax: 7 })]
  await first.start()
  await second.start()
  const writing = write(stack)
  t.teardown(() => {
    writing.enough = true
  })
  for (let i = 0; i < 8; i++) {
    const before = writing.written
    await until('some events', () => writing.written > before + 50)
    const relay = i % 2 === 0 ? first : second
    await relay.stop()
    await until('some more without it', () => writing.written > before + 70)
    await relay.start()
  }
  writing.enough = true
  await writing.done
  const { written } = writing
  await until('an empty outbox', async () => await stack.waiting() === 0)
  await until('the reader', () => check(seen).events === written)
  t.comment(`${written} events`)
  t.strictSame(check(seen), { events: written, lost: 0, reordered: 0 })
})

t.test('whoever comes behind a key with thousands of events does not wait for them', async (t) => {
  const stack = await makeStack(t)
  const published: string[][] = []
  const relay = stack.relay({ bus: noting(stack.bus, published), batchMax: 100 })
  const long = Array.from({ length: 2_000 }, (_, i) => newEvent('long', i + 1))
  await stack.database.tx(async (tx) => await stack.outbox.add(tx, long))
  await stack.add(newEvent('other', 1), newEvent('another', 1), newEvent('other', 2))
  await relay.start()
  await until('an empty outbox', async () => await stack.waiting() === 0)
  const batchOf = (event: string): number => published.findIndex((batch) => batch.includes(event))
  t.same(['other 1', 'another 1', 'other 2'].map(batchOf), [1, 1, 1], 'in the first batch that knows of the long key')
  const order = published.flat().filter((event) => event.startsWith('long'))
  t.strictSame(order, long.map(({ sequence }) => `long ${sequence}`), 'which keeps its order')
  t.equal(published.flat().length, 2_003, 'each once')
})

t.test('many long keys take turns with the others, and all come to their end', async (t) => {
  const stack = await makeStack(t)
  const published: string[][] = []
  const relay = stack.relay({ bus: noting(stack.bus, published), batchMax: 20 })
  const events = ['a', 'b', 'c', 'd', 'e'].flatMap((key) => Array.from({ length: 90 }, (_, i) => newEvent(key, i + 1)))
  await stack.database.tx(async (tx) => await stack.outbox.add(tx, events))
  await stack.add(newEvent('other', 1))
  await relay.start()
  await until('an empty outbox', async () => await stack.waiting() === 0)
  const all = published.flat()
  t.equal(all.length, 451)
  t.ok(all.indexOf('other 1') < all.indexOf('b 90'), 'it has not waited for the second')
  for (const key of 'abcde') {
    const order = all.filter((event) => event.startsWith(key)).map((event) => Number(event.slice(2)))
    t.strictSame(order, Array.from({ length: 90 }, (_, i) => i + 1), `${key} keeps its order`)
  }
})

t.test('counter-test: two relays without a lease break the order of keys', async (t) => {
  const stack = await makeStack(t)
  const seen = await collect(t, stack.bus)
  const state = { stop: false }
  const relays = [0, 1].map(async (delay) => {
    while (!state.stop) await unleased(stack, 3, delay * 20)
  })
  const writing = write(stack, 8, 3)
  t.teardown(() => {
    writing.enough = state.stop = true
  })
  await until('one that overtakes', () => check(seen).reordered > 0)
  writing.enough = state.stop = true
  await writing.done
  await Promise.all(relays)
  t.comment(`${check(seen).reordered} of ${seen.length} events overtook an older one of their key`)
})

/** What people write first: skip what another relay has locked. */
async function unleased ({ database, bus }: Stack, limit: number, delayMs: number): Promise<void> {
  await database.tx(async (tx) => {
    const { rows } = await tx.$client.query<{ seq: string, partition_key: string, headers: string, payload: string }>(
      'select * from outbox order by seq limit $1 for update skip locked',
      [limit]
    )
    if (rows.length === 0) return await pause(5)
    await pause(delayMs)
    await send(bus, rows)
    await tx.$client.query('delete from outbox where seq = any($1::bigint[])', [rows.map((row) => row.seq)])
  })
}

async function send (
  bus: Bus,
  rows: ReadonlyArray<{ partition_key: string, headers: string, payload: string }>
): Promise<void> {
  const producer = await bus.producer()
  await producer.publish(
    rows.map((row) => ({
      topic,
      key: row.partition_key,
      partition: partitionOf(row.partition_key, 12),
      headers: JSON.parse(row.headers) as Record<string, string>,
      value: Buffer.from(row.payload)
    })),
    { signal: AbortSignal.timeout(60_000) }
  )
  await producer.close()
}

t.test('counter-test: a reader with a cursor on seq loses what commits late; the relay does not', async (t) => {
  const stack = await makeStack(t)
  const cursor = { last: 0, found: [] as string[] }
  const readOn = async (): Promise<void> => {
    const { rows } = await stack.database.pool.query<{ seq: string, partition_key: string }>(
      'select seq, partition_key from outbox where seq > $1 order by seq',
      [cursor.last]
    )
    cursor.found.push(...rows.map((row) => row.partition_key))
    cursor.last = Number(rows.at(-1)?.seq ?? cursor.last)
  }
  let commit = (): void => {}
  const slow = change(stack, 'slow', {
    after: async () =>
      await new Promise((resolve) => {
        commit = resolve
      })
  })
  await until('the slow one to have its number', async () => commit.length === 1)
  await change(stack, 'fast')
  await readOn()
  commit()
  await slow
  await readOn()
  t.strictSame(cursor.found, ['fast'], 'the cursor never sees the slow one')
  const seen = await collect(t, stack.bus)
  await stack.relay().start()
  await until('both', () => seen.length === 2)
  t.strictSame(seen.map((event) => event.partitionkey).sort(), ['fast', 'slow'])
})

t.test('counter-test: order by transaction id puts a change before the one it followed; by seq does not', async (t) => {
  const stack = await makeStack(t)
  await asOwner(stack.database, 'alter table outbox add column xid xid8 not null default pg_current_xact_id()')
  let go = (): void => {}
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  let hasXid = false
  // gets its transaction id first, as one that begins with an inbox row does, and its turn at the row second
  const late = change(stack, 'k', {
    before: async (tx) => {
      await tx.$client.query("insert into aggregate (id) values ('something else')")
      hasXid = true
      await gate
    }
  })
  await until('an early transaction id', () => hasXid)
  await change(stack, 'k')
  go()
  await late
  const order = async (by: string): Promise<string[]> =>
    (await stack.database.pool.query<{ sequence: string }>(
      `select (headers::json->>'ce_sequence')::int::text as sequence from outbox order by ${by}`
    )).rows.map((row) => row.sequence)
  t.strictSame(await order('xid, seq'), ['2', '1'], 'the cursor of others')
  t.strictSame(await order('seq'), ['1', '2'], 'ours')
})

t.test('a transaction that commits long after younger ones still comes before the next one of its key', async (t) => {
  const stack = await makeStack(t)
  const seen = await collect(t, stack.bus)
  const relay = stack.relay()
  await relay.start()
  let commit = (): void => {}
  const gate = new Promise<void>((resolve) => {
    commit = resolve
  })
  let open = false
  const straggler = change(stack, 'straggler', {
    after: async () => {
      open = true
      await gate
    }
  })
  await until('the straggler', () => open)
  // long enough for the relay to look at the numbering several times
  for (const end = performance.now() + 5_000; performance.now() < end;) await change(stack, 'other')
  commit()
  await straggler
  await change(stack, 'straggler')
  await until(
    'all',
    async () => await stack.waiting() === 0 && seen.filter((event) => event.partitionkey === 'straggler').length === 2
  )
  t.strictSame(seen.filter((event) => event.partitionkey === 'straggler').map((event) => event.sequence), [1, 2])
})

t.test('so it does where a key with thousands of events is read apart meanwhile', async (t) => {
  const stack = await makeStack(t)
  const published: string[][] = []
  const relay = stack.relay({ bus: noting(stack.bus, published), batchMax: 20 })
  const long = Array.from({ length: 8_000 }, (_, i) => newEvent('long', i + 1))
  await stack.database.tx(async (tx) => await stack.outbox.add(tx, long))
  let commit = (): void => {}
  const gate = new Promise<void>((resolve) => {
    commit = resolve
  })
  let open = false
  const straggler = change(stack, 'straggler', {
    after: async () => {
      open = true
      await gate
    }
  })
  await until('the straggler', () => open)
  await stack.add(newEvent('other', 1))
  await relay.start()
  // more than a second of work: the relay looks at the numbering again and again
  await until('most of the long key', () => published.length > 300)
  commit()
  await straggler
  await change(stack, 'straggler')
  await until('an empty outbox', async () => await stack.waiting() === 0)
  const all = published.flat()
  t.equal(all.length, 8_003, 'each once')
  t.same(all.filter((event) => event.startsWith('straggler')), ['straggler 1', 'straggler 2'])
  t.ok(all.indexOf('straggler 2') < all.indexOf('long 8000'), 'and neither has waited for the long key')
})

t.test('one relay works, another takes over when it stops, or falls silent', async (t) => {
  const stack = await makeStack(t)
  // Nobody lives to see a lease run out that is not released.
  const [first, second] = [stack.relay({ leaseMs: 3_600_000 }), stack.relay({ leaseMs: 3_600_000 })]
  await first.start()
  await stack.add(newEvent('a', 1))
  await until('the first relay', async () => await stack.waiting() === 0)
  await second.start()
  const holder = async (): Promise<string | null> =>
    (await stack.database.pool.query<{ owner: string | null }>('select owner from relay_lease')).rows[0]!.owner
  const before = await holder()
  await pause(1_500)
  t.equal(await holder(), before, 'the lease stays where it is')
  await first.stop()
  await stack.add(newEvent('a', 2))
  const handover = await until('the second relay', async () => await stack.waiting() === 0)
  t.comment(`a clean stop hands over in ${Math.round(handover)} ms`)
  t.not(await holder(), before)
  await second.stop()
  await stack.database.pool.query(
    "update relay_lease set owner = '019b0000-0000-7000-8000-00000000dead', expires_at = now() + interval '3 seconds'"
  )
  await first.start()
  await stack.add(newEvent('a', 3))
  const replaced = await until('the silent one to be replaced', async () => await stack.waiting() === 0)
  t.comment(`a silent relay is replaced in ${Math.round(replaced)} ms`)
})

t.test('when the bus refuses or is away, the relay makes a new producer and loses nothing', async (t) => {
  const stack = await makeStack(t)
  const seen = await collect(t, stack.bus)
  let producers = 0
  let failures = 3
  const flaky: Bus = {
    ...bound(stack.bus),
    async producer () {
      producers++
      const producer = await stack.bus.producer()
      return {
        async publish (batch, options) {
          // stored, but the answer is lost: the worst case
          await producer.publish(batch, options)
          if (failures-- > 0) throw new Error('answer lost')
        },
        close: async () => await producer.close()
      }
    }
  }
  const relay = createRelay({
    database: stack.database,
    bus: flaky,
    topic,
    logger: silentLogger,
    metrics: stack.metrics
  })
  t.teardown(async () => await relay.stop())
  await relay.start()
  await stack.add(...[1, 2, 3].map((n) => newEvent('a', n)))
  await until('an empty outbox', async () => await stack.waiting() === 0)
  await until('three events', () => check(seen).events === 3)
  t.strictSame(check(seen), { events: 3, lost: 0, reordered: 0 })
  t.ok(producers >= 4, `${producers} producers`)
})

/** Notes what is published, batch by batch, as `KEY SEQUENCE`. */
function noting (bus: Bus, published: string[][]): Bus {
  return {
    ...bound(bus),
    async producer () {
      const producer = await bus.producer()
      return {
        async publish (batch, options) {
          await producer.publish(batch, options)
          published.push(batch.map(({ key, headers }) => `${key} ${Number(headers.ce_sequence)}`))
        },
        close: async () => await producer.close()
      }
    }
  }
}

function bound (bus: Bus): Bus {
  return {
    producer: async () => await bus.producer(),
    consumer: async (options) => await bus.consumer(options),
    ensureTopics: async (topics) => await bus.ensureTopics(topics),
    partitionCount: async (topic) => await bus.partitionCount(topic),
    assertGroup: async (group) => await bus.assertGroup(group),
    deadLetterTopic: (group) => bus.deadLetterTopic(group),
    close: async () => {}
  }
}

/** An idle relay does not look by itself within a test: only what wakes it makes it publish. */
const looksNever = { pollMs: 3_600_000, pollMsMax: 3_600_000 }

t.test('a commit wakes an idle relay of the same process', async (t) => {
  const stack = await makeStack(t)
  const relay = stack.relay(looksNever)
  await relay.start()
  await stack.add(newEvent('a', 0))
  await until('a first round', async () => await stack.waiting() === 0)
  await pause(500)
  const published = relay.published.next()
  await stack.add(newEvent('a', 1))
  t.equal(await published, 1, 'one event')
})

t.test('a commit of another process reaches the idle relay that holds the lease', async (t) => {
  const stack = await makeStack(t)
  const [holder, standby] = [stack.relay(looksNever), stack.relay(looksNever)]
  await holder.start()
  await stack.add(newEvent('a', 0))
  await until('a first round', async () => await stack.waiting() === 0)
  await standby.start()
  await pause(500)
  const published = holder.published.next()
  const event = completeEvent(newEvent('a', 1))
  const { key, headers, value } = encodeEvent(event)
  // past the outbox, so that nobody in this process is notified; then the way a hint reaches the relay of its own
  // process
  await stack.database.pool.query(
    'insert into outbox (tenant_id, id, type, partition_key, headers, payload) values ($1, $2, $3, $4, $5, $6)',
    [event.tenantid, event.id, event.type, key, JSON.stringify(headers), value]
  )
  standby.wake()
  t.equal(await published, 1, 'one event')
})

t.test('metrics report depth and count', async (t) => {
  const stack = await makeStack(t)
  const relay = stack.relay()
  await stack.add(newEvent('a', 1), newEvent('a', 2))
  await relay.start()
  await until('an empty outbox', async () => await stack.waiting() === 0)
  await until(
    'the count',
    async () =>
      (await stack.metrics.text()).includes(`dueline_relay_published_total{topic="${topic}",service="test"} 2`)
  )
  const text = await stack.metrics.text()
  t.match(text, /dueline_outbox_waiting_events\{service="test"\} \d/)
  t.match(text, /dueline_outbox_oldest_age_seconds\{service="test"\} \d/)
})
