import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApi } from '@dueline/demo'
import { acquireServer } from '@dueline/embedded-postgres'
import { Pool } from 'undici'
import { forkStack } from '../test/harness/stack-process.ts'
import { closedLoop } from './measure.ts'
import type { Result } from './scenario.ts'

const tenant = 'bench'
const customerId = '01990000-0000-7000-8000-00000000000c'
const concurrency = 32

/**
 * Tickets created through the gateway of the whole embedded stack, everything that follows from them included, beside a bare
 * Fastify with pg that inserts the same rows in one transaction: same server, same run, turn about.
 */
export async function run ({ quick }: { quick: boolean }): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-bench-'))
  const stack = await forkStack({ folder })
  const server = await acquireServer(join(folder, 'postgres'), {})
  const database = new URL(server.url)
  database.pathname = '/dueline'
  const bare = fork(fileURLToPath(new URL('./peers/bare-insert.ts', import.meta.url)), [database.href])
  const pools: Pool[] = []
  try {
    const [{ url }] = await once(bare, 'message') as [{ url: string }]
    const token = await stack.token({ tenant, personId: customerId, roles: ['customer', 'admin'] })
    await createApi(stack.url, token).post('/v1/people', { id: customerId, role: 'customer', name: 'Bench', screenName: 'Bench', email: null, language: 'en' })
    const body = JSON.stringify({ subject: 'The printer on the third floor is on fire', description: 'It started this morning.', priority: 'P1', type: 'complaint' })
    const sender = (base: string): () => Promise<void> => {
      const pool = new Pool(base, { connections: concurrency })
      pools.push(pool)
      return async () => {
        const answer = await pool.request({ path: '/v1/tickets', method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body })
        if (answer.statusCode !== 201) throw new Error(`answered ${answer.statusCode}: ${await answer.body.text()}`)
        await answer.body.dump()
      }
    }
    const [ours, theirs] = [sender(stack.url), sender(url)]
    const seconds = quick ? 2 : 6
    const rates = { ours: [] as number[], theirs: [] as number[] }
    for (const call of [ours, theirs]) await closedLoop({ concurrency, seconds: 2, call })
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      rates.theirs.push(await closedLoop({ concurrency, seconds, call: theirs }))
      rates.ours.push(await closedLoop({ concurrency, seconds, call: ours }))
    }
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    return {
      figures: { creates_per_second: mean(rates.ours), bare_inserts_per_second: mean(rates.theirs), share_of_bare: mean(rates.ours) / mean(rates.theirs) },
      targets: { share_of_bare: { atLeast: 0.35 } }
    }
  } finally {
    await Promise.all(pools.map((pool) => pool.close()))
    bare.kill()
    await stack.stop()
    await server.release()
    await rm(folder, { recursive: true, force: true })
  }
}
