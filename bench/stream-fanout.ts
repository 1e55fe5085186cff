import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ChildProcess } from 'node:child_process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setTimeout as pause } from 'node:timers/promises'
import type { DuelineEvent, Role } from '@dueline/contracts'
import { systemIds } from '@dueline/runtime'
import { event, ticket } from '../services/notification/test/events.ts'
import { frameOf } from '../services/notification/src/delivery/event-stream.ts'
import { openLoop, quantile } from './measure.ts'
import { answerOf, withNotification, type Notification } from './notification-service.ts'
import type { Result } from './scenario.ts'

const tenant = 'acme'
const perSecond = 5
/** Tickets, each with a customer and an agent of its own. */
const groups = 10

interface Plan {
  readonly streams: number
  readonly rounds: number
  readonly seconds: number
}
/** Where events go, what opens streams of it, and to which part of them each event goes. */
interface Side {
  /** Nothing is committed: what counts begins when an event is handed over. */
  readonly isBare?: true
  readonly openings: ReadonlyArray<{ address: string, headers: object }>
  readonly share: number
  send(event: DuelineEvent): Promise<void>
}

/**
 * 1,000 open streams of one process: from an event's commit until each reader has it. `all`: agents without a
 * filter, so that every event goes to every stream; `scoped`: each stream is of one ticket, one agent or one customer,
 * and an event goes to a tenth of them. The bound is a Node server with nothing around it that writes the same frame
 * to the same readers (no database, no token, no choice), in turns with ours. Memory is the heap and what hangs on it,
 * after a collection, per open stream.
 */
export async function run ({ quick }: { quick: boolean }): Promise<Result> {
  const plan = quick ? { streams: 1_000, rounds: 1, seconds: 3 } : { streams: 1_000, rounds: 3, seconds: 8 }
  return await withNotification(
    { peer: 'stream-readers', env: () => ({}) },
    async (notification, readers) => await measure(notification, readers, plan)
  )
}

async function measure (notification: Notification, readers: ChildProcess, plan: Plan): Promise<Result> {
  const url = await notification.http.listen({ port: 0, host: '127.0.0.1' })
  const bare = await startBare()
  const all = await openingsFor(notification, url, plan.streams, () => ({ roles: ['agent'], query: '' }))
  const scoped = await openingsFor(notification, url, plan.streams, scopeOf)
  const sides: Record<'bare' | 'all' | 'scoped', Side> = {
    bare: { isBare: true, send: bare.send, share: 1, openings: all.map((each) => ({ ...each, address: bare.url })) },
    all: { send: notification.deliver, share: 1, openings: all },
    scoped: { send: notification.deliver, share: 1 / groups, openings: scoped }
  }
  const found = { bare: [] as number[], all: [] as number[], scoped: [] as number[] }
  const bytes = { bare: 0, all: 0, scoped: 0 }
  let lost = 0
  try {
    // what a process in service has long done: compiling, preparing statements, connecting
    await phase(sides.all, readers, { ...plan, seconds: 1 })
    for (let round = 0; round < plan.rounds; round++) {
      for (const name of ['bare', 'all', 'scoped'] as const) {
        const { waits, perStream, missing } = await phase(sides[name], readers, plan)
        found[name].push(...waits)
        bytes[name] = perStream
        lost += missing
      }
    }
  } finally {
    await bare.close()
  }
  const p99 = (name: keyof typeof found): number => quantile(found[name], 0.99)
  return {
    figures: {
      streams: plan.streams,
      all_arrivals: found.all.length,
      scoped_arrivals: found.scoped.length,
      bare_p50_ms: quantile(found.bare, 0.5),
      all_p50_ms: quantile(found.all, 0.5),
      scoped_p50_ms: quantile(found.scoped, 0.5),
      bare_p99_ms: p99('bare'),
      all_p99_ms: p99('all'),
      scoped_p99_ms: p99('scoped'),
      all_p99_ratio: p99('all') / p99('bare'),
      bare_kb_per_stream: bytes.bare / 1_000,
      all_kb_per_stream: bytes.all / 1_000,
      scoped_kb_per_stream: bytes.scoped / 1_000,
      lost
    },
    targets: {
      all_p99_ratio: { atMost: 1.5 },
      scoped_p99_ms: { atMost: 100 },
      all_kb_per_stream: { atMost: 25 },
      scoped_kb_per_stream: { atMost: 25 },
      lost: { atMost: 0 }
    }
  }
}

/** Opens the streams, sends events, closes. @returns how long after its commit each event arrived at each reader */
async function phase (side: Side, readers: ChildProcess, { streams, seconds }: Plan) {
  const before = heldBytes()
  await answerOf(readers, JSON.stringify(side.openings))
  const perStream = (heldBytes() - before) / streams
  const expected = perSecond * seconds * streams * side.share
  const committedMs: number[] = []
  await openLoop({
    perSecond,
    seconds,
    call: async (index) => {
      const beganMs = nowMs()
      await side.send(eventAt(index))
      committedMs[index] = side.isBare === true ? beganMs : nowMs()
    }
  })
  for (let tries = 0; tries < 200 && await answerOf<number>(readers, 'count') < expected; tries++) await pause(50)
  const arrivals = await answerOf<Array<[sequence: number, atMs: number]>>(readers, 'arrivals')
  const waits = arrivals.map(([sequence, atMs]) => Math.max(0, atMs - committedMs[sequence]!))
  await answerOf(readers, 'close')
  return { waits, perStream, missing: expected - waits.length }
}

const id = (kind: string, group: number): string => `01900000-0000-7000-8000-00000000${kind}${group}0`
const ofGroup = (group: number) => ({
  id: id('f0', group),
  customerId: id('c0', group),
  assigneeId: id('a0', group)
})

/** An event of the ticket of a group. */
function eventAt (index: number): DuelineEvent {
  const data = { ticket: { ...ticket, ...ofGroup(index % groups), version: index + 1 } }
  const envelope = { id: systemIds.next(), tenantid: tenant, sequence: index }
  return event('dueline.ticket.created.v1', data, envelope)
}

/** Of a group's streams a fifth are its customer's, two fifths its ticket's, two fifths its agent's. */
function scopeOf (index: number): { roles: Role[], person?: string, query: string } {
  const { id: ticketId, customerId, assigneeId } = ofGroup(index % groups)
  const part = Math.floor(index / groups) % 5
  if (part === 0) return { roles: ['customer'], person: customerId, query: '' }
  return { roles: ['agent'], query: part < 3 ? `?ticketId=${ticketId}` : `?assigneeId=${assigneeId}` }
}

async function openingsFor (
  { issuer }: Notification,
  url: string,
  count: number,
  scope: (index: number) => ReturnType<typeof scopeOf>
) {
  return await Promise.all(Array.from({ length: count }, async (_, index) => {
    const { roles, person = systemIds.next(), query } = scope(index)
    return {
      address: `${url}/v1/events/stream${query}`,
      headers: await issuer.bearer({ tenant, sub: person, roles })
    }
  }))
}

/** A server that writes every event to every open answer. */
async function startBare () {
  const open = new Set<ServerResponse>()
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    open.add(response)
    response.once('close', () => open.delete(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  let position = 0
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    send: async (each: DuelineEvent) => {
      const frame = Buffer.from(frameOf(++position, each.type, JSON.stringify(each)))
      for (const response of open) response.write(frame)
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  }
}

const nowMs = (): number => performance.timeOrigin + performance.now()

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What the process holds after a collection: heap, and buffers outside of it. */
function heldBytes (): number {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
