import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseDuration } from '@dueline/business-time'
import type { Role } from '@dueline/contracts'
import { createApi, type Api } from '@dueline/demo'
import { forkStack, type StackProcess } from '../test/harness/stack-process.ts'
import { openLoop, quantile } from './measure.ts'
import { cpuSeconds } from './process-cost.ts'
import type { Options, Result } from './scenario.ts'

const customerId = '01990000-0000-7000-8000-00000000000c'
const minuteMs = 60_000
/** A build that needs longer is not waited for. */
const patienceMs = 300_000
const othersPerSecond = 10
/** The deadline of the others: they open before the import as well, so that some fall due all the while. */
const othersDueSeconds = 4

interface BreachPage {
  readonly items: readonly { readonly historical: boolean, readonly data: { readonly lateness: string } }[]
  readonly nextCursor: string
}

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
 * The whole embedded stack in another process: one ticket of 10,000 messages is imported under a promise of all four
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
  const folder = await mkdtemp(join(tmpdir(), 'dueline-bench-'))
  const stack = await forkStack({ folder, build })
  try {
    const api = await prepare(stack)
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
    await stack.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function prepare (stack: StackProcess): Promise<Api> {
  const roles: Role[] = ['customer', 'admin', 'manager', 'sales', 'integrator']
  const api = createApi(stack.url, await stack.token({ tenant: 'bench', personId: customerId, roles }))
  const named = { name: 'Bench', screenName: 'Bench' }
  await api.post('/v1/people', { id: customerId, role: 'customer', ...named, email: null, language: 'en' })
  const row = { kind: 'sla', reminders: [{ percent: 75 }, { percent: 90, urgent: true }] }
  const targets = { first_response: 'PT1H', next_response: 'PT2H', periodic_update: 'PT4H', resolution: 'PT24H' }
  await api.post('/v1/sla-rows', { ...row, name: 'All metrics', priority: 'P1', targets })
  const short = { resolution: `PT${othersDueSeconds}S` }
  await api.post('/v1/sla-rows', { ...row, name: 'Others', priority: 'P3', targets: short, reminders: [] })
  await api.post('/v1/policy-versions', { effect: 'new_tickets' })
  return api
}

/** Imports one ticket, and waits until its clocks count its last fact. @returns its id @throws after `patienceMs` */
async function importTicket (api: Api, messages: number): Promise<string> {
  const patience = AbortSignal.timeout(patienceMs)
  const headers = { 'content-type': 'application/x-ndjson' }
  const response = await api.fetch('/v1/ticket-imports', { method: 'POST', headers, body: lineOf(messages) })
  const { importId } = await response.json() as { importId: string }
  let ticket: { ticketId: string | null, ticketVersion: number } | undefined
  while (ticket === undefined || ticket.ticketId === null) {
    await pause(20, undefined, { signal: patience })
    ticket = (await api.get<{ items: NonNullable<typeof ticket>[] }>(`/v1/ticket-imports/${importId}/lines`)).items[0]
  }
  const { ticketId, ticketVersion } = ticket
  for (let version = 0; version < ticketVersion;) {
    patience.throwIfAborted()
    const path = `/v1/clocks?ticketId=${ticketId}&waitFor=${ticketVersion}&limit=1`
    version = (await api.get<{ items: { ticketVersion: number }[] }>(path)).items[0]?.ticketVersion ?? 0
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
function openOthers (api: Api): { openedMs: number[], stop(): Promise<void> } {
  const openedMs: number[] = []
  const stopping = new AbortController()
  const call = async (): Promise<void> => {
    const begunMs = performance.now()
    const other = { subject: 'Another one', priority: 'P3' }
    const { id, version } = await api.post<{ id: string, version: number }>('/v1/tickets', other)
    const path = `/v1/clocks?ticketId=${id}&waitFor=${version}`
    for (let count = 0; count < 1;) count = (await api.get<{ items: unknown[] }>(path)).items.length
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
async function latenesses (api: Api): Promise<number[]> {
  const late: number[] = []
  for (let after = '', more = true; more;) {
    const path = `/v1/events?types=dueline.clock.breached.v1&limit=200${after === '' ? '' : `&after=${after}`}`
    const page = await api.get<BreachPage>(path)
    for (const { historical, data } of page.items) if (!historical) late.push(parseDuration(data.lateness) / 1_000)
    more = page.items.length > 0
    after = page.nextCursor
  }
  return late
}

async function countClocks (api: Api, ticketId: string): Promise<number> {
  let count = 0
  for (let cursor: string | null = ''; cursor !== null;) {
    const path = `/v1/clocks?ticketId=${ticketId}&limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`
    const page: { items: unknown[], nextCursor: string | null } = await api.get(path)
    count += page.items.length
    cursor = page.nextCursor
  }
  return count
}
