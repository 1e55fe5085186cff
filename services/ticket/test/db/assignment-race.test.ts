import { createOutbox } from '@dueline/messaging'
import { systemClock, systemIds } from '@dueline/runtime'
import { directoryCopyRow, saveDirectoryCopies } from '@dueline/service'
import { testDatabase } from '@dueline/testkit'
import t from 'tap'
import { migrations, schema } from '../../src/app.ts'
import { assignWaiting } from '../../src/assignment/assign-waiting.ts'
import { CalendarCache } from '../../src/store/calendar-store.ts'
import { createFactStore } from '../../src/store/fact-store.ts'

const tenant = 'acme'
const [agentCount, capacity, workerCount, creatorCount, perCreator] = [50, 38, 8, 4, 500]
const ids = systemIds
const now = () => systemClock.now()

t.test('many workers give tickets away at once: each has one assignee, and nobody too much', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const { pool } = database
  const agents = Array.from({ length: agentCount }, () => ids.next())
  const team = ids.next()
  await pool.query(
    `insert into person (tenant_id, id, role, name, screen_name, language, active, version)
     select $1, id, 'agent', 'A', 'A', 'en', true, 1 from unnest($2::uuid[]) id`,
    [tenant, agents]
  )
  const none = { leadId: null, calendarId: null, productIds: [], moduleIds: [] }
  await saveDirectoryCopies(database.read, [
    directoryCopyRow(tenant, 'team', { ...none, id: team, name: 'Desk', memberIds: agents, active: true, version: 1 })
  ])
  await pool.query(
    `insert into capacity_rules (tenant_id, points, default_capacity_points, version)
     values ($1, '{"P0":1,"P1":1,"P2":1,"P3":1}', $2, 1)`,
    [tenant, capacity]
  )
  await pool.query(
    `insert into assignment_rule (tenant_id, id, name, rank, active, pool, same_language, choice, weights, version,
       created_at, updated_at)
     values ($1, $2, 'Desk', 1, true, $3, false, 'round_robin', '[]', 1, now(), now())`,
    [tenant, ids.next(), JSON.stringify({ kind: 'team', teamId: team })]
  )
  await pool.query('insert into assignment_turn values ($1)', [tenant])
  const calendars = new CalendarCache()
  const facts = createFactStore({ outbox: createOutbox(), ids })
  let made = 0

  async function create (): Promise<void> {
    for (let i = 0; i < perCreator; i++) {
      const [id, number] = [ids.next(), `T-${String(++made).padStart(6, '0')}`]
      // the newest are due first, so that workers see other tickets in front of the queue all the time
      await pool.query(
        `with made as (insert into ticket (tenant_id, id, number, subject, description, type, status, priority,
             severity, customer_id, tags, custom, customer_fields, channel, created_at, updated_at, reopen_count,
             version)
           values ($1, $2, $3, 's', '', 'request', 'new', 'P2', 'low', $2, '{}', '{}', '{}', 'api', now(), now(), 0, 1))
         insert into ticket_sla (tenant_id, ticket_id, clock_id, metric, state, due_at, breached, sequence, as_of)
         values ($1, $2, $2, 'resolution', 'running', now() + make_interval(secs => $4), false, 1, now())`,
        [tenant, id, number, 100_000 - 10 * made]
      )
    }
  }
  async function switchAvailability (isOver: () => boolean): Promise<void> {
    for (let i = 0; !isOver(); i++) {
      await pool.query(
        `insert into availability as known (tenant_id, person_id, state, version) values ($1, $2, $3, 1)
         on conflict (tenant_id, person_id) do update set state = excluded.state, version = known.version + 1`,
        [tenant, agents[i % agentCount], i % 3 === 0 ? 'away' : 'available']
      )
    }
  }
  const assign = async (): Promise<boolean> =>
    await database.tx(async (tx) => await assignWaiting(tx, tenant, { facts, calendars, now }))
  async function work (isOver: () => boolean): Promise<void> {
    while (!isOver()) await assign()
  }
  const checked = async () => {
    const { rows: [row] } = await pool.query<{ most: number, assigned: number, facts: number, tickets: number }>(
      `select (select max(n) from (select count(*)::int as n from ticket where assignee_id is not null
           and status = 'new' group by assignee_id) a) as most,
         (select count(*)::int from ticket where assignee_id is not null) as assigned,
         (select count(*)::int from ticket_timeline where kind = 'assigned') as facts,
         (select count(distinct ticket_id)::int from ticket_timeline where kind = 'assigned') as tickets`
    )
    return row!
  }

  let over = false
  const workers = Promise.all([
    ...Array.from({ length: workerCount }, async () => await work(() => over)),
    switchAvailability(() => over)
  ])
  await Promise.all(Array.from({ length: creatorCount }, create))
  over = true
  await workers
  await pool.query("update availability set state = 'available'")
  while (await assign());
  const places = agentCount * capacity
  const full = { most: capacity, assigned: places, facts: places, tickets: places }
  t.same(await checked(), full, 'every place is taken, and none twice')
  await pool.query(
    "update ticket set status = 'resolved' where id in (select id from ticket where assignee_id is not null limit 60)"
  )
  await Promise.all(Array.from({ length: workerCount }, assign))
  while (await assign());
  t.same(await checked(), { ...full, assigned: places + 60, facts: places + 60, tickets: places + 60 })
})
