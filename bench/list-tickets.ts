import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '@dueline/client'
import pg from 'pg'
import type { Pool } from 'undici'
import { benchPersonId } from './bench-stack.ts'
import { besideBare } from './beside-bare.ts'
import { turnAbout } from './measure.ts'
import { atRest } from './process-cost.ts'
import type { Options, Result } from './scenario.ts'

const concurrency = 8
/** Twenty times what Libredesk answered on two such cores, at the same concurrency: 54 pages a second. */
const pagesPerSecondWanted = 1_080

/**
 * Pages of 20 among 10,000 tickets through the gateway of the whole embedded stack: the newest, those of one status and
 * priority, and a search for words; beside a bare Fastify with pg that reads the newest from the same table: same run,
 * turn about. Another build, where one is named, takes its turns too.
 */
export async function run ({ quick, beside }: Options): Promise<Result> {
  return await besideBare(
    { peer: 'bare-list', roles: ['customer', 'admin', 'manager'], connections: concurrency, beside },
    async ({ own, bare, other }) => {
      const stacks = other === undefined ? [own] : [own, other]
      for (const { api, databaseUrl } of stacks) {
        await seed(api, quick ? 1_000 : 10_000)
        await allFollowed(databaseUrl)
      }
      const calls = queries.flatMap((query) => stacks.map(({ pool, token }) => reader(pool, token, query)))
      const [bareRate = NaN, ...rates] = await turnAbout([reader(bare, own.token), ...calls], {
        concurrency,
        warmUpSeconds: 1,
        // short turns: what else the machine does then meets all of them
        seconds: quick ? 0.5 : 1.5,
        rounds: quick ? 6 : 10,
        between: async () => await atRest(stacks.map(({ stack }) => stack.pid))
      })
      const ratesOf = (side: number): number[] => queries.map((_, index) => rates[index * stacks.length + side] ?? NaN)
      const [newest = NaN, filtered = NaN, searched = NaN] = ratesOf(0)
      const figures = {
        pages_per_second: newest,
        filtered_pages_per_second: filtered,
        searched_pages_per_second: searched,
        bare_pages_per_second: bareRate,
        share_of_bare: newest / bareRate
      }
      const targets = { pages_per_second: { atLeast: pagesPerSecondWanted } }
      if (other === undefined) return { figures, targets }
      const [otherNewest = NaN, otherFiltered = NaN, otherSearched = NaN] = ratesOf(1)
      return {
        figures: {
          ...figures,
          beside_pages_per_second: otherNewest,
          beside_filtered_pages_per_second: otherFiltered,
          beside_searched_pages_per_second: otherSearched,
          times_beside: newest / otherNewest,
          filtered_times_beside: filtered / otherFiltered,
          searched_times_beside: searched / otherSearched
        },
        targets: {
          ...targets,
          times_beside: { atLeast: 1 },
          filtered_times_beside: { atLeast: 1 },
          searched_times_beside: { atLeast: 1 }
        }
      }
    }
  )
}

/** The newest, those of one status and priority, and a search. */
const queries = ['', '&status=new&priority=P2', '&q=printer']

export function reader (pool: Pool, token: string, query = ''): () => Promise<void> {
  const headers = { authorization: `Bearer ${token}` }
  return async () => {
    const answer = await pool.request({ path: `/v1/tickets?limit=20${query}`, method: 'GET', headers })
    const { items } = await answer.body.json() as { items: unknown[] }
    if (answer.statusCode !== 200 || items.length !== 20) {
      throw new Error(`answered ${answer.statusCode} with ${items?.length} tickets`)
    }
  }
}

const priorities = ['P0', 'P1', 'P2', 'P3'] as const

/** Tickets of every priority; a tenth of them about printers. */
export async function seed (api: Client, count: number): Promise<void> {
  for (let made = 0; made < count; made += 100) {
    const tickets = Array.from({ length: 100 }, (_, index) => ({
      subject: index % 10 === 0 ? `The printer ${made + index} is on fire` : `Screen ${made + index} stays dark`,
      description: 'It started this morning.',
      priority: priorities[index % 4]!,
      customerId: benchPersonId
    }))
    await api.post('/v1/tickets/batch', { body: { tickets } })
  }
}

/**
 * Waits until nothing follows from the tickets any more (agreements, clocks and their events were still on their way),
 * and counts the tables as autovacuum would within a minute.
 */
export async function allFollowed (url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (let before = -1, count = 0; count !== before; await pause(2_000)) {
    before = count
    count =
      (await client.query<{ count: number }>('select count(*)::int as count from notification.feed_event')).rows[0]!
        .count
  }
  await client.query('vacuum analyze')
  await client.end()
}
