import { isUniqueViolation } from '@dueline/postgres'
import t from 'tap'
import { asOwner, eventually } from '@dueline/testkit'
import { TestTicket } from '../support/events.ts'
import { HOUR, start, startClock, words } from '../support/harness.ts'

/** Two workers that both read the clock before either commits: what the row lock of the ticket otherwise prevents. */
async function race (t: Parameters<typeof startClock>[0], { guarded }: { guarded: boolean }) {
  const { receive, sent, database, service } = await startClock(t)
  const ticket = new TestTicket(start)
  await receive(ticket.created(start), ticket.agreement(start, { targets: { resolution: 'PT1H' }, reminders: [] }))
  await sent()
  if (!guarded) await asOwner(database, 'alter table clock_mark drop constraint clock_mark_once')
  const due = [{ kind: 'case', tenantId: ticket.tenantId, ownerId: ticket.id, dueAt: start + HOUR, catchUp: false }]
  let second: Promise<unknown> | undefined
  await database.tx(async (tx) => {
    await service.projector.fire(tx, due, start + HOUR)
    second = database.tx(async (other) => await service.projector.fire(other, due, start + HOUR)).then(
      () => 'committed',
      (error: unknown) => error
    )
    await eventually(async () => {
      const { rows } = await database.pool.query(
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
      )
      return rows.length > 0
    })
  })
  return { result: await second, announced: words(await sent()) }
}

t.test('without the lock of the ticket, the unique key stops a second breach', async (t) => {
  const { result, announced } = await race(t, { guarded: true })
  t.ok(isUniqueViolation(result, 'clock_mark_once'))
  t.same(announced, ['resolution 1 breached'])
})

t.test('and without the unique key there would be two', async (t) => {
  const { result, announced } = await race(t, { guarded: false })
  t.equal(result, 'committed')
  t.same(announced, ['resolution 1 breached', 'resolution 1 breached'])
})
