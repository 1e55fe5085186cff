import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '@dueline/client'
import pg from 'pg'
import type { Pool } from 'undici'
import { benchPersonId } from './bench-stack.ts'
import { besideBare } from './beside-bare.ts'
import { closedLoop, mean } from './measure.ts'
import type { Result } from './scenario.ts'

const concurrency = 8
/** Twenty times what Libredesk answered on two such cores, at the same concurrency: 54 pages a second. */
const pagesPerSecondWanted = 1_080

/**
 * Pages of 20 among 10,000 tickets through the gateway of the whole embedded stack: the newest, those of one status and
 * priority, and a search for words; beside a bare Fastify with pg that reads the newest from the same table: same run,
 * turn about.
 */
export async function run ({ quick }: { quick: boolean }): Promise<Result> {
  return await besideBare(
    { peer: 'bare-list', roles: ['customer', 'admin', 'manager'], connections: concurrency },
    async ({ api, token, databaseUrl, ours, theirs }) => {
      await seed(api, quick ? 1_000 : 10_000)
      await atRest(databaseUrl)
      const reader = (pool: Pool, query = '') => async (): Promise<void> => {
        const answer = await pool.request({
          path: `/v1/tickets?limit=20${query}`,
          method: 'GET',
          headers: { authorization: `Bearer ${token}` }
        })
        const { items } = await answer.body.json() as { items: unknown[] }
        if (answer.statusCode !== 200 || items.length !== 20) {
          throw new Error(
            `answered ${answer.statusCode} with ${items?.length} tickets`
          )
        }
      }
      const lists = [
        { call: reader(theirs), rates: [] as number[] },
        { call: reader(ours), rates: [] as number[] },
        { call: reader(ours, '&status=new&priority=P2'), rates: [] as number[] },
        { call: reader(ours, '&q=printer'), rates: [] as number[] }
      ]
      for (const { call } of lists) await closedLoop({ concurrency, seconds: 1, call })
      for (let round = 0; round < (quick ? 1 : 3); round++) {
        for (const { call, rates } of lists) rates.push(await closedLoop({ concurrency, seconds: quick ? 2 : 5, call }))
      }
      const [bare = NaN, newest = NaN, filtered = NaN, searched = NaN] = lists.map(({ rates }) => mean(rates))
      return {
        figures: {
          pages_per_second: newest,
          filtered_pages_per_second: filtered,
          searched_pages_per_second: searched,
          bare_pages_per_second: bare,
          share_of_bare: newest / bare
        },
        targets: { pages_per_second: { atLeast: pagesPerSecondWanted } }
      }
    }
  )
}

const priorities = ['P0', 'P1', 'P2', 'P3'] as const

/** Tickets of every priority; a tenth of them about printers. */
async function seed (api: Client, count: number): Promise<void> {
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
 * Waits until nothing follows from the tickets any more (promises, clocks and their events were still on their way),
 * and counts the tables as autovacuum would within a minute.
 */
async function atRest (url: string): Promise<void> {
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
