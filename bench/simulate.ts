import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient, type BodyOf, type Client } from '@dueline/client'
import { systemIds } from '@dueline/runtime'
import { readSimulation } from '../services/clock/src/routes/simulation-input.ts'
import { answerOf } from '../services/clock/src/routes/simulation-view.ts'
import { forkStack, type StackProcess } from '../test/harness/stack-process.ts'
import { quantile } from './measure.ts'
import { cpuSeconds } from './process-cost.ts'
import type { Options, Result } from './scenario.ts'

const agentId = '01990000-0000-7000-8000-00000000000a'
const idleMs = 2_000

type Body = BodyOf<'simulateClocks'>

interface Cost {
  readonly cpuMs: number
  readonly othersMaxMs: number
}

/**
 * `POST /v1/clock-simulations` of all four metrics with 20 reminders each, the customer and an agent writing by turns,
 * so that each message begins a cycle that reaches every mark. Of the engine by itself, processor time, median of many
 * rounds. Of the whole embedded stack in another process: its processor time, what it costs idle taken off, and the
 * longest that another request waited meanwhile, asked every few milliseconds; the first round by itself, before the
 * engine has compiled anything.
 */
export async function run ({ quick, beside }: Options): Promise<Result> {
  const figures = {
    engine_cpu_of_500_facts_ms: engineMs(500, quick ? 10 : 50),
    ...await measure([25, 100, 500], quick ? 3 : 9)
  }
  // builds that fold everything again at each mark do not end with more facts
  const other = beside === undefined ? {} : await measure([25, 100], 2, beside)
  return {
    figures: {
      ...figures,
      ...Object.fromEntries(Object.entries(other).map(([name, value]) => [`beside_${name}`, value]))
    },
    targets: { engine_cpu_of_500_facts_ms: { atMost: 50 } }
  }
}

function engineMs (facts: number, rounds: number): number {
  const newId = (): string => systemIds.next()
  const costsMs = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage()
    const steps = answerOf(readSimulation(simulation(facts), newId), {}, newId)
    while (steps.next().done !== true);
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  })
  return quantile(costsMs, 0.5)
}

async function measure (sizes: readonly number[], rounds: number, build?: string): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-bench-'))
  const stack = await forkStack({ folder, build })
  try {
    const token = await stack.token({ tenant: 'bench', personId: agentId, roles: ['agent'] })
    // sent once: what is sent again would be measured as one
    const api = createClient({ url: stack.url, token, triesMax: 1 })
    const idleCpu = await idleShare(stack)
    const figures: Record<string, number> = {}
    for (const facts of sizes) {
      const costs: Cost[] = []
      for (let round = 0; round < rounds; round++) costs.push(await cost(stack, api, facts, idleCpu))
      if (facts === sizes[0]) figures['first_cpu_ms'] = costs[0]!.cpuMs
      figures[`cpu_of_${facts}_facts_ms`] = quantile(costs.map(({ cpuMs }) => cpuMs), 0.5)
      figures[`others_wait_of_${facts}_facts_ms`] = quantile(costs.map(({ othersMaxMs }) => othersMaxMs), 0.5)
    }
    return figures
  } finally {
    await stack.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The share of a processor that the stack takes while nobody asks it anything. */
async function idleShare (stack: StackProcess): Promise<number> {
  await pause(idleMs)
  const before = cpuSeconds([stack.pid])
  await pause(idleMs)
  return (cpuSeconds([stack.pid]) - before) * 1_000 / idleMs
}

/** Two simulations: one alone for its processor time, one beside other requests for how long those wait. */
async function cost (stack: StackProcess, api: Client, facts: number, idleCpu: number): Promise<Cost> {
  const begunMs = performance.now()
  const before = cpuSeconds([stack.pid])
  await api.post('/v1/clock-simulations', { body: simulation(facts) })
  const cpuMs = (cpuSeconds([stack.pid]) - before) * 1_000 - (performance.now() - begunMs) * idleCpu
  const answered = new AbortController()
  const simulated = api.post('/v1/clock-simulations', { body: simulation(facts) }).finally(() => {
    answered.abort()
  })
  let othersMaxMs = 0
  while (!answered.signal.aborted) {
    const askedMs = performance.now()
    await fetch(`${stack.url}/health/live`)
    othersMaxMs = Math.max(othersMaxMs, performance.now() - askedMs)
    await pause(2)
  }
  await simulated
  return { cpuMs, othersMaxMs }
}

function simulation (count: number): Body {
  const minute = (index: number): string => new Date(Date.UTC(2026, 2, 2, 8, index)).toISOString()
  const messages = Array.from({ length: count - 1 }, (_, index): Body['facts'][number] => (
    { at: minute(index + 1), kind: 'message', visibility: 'public', author: index % 2 === 0 ? 'customer' : 'agent' }
  ))
  return {
    agreement: {
      targets: { first_response: 'PT1S', next_response: 'PT1S', periodic_update: 'PT1S', resolution: 'PT1S' },
      reminders: Array.from({ length: 20 }, (_, index) => ({ after: `PT${index + 1}S` }))
    },
    facts: [{ at: minute(0), kind: 'created' }, ...messages],
    asOf: minute(count)
  }
}
