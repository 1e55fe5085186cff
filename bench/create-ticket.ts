import type { Pool } from 'undici'
import { besideBare } from './beside-bare.ts'
import { closedLoop, mean } from './measure.ts'
import type { Result } from './scenario.ts'

const concurrency = 32

/**
 * Tickets created through the gateway of the whole embedded stack, everything that follows from them included, beside a
 * bare Fastify with pg that inserts the same rows in one transaction: same server, same run, turn about.
 */
export async function run ({ quick }: { quick: boolean }): Promise<Result> {
  return await besideBare(
    { peer: 'bare-insert', roles: ['customer', 'admin'], connections: concurrency },
    async ({ token, ours, theirs }) => {
      const body = JSON.stringify({
        subject: 'The printer on the third floor is on fire',
        description: 'It started this morning.',
        priority: 'P1',
        type: 'complaint'
      })
      const sender = (pool: Pool) => async (): Promise<void> => {
        const answer = await pool.request({
          path: '/v1/tickets',
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body
        })
        if (answer.statusCode !== 201) throw new Error(`answered ${answer.statusCode}: ${await answer.body.text()}`)
        await answer.body.dump()
      }
      const [toUs, toThem] = [sender(ours), sender(theirs)]
      const seconds = quick ? 2 : 6
      const rates = { ours: [] as number[], theirs: [] as number[] }
      for (const call of [toUs, toThem]) await closedLoop({ concurrency, seconds: 2, call })
      for (let round = 0; round < (quick ? 1 : 3); round++) {
        rates.theirs.push(await closedLoop({ concurrency, seconds, call: toThem }))
        rates.ours.push(await closedLoop({ concurrency, seconds, call: toUs }))
      }
      return {
        figures: {
          creates_per_second: mean(rates.ours),
          bare_inserts_per_second: mean(rates.theirs),
          share_of_bare: mean(rates.ours) / mean(rates.theirs)
        },
        targets: { share_of_bare: { atLeast: 0.35 } }
      }
    }
  )
}
