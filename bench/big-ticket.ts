import { setTimeout as pause } from 'node:timers/promises'
import { parseDuration } from '@dueline/business-time'
import type { Role } from '@dueline/contracts'
import { createClient, type Client, type ItemOf } from '@dueline/client'
import { openBenchStack } from './bench-stack.ts'
import { openLoop, quantile } from './measure.ts'
import { cpuSeconds } from './process-cost.ts'
import type { Options, Result } from './scenario.ts'

const minuteMs = 60_000
/** A build that needs longer is not waited for. */
const patienceMs = 300_000
const othersPerSecond = 10
/** The deadline of the others: they open before the import as well, so that some fall due all the while. */
const othersDueSeconds = 4
const roles: Role[] = ['customer', 'admin', 'manager', 'sales', 'integrator']

interface Measured {
  readonly clocksSeconds: number
  readonly cpuSeconds: number
  readonly clocks: number
  /** How late the breaches of others were. */
  readonly latenessMs: number[]
  /** From opening another ticket until its clocks were there. */
  readonly openedMs: number[]
}

/**
 * The whole embedded stack in another process: one ticket of 10,000 messages is imported under an agreement of all four
 * metrics; from sending the import until its clocks count its last message. Meanwhile ten new tickets a second, each of
 * which misses its deadline after four seconds: how late their breaches are said, and how long their clocks take to
 * appear.
 */
export async function run ({ quick, beside }: Options): Promise<Result> {
  const messages = quick ? 2_000 : 10_000
  const own = await measure(messages)
  const figures: Record<string, number> = {
    import_to_clocks_seconds: own.clocksSeconds,
    stack_cpu_seconds: own.cpuSeconds,
    clocks_of_the_ticket: own.clocks,
    others_breach_late_p50_ms: quantile(own.latenessMs, 0.5),
    others_breach_late_max_ms: Math.max(...own.latenessMs),
    others_opened_p50_ms: quantile(own.openedMs, 0.5),
    others_opened_max_ms: Math.max(...own.openedMs)
  }
  const targets: Result['targets'] = {
    import_to_clocks_seconds: { atMost: 5 },
    others_breach_late_max_ms: { atMost: 500 }
  }
  if (beside === undefined) return { figures, targets }
  const other = await measure(messages, beside)
  return {
    figures: {
      ...figures,
      beside_import_to_clocks_seconds: other.clocksSeconds,
      beside_stack_cpu_seconds: other.cpuSeconds,
      beside_others_breach_late_max_ms: Math.max(...other.latenessMs),
      beside_others_opened_max_ms: Math.max(...other.openedMs),
      times_faster_than_beside: other.clocksSeconds / own.clocksSeconds
    },
    targets: { ...targets, times_faster_than_beside: { atLeast: 7 } }
  }
}

async function measure (messages: number, build?: string): Promise<Measured> {
  const { stack, token, close } = await openBenchStack(roles, { build })
  try {
    // sent once: what is sent again would be measured as one
    const api = createClient({ url: stack.url, token, triesMax: 1 })
    await prepare(api)
    const others = openOthers(api)
    await pause(othersDueSeconds * 1_000)
    others.openedMs.length = 0
    const cpuBefore = cpuSeconds([stack.pid])
    const begunMs = performance.now()
    const ticketId = await importTicket(api, messages)
    const clocksSeconds = (performance.now() - begunMs) / 1_000
    const cpu = cpuSeconds([stack.pid]) - cpuBefore
    await others.stop()
    // those opened last fall due, and the feed comes to the end
    await pause((othersDueSeconds + 3) * 1_000)
    return {
      clocksSeconds,
      cpuSeconds: cpu,
      clocks: await countClocks(api, ticketId),
      latenessMs: await latenesses(api),
      openedMs: others.openedMs
    }
  } finally {
    await close()
  }
}

async function prepare (api: Client): Promise<void> {
  const row = { kind: 'sla' as const, reminders: [{ percent: 75 }, { percent: 90, urgent: true }] }
  const targets = { first_response: 'PT1H', next_response: 'PT2H', periodic_update: 'PT4H', resolution: 'PT24H' }
  await api.post('/v1/sla-rows', { body: { ...row, name: 'All metrics', priority: 'P1', targets } })
  const short = { resolution: `PT${othersDueSeconds}S` }
  const others = { ...row, name: 'Others', priority: 'P3' as const, targets: short, reminders: [] }
  await api.post('/v1/sla-rows', { body: others })
  await api.post('/v1/policy-versions', { body: { effect: 'new_tickets' } })
}

/** Imports one ticket, and waits until its clocks count its last fact. @returns its id @throws after `patienceMs` */
async function importTicket (api: Client, messages: number): Promise<string> {
  const signal = AbortSignal.timeout(patienceMs)
  const { importId } = (await api.post('/v1/ticket-imports', { body: lineOf(messages) })).data
  let ticket: ItemOf<'listTicketImportLines'> | undefined
  while (ticket === undefined || ticket.ticketId === null || ticket.ticketVersion === null) {
    await pause(20, undefined, { signal })
    ticket = (await api.get('/v1/ticket-imports/{importId}/lines', { path: { importId } })).data.items[0]
  }
  const { ticketId, ticketVersion } = ticket
  for (let version = 0; version < ticketVersion;) {
    signal.throwIfAborted()
    const query = { ticketId, waitFor: ticketVersion, limit: 1 }
    version = (await api.get('/v1/clocks', { query })).data.items[0]?.ticketVersion ?? 0
  }
  return ticketId
}

/** A message a minute, by turns of the customer and an agent: each pair is a cycle of two metrics. */
function lineOf (count: number): string {
  const createdMs = Date.now() - (count + 10) * minuteMs
  const at = (index: number): string => new Date(createdMs + index * minuteMs).toISOString()
  const facts = Array.from({ length: count }, (_, index) => (
    {
      at: at(index + 1),
      kind: 'message',
      messageKind: 'public',
      body: 'Message',
      by: index % 2 === 0 ? 'customer' : 'agent'
    }
  ))
  const customer = { externalId: 'customer', name: 'Customer' }
  return JSON.stringify({
    externalId: 'big',
    subject: 'A long history',
    priority: 'P1',
    customer,
    createdAt: at(0),
    facts
  })
}

/** Opens tickets, whether those before have their clocks or not. */
function openOthers (api: Client): { openedMs: number[], stop(): Promise<void> } {
  const openedMs: number[] = []
  const stopping = new AbortController()
  const call = async (): Promise<void> => {
    const begunMs = performance.now()
    const { data } = await api.post('/v1/tickets', { body: { subject: 'Another one', priority: 'P3' } })
    const query = { ticketId: data.id, waitFor: data.version }
    for (let count = 0; count < 1;) count = (await api.get('/v1/clocks', { query })).data.items.length
    openedMs.push(performance.now() - begunMs)
  }
  const running = (async () => {
    while (!stopping.signal.aborted) await openLoop({ perSecond: othersPerSecond, seconds: 1, call })
  })()
  return {
    openedMs,
    async stop () {
      stopping.abort()
      await running
    }
  }
}

/** How late the breaches in the feed were, the big ticket's history left out, in milliseconds. */
async function latenesses (api: Client): Promise<number[]> {
  const late: number[] = []
  for await (const { event } of api.feed({ types: ['dueline.clock.breached.v1'] })) {
    if (!event.historical) late.push(parseDuration(event.data.lateness) / 1_000)
  }
  return late
}

async function countClocks (api: Client, ticketId: string): Promise<number> {
  return (await Array.fromAsync(api.paginate('/v1/clocks', { query: { ticketId, limit: 200 } }))).length
}
