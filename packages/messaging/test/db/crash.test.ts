import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { asOwner } from '@dueline/testkit'
import { newEvent, topic } from '../support/events.ts'
import { collect, makeStack, until, type Stack } from '../support/stack.ts'

const program = fileURLToPath(new URL('../support/worker.ts', import.meta.url))

interface Worker {
  child: ChildProcess
  gone: Promise<NodeJS.Signals | null>
}

async function work (
  t: Test,
  url: string,
  { crashAt, leaseMs = 600 }: { crashAt?: string, leaseMs?: number } = {}
): Promise<Worker> {
  const env = {
    ...process.env,
    ...(crashAt === undefined ? {} : { DUELINE_CRASH_POINTS: 'enabled', DUELINE_CRASH_AT: crashAt })
  }
  const child = spawn(process.execPath, [...process.execArgv, program, url, String(leaseMs)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  const gone = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (code, signal) => resolve(signal)))
  await Promise.race([new Promise((resolve) => child.stdout!.once('data', resolve)), gone])
  return { child, gone }
}

async function prepare (t: Test): Promise<Stack> {
  const stack = await makeStack(t)
  await asOwner(
    stack.database,
    'create table applied (n bigint generated always as identity, id uuid, key text, sequence int)'
  )
  return stack
}

async function applied ({ database }: Stack): Promise<{ rows: number, events: number, disorder: number }> {
  const { rows: [row] } = await database.pool.query<{ rows: number, events: number, disorder: number }>(`
    select count(*)::int as rows, count(distinct id)::int as events,
      coalesce(sum((sequence < before)::int), 0)::int as disorder
    from (select *, lag(sequence) over (partition by key order by n) as before from applied) a`)
  return row!
}

for (
  const point of [
    'relay:before-publish',
    'relay:after-publish',
    'relay:after-delete',
    'consumer:before-handle',
    'consumer:before-commit',
    'consumer:after-commit'
  ]
) {
  t.test(`killed at ${point}: everything takes effect once`, async (t) => {
    const stack = await prepare(t)
    await stack.add(...Array.from({ length: 30 }, (_, i) => newEvent(`k${i % 3}`, Math.floor(i / 3))))
    const first = await work(t, stack.url, { crashAt: point })
    t.equal(await first.gone, 'SIGKILL', 'it died there')
    await work(t, stack.url)
    await until('all effects', async () => (await applied(stack)).events === 30)
    await pause(300)
    t.strictSame(await applied(stack), { rows: 30, events: 30, disorder: 0 })
    t.equal(await stack.waiting(), 0)
    if (point === 'relay:after-publish') {
      // counter-test: what the consumer above was spared
      const raw = await collect(t, stack.bus)
      await until('the log', () => raw.length >= 35)
      t.equal(
        raw.length - new Set(raw.map((event) => event.id)).size,
        5,
        'a reader without inbox applies five events twice'
      )
    }
  })
}

t.test('killed at random while writers write: nothing lost, nothing twice, no key out of order', async (t) => {
  const stack = await prepare(t)
  const state = { writing: true }
  let written = 0
  const writers = Array.from({ length: 4 }, async (_, w) => {
    for (let i = 0; state.writing; i++) {
      await stack.database.tx(async (tx) => {
        const key = `k${(i + w) % 5}`
        const { rows } = await tx.$client.query<{ version: number }>(
          `insert into aggregate (id, version) values ($1, 1)
            on conflict (id) do update set version = aggregate.version + 1 returning version`,
          [key]
        )
        await stack.outbox.add(tx, [newEvent(key, rows[0]!.version)])
      })
      written++
      await pause(25)
    }
  })
  for (const lifeMs of [300, 900, 600]) {
    const worker = await work(t, stack.url)
    await pause(lifeMs)
    worker.child.kill('SIGKILL')
    await worker.gone
  }
  state.writing = false
  await Promise.all(writers)
  await work(t, stack.url)
  await until('all effects', async () => (await applied(stack)).events === written, 60_000)
  t.strictSame(await applied(stack), { rows: written, events: written, disorder: 0 })
  t.ok(written > 100, `${written} events`)
})

t.test('two stacks on one database are two replicas', async (t) => {
  const stack = await prepare(t)
  const [first, second] = await Promise.all([
    work(t, stack.url, { leaseMs: 3_000 }),
    work(t, stack.url, { leaseMs: 3_000 })
  ])
  const { database } = stack
  await until('two members that share the partitions', async () => {
    const { rows } = await database.pool.query(
      'select owner from bus.group_offset where grp = $1 and topic = $2 and owner is not null group by owner',
      ['worker', topic]
    )
    return rows.length === 2
  })
  await stack.add(...Array.from({ length: 60 }, (_, i) => newEvent(`k${i % 12}`, Math.floor(i / 12))))
  await until('all effects', async () => (await applied(stack)).events === 60)
  second.child.kill('SIGKILL')
  await second.gone
  await stack.add(...Array.from({ length: 60 }, (_, i) => newEvent(`k${i % 12}`, 5 + Math.floor(i / 12))))
  const replaced = await until('all effects', async () => (await applied(stack)).events === 120)
  t.comment(`a killed replica is replaced within ${Math.round(replaced)} ms`)
  t.strictSame(await applied(stack), { rows: 120, events: 120, disorder: 0 })
  first.child.kill('SIGKILL')
})
