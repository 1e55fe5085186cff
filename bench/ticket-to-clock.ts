import type { Pool } from 'undici'
import { openBenchStack } from './bench-stack.ts'
import { benchKafka, openLoop, quantile } from './measure.ts'
import { atRest } from './process-cost.ts'
import type { BusName, Options, Result } from './scenario.ts'

const perSecond = 100
const calmPerSecond = 20

/** What one build has shown. */
interface Measured {
  /** From sending the POST until its clocks were there. */
  readonly visibleMs: number[]
  /** The same with hardly anything else to do. */
  readonly calmMs: number[]
  readonly failures: Map<string, number>
}

/**
 * The whole embedded stack in another process: 100 tickets a second for 30 s; from sending the POST until
 * `GET /v1/clocks?ticketId=…&waitFor=…` shows the clocks. Before it, 20 a second. Another build, where one is named,
 * takes its turns of 10 s in between.
 */
export async function run ({ quick, bus, beside }: Options): Promise<Result> {
  const sides: Side[] = []
  try {
    sides.push(await openSide(bus))
    if (beside !== undefined) sides.push(await openSide(bus, beside))
    for (const side of sides) await side.turn({ calm: true, seconds: quick ? 2 : 5 })
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      for (const side of sides) {
        await atRest(sides.map(({ pid }) => pid))
        await side.turn({ calm: false, seconds: quick ? 5 : 10 })
      }
    }
    return judge(bus, sides.map(({ measured }) => measured))
  } finally {
    for (const side of sides) await side.close()
  }
}

function judge (bus: BusName, [own, other]: Measured[]): Result {
  if (own === undefined) throw new Error('nothing was measured')
  const lost = lostOf(own)
  const figures = {
    visible_p50_ms: quantile(own.visibleMs, 0.5),
    visible_p99_ms: quantile(own.visibleMs, 0.99),
    visible_max_ms: Math.max(...own.visibleMs),
    visible_at_20_per_second_p50_ms: quantile(own.calmMs, 0.5),
    tickets: own.visibleMs.length + own.calmMs.length + lost,
    lost
  }
  const targets = { visible_p99_ms: { atMost: bus === 'kafka' ? 250 : 150 }, lost: { atMost: 0 } }
  if (other === undefined) return { figures, targets }
  const otherP99Ms = quantile(other.visibleMs, 0.99)
  return {
    figures: {
      ...figures,
      beside_visible_p50_ms: quantile(other.visibleMs, 0.5),
      beside_visible_p99_ms: otherP99Ms,
      beside_visible_at_20_per_second_p50_ms: quantile(other.calmMs, 0.5),
      beside_lost: lostOf(other),
      visible_p99_times_beside: figures.visible_p99_ms / otherP99Ms
    },
    targets: { ...targets, visible_p99_times_beside: { atMost: 0.9 } }
  }
}

/** Also says why, on standard error. */
function lostOf ({ failures }: Measured): number {
  for (const [message, count] of failures) process.stderr.write(`${count} × ${message}\n`)
  return [...failures.values()].reduce((sum, count) => sum + count, 0)
}

interface Side {
  readonly pid: number
  readonly measured: Measured
  turn(pace: { calm: boolean, seconds: number }): Promise<void>
  close(): Promise<void>
}

/** A stack of this build, or of the one in the folder `build`, and what is measured of it. */
async function openSide (bus: BusName, build?: string): Promise<Side> {
  const kafka = bus === 'kafka' ? await benchKafka() : undefined
  const { stack, token, pool, close } = await openBenchStack(
    ['customer', 'admin', 'manager'],
    { connections: 64, build, ...(kafka === undefined ? {} : { kafkaBrokers: kafka.brokers.split(',') }) }
  )
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const measured: Measured = { visibleMs: [], calmMs: [], failures: new Map() }
  const post = async (latenciesMs: number[], index: number): Promise<void> => {
    const begunMs = performance.now()
    try {
      await showClocks(pool, headers, index)
      latenciesMs.push(performance.now() - begunMs)
    } catch (error) {
      const message = (error as Error).message.slice(0, 120)
      measured.failures.set(message, (measured.failures.get(message) ?? 0) + 1)
    }
  }
  return {
    pid: stack.pid,
    measured,
    async turn ({ calm, seconds }) {
      const latenciesMs = calm ? measured.calmMs : measured.visibleMs
      const call = async (index: number): Promise<void> => await post(latenciesMs, index)
      await openLoop({ perSecond: calm ? calmPerSecond : perSecond, seconds, call })
    },
    async close () {
      await close()
      await kafka?.stop()
    }
  }
}

/** Creates a ticket and waits until its clocks are shown. @throws Error that says which request went wrong */
async function showClocks (pool: Pool, headers: Record<string, string>, index: number): Promise<void> {
  const body = JSON.stringify({ subject: `Ticket ${index}`, priority: 'P1' })
  const created = await pool.request({ path: '/v1/tickets', method: 'POST', headers, body })
  if (created.statusCode !== 201) throw new Error(`post answered ${created.statusCode}: ${await created.body.text()}`)
  const { id, version } = await created.body.json() as { id: string, version: number }
  const shown = await pool.request({ path: `/v1/clocks?ticketId=${id}&waitFor=${version}`, method: 'GET', headers })
  if (shown.statusCode !== 200) throw new Error(`clocks answered ${shown.statusCode}: ${await shown.body.text()}`)
  const { items } = await shown.body.json() as { items: unknown[] }
  if (items.length < 2) throw new Error(`${items.length} clocks after the wait`)
}
