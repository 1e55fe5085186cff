import type { Role } from '@dueline/contracts'
import pg from 'pg'
import { benchPersonId, cpuByProcess, openBenchStack, type BenchStack } from './bench-stack.ts'
import { allFollowed } from './list-tickets.ts'
import { closedLoop, mean, openLoop, quantile } from './measure.ts'
import { atRest } from './process-cost.ts'
import type { Options, Result } from './scenario.ts'

const roles: Role[] = ['customer', 'agent', 'admin', 'manager']
const perSecond = 50
/** Screens that are asked for at the same time where builds are compared. */
const concurrency = 4
const customerCount = 20
const agentCount = 5
const originalCount = 100
const messagesEach = 4

/** What one screen takes: every call that its front end makes for it. */
export type Screen = (ask: Ask, ticketIds: readonly string[]) => Promise<void>
/** GET of an address of the API. @throws Error unless it is answered with 200 */
export type Ask = (path: string) => Promise<any>

interface Side {
  readonly bench: BenchStack
  readonly client: pg.Client
  readonly show: () => Promise<void>
}

/**
 * A screen of a desk with 100,000 tickets, through the gateway of the whole embedded stack: how long it takes when 50 a
 * second are asked for, whether earlier ones are there or not, and what it costs. Another build, where one is named,
 * shows the same by the calls that its front ends need, in turns.
 */
export async function benchScreen (
  { quick, beside }: Options,
  { own, other }: { own: Screen, other: Screen }
): Promise<Result> {
  const sides: Side[] = []
  try {
    sides.push(await openSide(own, { quick }))
    if (beside !== undefined) sides.push(await openSide(other, { quick, build: beside }))
    const waitsMs = await waits(sides[0]!, quick ? 4 : 30)
    const figures: Record<string, number> = {
      tickets: quick ? 2_000 : 100_000,
      screens: waitsMs.length,
      p50_ms: quantile(waitsMs, 0.5),
      p99_ms: quantile(waitsMs, 0.99)
    }
    const [costs = { perSecond: NaN, cpuMs: NaN }, besides] = await compare(sides, quick)
    figures['screens_per_second'] = costs.perSecond
    figures['cpu_ms_per_screen'] = costs.cpuMs
    const targets: Result['targets'] = { p99_ms: { atMost: 25 } }
    if (besides === undefined) return { figures, targets }
    return {
      figures: {
        ...figures,
        beside_screens_per_second: besides.perSecond,
        beside_cpu_ms_per_screen: besides.cpuMs,
        times_beside: costs.perSecond / besides.perSecond,
        cpu_of_beside_times: besides.cpuMs / costs.cpuMs
      },
      targets: { ...targets, times_beside: { atLeast: 5 } }
    }
  } finally {
    for (const { bench, client } of sides) {
      await client.end()
      await bench.close()
    }
  }
}

async function openSide (screen: Screen, { quick, build }: { quick: boolean, build?: string }): Promise<Side> {
  const bench = await openBenchStack(roles, { connections: 32, build })
  const client = new pg.Client({ connectionString: bench.databaseUrl })
  await client.connect()
  const ticketIds = await fill(bench, client, quick ? 20 : 1_000).catch(async (error: unknown) => {
    await client.end()
    await bench.close()
    throw error
  })
  const headers = { authorization: `Bearer ${bench.token}` }
  const ask: Ask = async (path) => {
    const answer = await bench.pool.request({ path, method: 'GET', headers })
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${await answer.body.text()}`)
    return await answer.body.json()
  }
  return { bench, client, show: async () => await screen(ask, ticketIds) }
}

/** From asking until all of the screen is there, in milliseconds. */
async function waits ({ bench, show }: Side, seconds: number): Promise<number[]> {
  await closedLoop({ concurrency, seconds: 3, call: show })
  await atRest([bench.stack.pid])
  const found: number[] = []
  await openLoop({
    perSecond,
    seconds,
    async call () {
      const begunMs = performance.now()
      await show()
      found.push(performance.now() - begunMs)
    }
  })
  return found
}

/** Turn about in short turns: what else the machine does meets both. Of Postgres as of the stack, each its own. */
async function compare (
  sides: readonly Side[],
  quick: boolean
): Promise<Array<{ perSecond: number, cpuMs: number }>> {
  const turns = sides.map(() => [] as Array<{ perSecond: number, cpuMs: number }>)
  const seconds = quick ? 1 : 2
  for (const { show } of sides) await closedLoop({ concurrency, seconds, call: show })
  for (let round = 0; round < (quick ? 3 : 8); round++) {
    for (const [index, { bench, client, show }] of sides.entries()) {
      await atRest(sides.map(({ bench: { stack } }) => stack.pid))
      const before = await cpuByProcess(bench.stack.pid, client)
      let count = 0
      const rate = await closedLoop({
        concurrency,
        seconds,
        async call () {
          await show()
          count++
        }
      })
      const after = await cpuByProcess(bench.stack.pid, client)
      const spent = [...after].reduce((sum, [pid, cpu]) => sum + cpu - (before.get(pid) ?? 0), 0)
      turns[index]!.push({ perSecond: rate, cpuMs: spent / count * 1_000 })
    }
  }
  return turns.map((own) => ({
    perSecond: mean(own.map((turn) => turn.perSecond)),
    cpuMs: mean(own.map((turn) => turn.cpuMs))
  }))
}

/**
 * Fills a tenant: a hundred tickets by the API, with people, messages and the clocks that follow; then as many copies
 * of the rows that they have in every table as are wanted. @returns the ids of all tickets
 */
async function fill ({ api, databaseUrl }: BenchStack, client: pg.Client, times: number): Promise<string[]> {
  const targets = { first_response: 'PT6H', resolution: 'PT24H' }
  await api.post('/v1/sla-rows', { body: { name: 'Standard', kind: 'sla', targets, reminders: [{ percent: 75 }] } })
  await api.post('/v1/policy-versions', { body: { effect: 'new_tickets' } })
  const ids = async (role: 'customer' | 'agent', count: number): Promise<string[]> =>
    await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const name = `${role} ${index}`
        return (await api.post('/v1/people', { body: { role, name, screenName: name, email: null } })).data.id
      })
    )
  const customers = await ids('customer', customerCount)
  const agents = await ids('agent', agentCount)
  const tickets = Array.from({ length: originalCount }, (_, index) => ({
    subject: `Screen ${index} stays dark`,
    description: 'It started this morning.',
    priority: (['P0', 'P1', 'P2', 'P3'] as const)[index % 4]!,
    customerId: customers[index * 7 % customerCount]!,
    assigneeId: agents[index % agentCount]!
  }))
  const opened = (await api.post('/v1/tickets/batch', { body: { tickets } })).data
  if (opened === undefined) throw new Error(`nothing was opened for ${benchPersonId}`)
  const { items } = (await api.get('/v1/tickets', { query: { limit: originalCount } })).data
  for (const { id: ticketId } of items) {
    for (let index = 0; index < messagesEach; index++) {
      await api.post('/v1/tickets/{ticketId}/messages', {
        path: { ticketId },
        body: { body: `Have you tried ${index}?` }
      })
    }
  }
  await allFollowed(databaseUrl)
  await copyTickets(client, times)
  const { rows } = await client.query<{ id: string }>('select id from ticket.ticket')
  return rows.map(({ id }) => id)
}

const copiedIds = ['ticket_id', 'clock_id', 'message_id', 'agreement_id']

/**
 * As if every ticket had been opened `times` times, ten seconds apart: what each has in any table of any service, with
 * ids, numbers and times of its own. Triggers write what follows from it: texts to be searched, how an SLA is shown.
 */
async function copyTickets (client: pg.Client, times: number): Promise<void> {
  const { rows: columns } = await client.query<{ table: string, name: string, type: string }>(`
    select format('%I.%I', table_schema, table_name) as table, column_name as name, data_type as type
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where table_schema in ('ticket', 'clock', 'escalation', 'sla_policy') and table_type = 'BASE TABLE'
      and is_generated = 'NEVER' and table_name <> 'ticket_text'
      and (table_name in ('ticket', 'ticket_case') or exists (select from information_schema.columns k
        where k.table_schema = c.table_schema and k.table_name = c.table_name and k.column_name = 'ticket_id'))
    order by 1, 2`)
  for (const table of new Set(columns.map((column) => column.table))) {
    const own = columns.filter((column) => column.table === table)
    const values = own.map(({ name, type }) => {
      if (type === 'uuid' && (name === 'id' || copiedIds.includes(name))) return `md5(${name}::text || n)::uuid`
      if (type === 'timestamp with time zone') return `${name} - n * interval '10 seconds'`
      return name === 'number' ? `'T-' || (substr(number, 3)::integer + n * 1000)` : name
    })
    await client.query(`set search_path = ${table.split('.')[0]}`)
    await client.query(`
      insert into ${table} (${own.map(({ name }) => name).join(', ')})
      select ${values.join(', ')} from ${table} cross join generate_series(1, ${times - 1}) n`)
  }
  await client.query('vacuum analyze')
}
