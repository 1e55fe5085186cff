import type { Pool } from 'undici'
import { besideBare } from './beside-bare.ts'
import { turnAbout } from './measure.ts'
import { atRest } from './process-cost.ts'
import type { Options, Result } from './scenario.ts'

const concurrency = 32

/**
 * Tickets created through the gateway of the whole embedded stack, everything that follows from them included, beside a
 * bare Fastify with pg that inserts the same rows in one transaction: same server, same run, turn about. Another build,
 * where one is named, takes its turn too.
 */
export async function run ({ quick, beside }: Options): Promise<Result> {
  return await besideBare(
    { peer: 'bare-insert', roles: ['customer', 'admin'], connections: concurrency, beside },
    async ({ own, bare, other }) => {
      const stacks = other === undefined ? [own] : [own, other]
      const [bareRate = NaN, ownRate = NaN, otherRate] = await turnAbout(
        [sender(bare, own.token), ...stacks.map(({ pool, token }) => sender(pool, token))],
        {
          concurrency,
          warmUpSeconds: 2,
          seconds: quick ? 2 : 6,
          rounds: quick ? 1 : 3,
          between: async () => await atRest(stacks.map(({ stack }) => stack.pid))
        }
      )
      const figures = {
        creates_per_second: ownRate,
        bare_inserts_per_second: bareRate,
        share_of_bare: ownRate / bareRate
      }
      const targets = { share_of_bare: { atLeast: 0.35 } }
      if (otherRate === undefined) return { figures, targets }
      return {
        figures: { ...figures, beside_creates_per_second: otherRate, times_beside: ownRate / otherRate },
        targets: { ...targets, times_beside: { atLeast: 1.5 } }
      }
    }
  )
}

export function sender (pool: Pool, token: string): () => Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({
    subject: 'The printer on the third floor is on fire',
    description: 'It started this morning.',
    priority: 'P1',
    type: 'complaint'
  })
  return async () => {
    const answer = await pool.request({ path: '/v1/tickets', method: 'POST', headers, body })
    if (answer.statusCode !== 201) throw new Error(`answered ${answer.statusCode}: ${await answer.body.text()}`)
    await answer.body.dump()
  }
}
