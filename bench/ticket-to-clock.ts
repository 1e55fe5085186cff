import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import { openBenchStack } from './bench-stack.ts'
import { benchKafka, openLoop, quantile } from './measure.ts'
import type { BusName, Result } from './scenario.ts'

const perSecond = 100

/**
 * The whole embedded stack in another process: 100 tickets a second for 30 s; from sending the POST until
 * `GET /v1/clocks?ticketId=…&waitFor=…` shows the clocks. Beside it, the same two requests alone, one at a time.
 */
export async function run ({ quick, bus }: { quick: boolean, bus: BusName }): Promise<Result> {
  const kafka = bus === 'kafka' ? await benchKafka() : undefined
  const { stack, token, close } = await openBenchStack(
    ['customer', 'admin', 'manager'],
    kafka === undefined ? {} : { kafkaBrokers: kafka.brokers.split(',') }
  )
  const pool = new Pool(stack.url, { connections: 64 })
  try {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const latencies: number[] = []
    const failures = new Map<string, number>()

    const post = async (index: number): Promise<void> => {
      const begunMs = performance.now()
      try {
        await showClocks(pool, headers, index)
        latencies.push(performance.now() - begunMs)
      } catch (error) {
        const message = (error as Error).message.slice(0, 120)
        failures.set(message, (failures.get(message) ?? 0) + 1)
      }
    }

    await openLoop({ perSecond: 20, seconds: quick ? 2 : 5, call: post })
    await pause(500)
    const aloneMs: number[] = latencies.splice(0)
    await openLoop({ perSecond, seconds: quick ? 5 : 30, call: post })
    for (const [message, count] of failures) process.stderr.write(`${count} × ${message}\n`)
    const lost = [...failures.values()].reduce((sum, count) => sum + count, 0)
    return {
      figures: {
        visible_p50_ms: quantile(latencies, 0.5),
        visible_p99_ms: quantile(latencies, 0.99),
        visible_max_ms: Math.max(...latencies),
        visible_at_20_per_second_p50_ms: quantile(aloneMs, 0.5),
        tickets: latencies.length + lost,
        lost
      },
      targets: { visible_p99_ms: { atMost: kafka === undefined ? 150 : 250 }, lost: { atMost: 0 } }
    }
  } finally {
    await pool.close()
    await close()
    await kafka?.stop()
  }
}

/** Creates a ticket and waits until its clocks are shown. @throws Error that tells which request went wrong */
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
