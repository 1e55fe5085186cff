import type { DuelineEvent } from '@dueline/contracts'
import { createMetrics, systemIds } from '@dueline/runtime'
import { silentLogger } from '@dueline/testkit'
import t from 'tap'
import { buildClock } from '../../src/app.ts'
import { TestTicket } from '../support/events.ts'
import { config, HOUR, MINUTE, start, startClock, words } from '../support/harness.ts'

const count = 1_200
const end = start + 100 * HOUR
const targets = { first_response: 'PT1H', next_response: 'PT2M', periodic_update: 'PT1H', resolution: 'PT4H' }

/** A history of more facts than are folded in one portion, with its agreements. */
function longHistory (): { ticket: TestTicket, facts: DuelineEvent[], agreements: DuelineEvent[] } {
  const ticket = new TestTicket(start, { importing: true })
  ticket.historical = true
  ticket.created(start)
  const agreements = [ticket.agreement(start, { targets })]
  for (let i = 1; i < count; i++) {
    if (i === count - 1) ticket.snapshot = { ...ticket.snapshot, importing: false }
    const at = start + i * MINUTE
    if (i % 100 === 99) ticket.status(at, i % 200 === 99 ? 'resolved' : 'open')
    else if (i === 700) ticket.updated(at, { priority: 'P0' })
    else ticket.message(at, i % 7 < 4 ? 'customer' : 'agent')
    if (i === 700) agreements.push(ticket.agreement(at, { version: 2, targets: { ...targets, next_response: 'PT1M' } }))
  }
  return { ticket, facts: ticket.events.filter(({ type }) => !type.includes('agreement')), agreements }
}

type World = Awaited<ReturnType<typeof startClock>>

/** Clocks and what was announced of each, without ids. */
async function result ({ database }: World, { id }: TestTicket) {
  const { rows } = await database.pool.query(
    `
    select c.metric, c.cycle, c.state, c.target, c.consumed_before, c.due_at, c.started_at, c.stopped_at,
      c.breached_at, c.planned,
      (select array_agg(m.key order by m.key) from clock_mark m where m.clock_id = c.id) as marks
    from clock c where c.ticket_id = $1 and not c.voided order by 1, 2`,
    [id]
  )
  return rows
}

async function deliver ({ receive }: World, facts: readonly DuelineEvent[], size: number): Promise<void> {
  for (let i = 0; i < facts.length; i += size) await receive(...facts.slice(i, i + size))
}

t.test('a long history is folded in portions once all of it is here, and ends as one folded at once', async (t) => {
  const world = await startClock(t)
  const { clock, receive, sent, fireUntil, database, call } = world
  clock.set(end)
  const { ticket, facts, agreements } = longHistory()
  await receive(agreements[0]!)
  await deliver(world, facts.slice(0, 1_000), 200)
  await receive(agreements[1]!)
  await deliver(world, facts.slice(1_000), 200)
  t.same(await sent(), [])
  const portions: number[] = []
  for (;;) {
    const { rows: [timer] } = await database.pool.query(
      'select (extract(epoch from due_at) * 1000000)::bigint as at from timer'
    )
    if (timer === undefined || Number(timer.at) > end) break
    t.equal(await fireUntilOnce(world), 1)
    portions.push((await sent()).length)
    t.equal((await database.pool.query('select unfolded from ticket_case')).rows[0].unfolded, portions.length < 3)
  }
  t.equal(portions.length, 3, '500 facts each')
  t.ok(portions.every((events) => events > 100), `${portions}`)
  t.match((await call('GET', `/clocks?ticketId=${ticket.id}&waitFor=${count}&limit=1`)).body.items, [{
    ticketVersion: count
  }])
  const inPortions = await result(world, ticket)
  t.ok(inPortions.length > 100)

  const again = longHistory()
  // one that is no import is folded batch by batch
  const live = (events: readonly DuelineEvent[]) =>
    events.map(({ data, ...event }) => {
      const { ticket } = data as { ticket: object }
      return { ...event, data: { ...data, ticket: { ...ticket, importing: false } } } as DuelineEvent
    })
  await receive(...live(again.agreements))
  await deliver(world, live(again.facts), 400)
  t.same(inPortions, await result(world, again.ticket))
  await fireUntil(end)
})

/** Fires what is due once, as the engine would. */
async function fireUntilOnce ({ database, service }: World): Promise<number> {
  return await database.tx(async (tx) => {
    const { rows } = await tx.$client.query(
      'delete from timer where due_at <= $1 returning kind, tenant_id as "tenantId", owner_id as "ownerId"',
      [new Date(end / 1000).toISOString()]
    )
    await service.projector.fire(tx, rows.map((timer) => ({ ...timer, dueAt: end, catchUp: false })), end)
    return rows.length
  })
}

t.test('what comes between portions, or another process that goes on, changes nothing about the end', async (t) => {
  const world = await startClock(t)
  const { clock, receive, sent, database, bus, auth } = world
  clock.set(end)
  const plain = longHistory()
  await receive(...plain.agreements)
  await deliver(world, plain.facts, 400)
  for (let i = 0; i < 3; i++) await fireUntilOnce(world)
  const expected = await result(world, plain.ticket)

  const crossed = longHistory()
  await receive(crossed.agreements[0]!)
  await deliver(world, crossed.facts, 400)
  await fireUntilOnce(world)
  await receive(crossed.agreements[1]!)
  for (let i = 0; i < 3; i++) await fireUntilOnce(world)
  t.same(await result(world, crossed.ticket), expected, 'an agreement that comes late')

  const moved = longHistory()
  await receive(...moved.agreements)
  await deliver(world, moved.facts, 400)
  await fireUntilOnce(world)
  const service = buildClock({
    config,
    logger: silentLogger,
    clock,
    ids: systemIds,
    metrics: createMetrics('clock'),
    database,
    bus,
    auth
  })
  t.teardown(async () => await service.http.close())
  for (let i = 0; i < 3; i++) await fireUntilOnce({ ...world, service })
  t.same(await result(world, moved.ticket), expected, 'a process without the fold of the first portion')

  const failed = longHistory()
  await receive(...failed.agreements)
  await deliver(world, failed.facts, 400)
  await fireUntilOnce(world)
  await sent()
  const timer = {
    kind: 'case',
    tenantId: failed.ticket.tenantId,
    ownerId: failed.ticket.id,
    dueAt: end,
    catchUp: false
  }
  await t.rejects(
    database.tx(async (tx) => {
      await world.service.projector.fire(tx, [timer], end)
      throw new Error('rolled back')
    }),
    { message: 'rolled back' }
  )
  t.same(await sent(), [])
  for (let i = 0; i < 3; i++) await fireUntilOnce(world)
  t.same(await result(world, failed.ticket), expected, 'a portion that was rolled back')
  const sequences = words(await sent()).length
  t.ok(sequences > 100)
})
