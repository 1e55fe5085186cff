import type { Role } from '@dueline/contracts'
import { Pool } from 'undici'
import { openBenchStack } from './bench-stack.ts'
import { besideBare } from './beside-bare.ts'
import { closedLoop, mean } from './measure.ts'
import type { Options, Result } from './scenario.ts'

const concurrency = 32
const roles: Role[] = ['customer', 'admin']

/**
 * Tickets created through the gateway of the whole embedded stack, everything that follows from them included, beside a
 * bare Fastify with pg that inserts the same rows in one transaction: same server, same run, turn about. Another build,
 * where one is named, takes its turn too.
 */
export async function run ({ quick, beside }: Options): Promise<Result> {
  const other = beside === undefined ? undefined : await openOther(beside)
  return await besideBare(
    { peer: 'bare-insert', roles, connections: concurrency },
    async ({ token, ours, theirs }) => {
      const body = JSON.stringify({
        subject: 'The printer on the third floor is on fire',
        description: 'It started this morning.',
        priority: 'P1',
        type: 'complaint'
      })
      const sender = (pool: Pool, bearer: string) => async (): Promise<void> => {
        const answer = await pool.request({
          path: '/v1/tickets',
          method: 'POST',
          headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
          body
        })
        if (answer.statusCode !== 201) throw new Error(`answered ${answer.statusCode}: ${await answer.body.text()}`)
        await answer.body.dump()
      }
      const sides = [
        { call: sender(theirs, token), rates: [] as number[] },
        { call: sender(ours, token), rates: [] as number[] },
        ...(other === undefined ? [] : [{ call: sender(other.pool, other.token), rates: [] as number[] }])
      ]
      const seconds = quick ? 2 : 6
      for (const { call } of sides) await closedLoop({ concurrency, seconds: 2, call })
      for (let round = 0; round < (quick ? 1 : 3); round++) {
        for (const { call, rates } of sides) rates.push(await closedLoop({ concurrency, seconds, call }))
      }
      const [bare = NaN, own = NaN, before] = sides.map(({ rates }) => mean(rates))
      return {
        figures: {
          creates_per_second: own,
          bare_inserts_per_second: bare,
          share_of_bare: own / bare,
          ...(before === undefined ? {} : { beside_creates_per_second: before, times_beside: own / before })
        },
        targets: {
          share_of_bare: { atLeast: 0.35 },
          ...(before === undefined ? {} : { times_beside: { atLeast: 1.3 } })
        }
      }
    }
  ).finally(async () => await other?.close())
}

async function openOther (build: string): Promise<{ pool: Pool, token: string, close(): Promise<void> }> {
  const { stack, token, close } = await openBenchStack(roles, { build })
  const pool = new Pool(stack.url, { connections: concurrency })
  return {
    pool,
    token,
    async close () {
      await pool.close()
      await close()
    }
  }
}
