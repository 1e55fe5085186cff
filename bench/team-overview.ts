import pg from 'pg'
import { benchPersonId, openBenchStack } from './bench-stack.ts'
import { closedLoop, openLoop, quantile } from './measure.ts'
import { atRest } from './process-cost.ts'
import type { Options, Result } from './scenario.ts'

const perSecond = 20
/** Managers, each with as many agents, all of them below `benchPersonId`. */
const [managers, agentsEach] = [50, 39]

/**
 * What managers read of their teams among 2,000 people with 100,000 open tickets, when 20 a second ask through the
 * gateway of the whole stack: `p99_ms` of managers of 39 agents, `top_p99_ms` of the one above all of them, whose
 * answer has 500 people and 20,000 tickets at most.
 */
export async function run ({ quick }: Options): Promise<Result> {
  const tickets = quick ? 5_000 : 100_000
  const own = await openBenchStack(['manager', 'admin'], { connections: 16 })
  const client = new pg.Client(own.databaseUrl)
  try {
    await client.connect()
    // triggers name their tables without it
    await client.query('set search_path = ticket')
    await client.query(seedSql(tickets))
    await client.query('vacuum analyze')
    const { rows } = await client.query<{ id: string }>(
      `select id from ticket.person where manager_id = $1 order by id`,
      [benchPersonId]
    )
    const headers = { authorization: `Bearer ${own.token}` }
    const read = async (personId: string): Promise<void> => {
      const path = `/v1/people/${personId}/team-overview`
      const answer = await own.pool.request({ path, method: 'GET', headers })
      if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${await answer.body.text()}`)
      const { members } = await answer.body.json() as { members: unknown[] }
      if (members.length < agentsEach) throw new Error(`${members.length} members are there`)
    }
    const measured = async (idOf: (index: number) => string, rate: number, seconds: number): Promise<number[]> => {
      let warm = 0
      await closedLoop({ concurrency: 2, seconds: 2, call: async () => await read(idOf(warm++)) })
      await atRest([own.stack.pid])
      const waits: number[] = []
      await openLoop({
        perSecond: rate,
        seconds,
        async call (index) {
          const begunMs = performance.now()
          await read(idOf(index))
          waits.push(performance.now() - begunMs)
        }
      })
      return waits
    }
    const teams = await measured((index) => rows[index % rows.length]!.id, perSecond, quick ? 3 : 30)
    const top = await measured(() => benchPersonId, 1, quick ? 3 : 20)
    return {
      figures: {
        open_tickets: tickets,
        people: managers * (1 + agentsEach),
        p50_ms: quantile(teams, 0.5),
        p99_ms: quantile(teams, 0.99),
        top_p50_ms: quantile(top, 0.5),
        top_p99_ms: quantile(top, 0.99)
      },
      targets: { p99_ms: { atMost: 30 } }
    }
  } finally {
    await client.end()
    await own.close()
  }
}

function seedSql (tickets: number): string {
  const agents = managers * agentsEach
  return `
    insert into ticket.person (tenant_id, id, role, name, screen_name, language, active, version, manager_id)
      select 'bench', md5('manager' || n)::uuid, 'manager', 'Manager ' || n, 'Manager ' || n, 'en', true, 1,
        '${benchPersonId}'::uuid from generate_series(0, ${managers - 1}) n;
    insert into ticket.person (tenant_id, id, role, name, screen_name, language, active, version, manager_id)
      select 'bench', md5('agent' || n)::uuid, 'agent', 'Agent ' || n, 'Agent ' || n, 'en', true, 1,
        md5('manager' || n % ${managers})::uuid from generate_series(0, ${agents - 1}) n;
    insert into ticket.person (tenant_id, id, role, name, screen_name, language, active, version)
      values ('bench', '${benchPersonId}', 'manager', 'Bench', 'Bench', 'en', true, 2)
      on conflict (tenant_id, id) do update set role = 'manager';
    insert into ticket.ticket (tenant_id, id, number, subject, description, type, status, priority, severity,
        customer_id, assignee_id, tags, custom, customer_fields, channel, created_at, updated_at, reopen_count, version)
      select 'bench', md5('ticket' || n)::uuid, 'T-' || n, 'Screen ' || n, '', 'request', 'open', 'P' || n % 4, 'low',
        '${benchPersonId}', md5('agent' || n % ${agents})::uuid, '{}', '{}', '{}', 'api', now() - n * interval '1 s',
        now(), 0, 1 from generate_series(1, ${tickets}) n;
    insert into ticket.ticket_sla (tenant_id, ticket_id, clock_id, metric, state, due_at, breached, sequence, as_of)
      select tenant_id, id, id, 'resolution', 'running', created_at + interval '24 h', false, 1, now()
      from ticket.ticket`
}
