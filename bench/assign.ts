import pg from 'pg'
import { Pool } from 'undici'
import { benchPersonId, openBenchStack } from './bench-stack.ts'
import { sender } from './create-ticket.ts'
import { turnAbout } from './measure.ts'
import { atRest } from './process-cost.ts'
import type { Options, Result } from './scenario.ts'

const concurrency = 32
const tenant = 'ruled'
const [agentCount, teamCount, ruleCount] = [2_000, 200, 200]

/** 2,000 agents in teams of ten, and 200 rules, of which the last one is for the tickets that are made. */
const seedSql = `
  insert into ticket.person (tenant_id, id, role, name, screen_name, language, active, version)
    select '${tenant}', md5('agent' || n)::uuid, 'agent', 'Agent ' || n, 'Agent', 'en', true, 1
    from generate_series(0, ${agentCount - 1}) n;
  insert into ticket.directory_copy (tenant_id, kind, id, version, deleted, snapshot)
    select '${tenant}', 'team', md5('team' || n)::uuid, 1, false, jsonb_build_object(
      'id', md5('team' || n)::uuid, 'name', 'Team ' || n, 'leadId', null, 'calendarId', null, 'productIds', '[]'::jsonb,
      'moduleIds', '[]'::jsonb, 'active', true, 'version', 1, 'memberIds',
      (select jsonb_agg(md5('agent' || (n * 10 + i))::uuid) from generate_series(0, 9) i))
    from generate_series(0, ${teamCount - 1}) n;
  insert into ticket.capacity_rules (tenant_id, points, default_capacity_points, version)
    values ('${tenant}', '{"P0":1,"P1":1,"P2":1,"P3":1}', 100000, 1);
  insert into ticket.assignment_turn values ('${tenant}');
  insert into ticket.assignment_rule (tenant_id, id, name, rank, active, condition, pool, same_language, choice,
      weights, version, created_at, updated_at)
    select '${tenant}', md5('rule' || n)::uuid, 'Rule ' || n, n, true,
      case when n = ${ruleCount - 1} then null else jsonb_build_object(
        'field', 'ticket.customerId', 'op', 'eq', 'value', md5('nobody' || n)::uuid) end,
      jsonb_build_object('kind', 'team', 'teamId', md5('team' || n)::uuid), false, 'least_loaded', '[]', 1, now(), now()
    from generate_series(0, ${ruleCount - 1}) n`

/**
 * Tickets created through the gateway of the whole stack in a tenant whose rules give each of them to somebody, beside
 * those of a tenant without rules: same build, same run, turn about. `waiting_at_end`: those that nobody had when the
 * last one was created, of all.
 */
export async function run ({ quick }: Options): Promise<Result> {
  const own = await openBenchStack(['customer', 'admin'], { connections: concurrency })
  const client = new pg.Client(own.databaseUrl)
  const pool = new Pool(own.stack.url, { connections: concurrency })
  try {
    await client.connect()
    await client.query(seedSql)
    const token = await own.stack.token({ tenant, personId: benchPersonId, roles: ['customer'] })
    await client.query(
      `insert into ticket.person (tenant_id, id, role, name, screen_name, language, active, version)
       values ($1, $2, 'customer', 'Bench', 'Bench', 'en', true, 1)`,
      [tenant, benchPersonId]
    )
    const [plain = NaN, ruled = NaN] = await turnAbout([sender(own.pool, own.token), sender(pool, token)], {
      concurrency,
      warmUpSeconds: 2,
      seconds: quick ? 2 : 6,
      rounds: quick ? 1 : 3,
      between: async () => await atRest([own.stack.pid])
    })
    const { rows: [waiting] } = await client.query<{ share: number }>(
      `select count(*) filter (where assignee_id is null) / count(*)::float as share from ticket.ticket
       where tenant_id = $1`,
      [tenant]
    )
    return {
      figures: {
        creates_per_second: plain,
        assigned_creates_per_second: ruled,
        share_of_creates: ruled / plain,
        share_waiting_at_end: waiting!.share
      },
      targets: { share_of_creates: { atLeast: 0.8 }, share_waiting_at_end: { atMost: 0.05 } }
    }
  } finally {
    await pool.close()
    await client.end()
    await own.close()
  }
}
