import { completeEvent } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import { Signal, systemIds } from '@dueline/runtime'
import { eventually, testDatabase } from '@dueline/testkit'
import t from 'tap'
import { migrations, schema } from '../../src/app.ts'
import { onClockChanged } from '../../src/consumers/on-clock-changed.ts'
import { onEscalationChanged } from '../../src/consumers/on-escalation-changed.ts'
import { start } from '../api/harness.ts'
import { clockChanged, escalationChanged, HOUR, type ClockState, type Shown } from '../api/sla-events.ts'

const ticketOf = (id: string): Shown => ({
  id,
  number: 'T-000001',
  subject: 'Printer',
  type: 'request',
  status: 'new',
  priority: 'P2',
  severity: 'low',
  productId: null,
  customerId: id,
  assigneeId: null
})

async function storeFor (t: Parameters<typeof testDatabase>[0]) {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  return {
    database,
    clock: async (tx: Tx, ticketId: string, state: ClockState) =>
      await onClockChanged(tx, [completeEvent(clockChanged(ticketOf(ticketId), state)) as never]),
    escalation: async (tx: Tx, ticketId: string, state: Parameters<typeof escalationChanged>[1]) =>
      await onEscalationChanged(tx, [completeEvent(escalationChanged(ticketOf(ticketId), state)) as never]),
    shown: async (ticketId: string) => {
      const sql = 'select shown from ticket_sla where tenant_id = $1 and ticket_id = $2'
      return (await database.pool.query<{ shown: any }>(sql, ['acme', ticketId])).rows[0]?.shown
    },
    waiting: async () =>
      (await database.pool.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`
      )).rows[0]!.n
  }
}

void t.test('a clock and an escalation that are written at the same time are both shown', async (t) => {
  const { database, clock, escalation, shown, waiting } = await storeFor(t)
  for (const isKnown of [false, true]) {
    for (const isClockFirst of [false, true]) {
      const [ticketId, id, clockId] = [systemIds.next(), systemIds.next(), systemIds.next()]
      if (isKnown) {
        await database.tx(async (tx) => {
          await clock(tx, ticketId, { id: clockId, sequence: 1, state: 'paused' })
          await escalation(tx, ticketId, { id, clockId, version: 1, state: 'stopped' })
        })
      }
      const both = [
        async (tx: Tx) => await clock(tx, ticketId, { id: clockId, sequence: 2, dueAt: start + HOUR }),
        async (tx: Tx) => await escalation(tx, ticketId, { id, clockId, version: 2, level: 2 })
      ] as const
      const [first, second] = isClockFirst ? both : [both[1], both[0]]
      const steps = new Signal<'written' | 'waiting'>()
      const [isWritten, isWaiting] = (['written', 'waiting'] as const).map((step) =>
        steps.next((each) => each === step)
      )
      const one = database.tx(async (tx) => {
        await first(tx)
        steps.emit('written')
        await isWaiting
      })
      await Promise.race([isWritten, one])
      const other = database.tx(second)
      await eventually(async () => (await waiting()) > 0 || undefined)
      steps.emit('waiting')
      await Promise.all([one, other])
      t.match(
        await shown(ticketId),
        { clockId, dueAt: start + HOUR, escalation: { id, level: 2 } },
        `${isKnown ? 'known before' : 'new'}, ${isClockFirst ? 'the clock' : 'the escalation'} first`
      )
    }
  }
})

void t.test('nothing is shown of a ticket whose clock has not been received', async (t) => {
  const { database, clock, escalation, shown } = await storeFor(t)
  const [ticketId, id, clockId] = [systemIds.next(), systemIds.next(), systemIds.next()]
  await database.tx(async (tx) => await escalation(tx, ticketId, { id, clockId, version: 1 }))
  t.equal(await shown(ticketId), null)
  const { rows: [filtered] } = await database.pool.query(
    'select count(*) filter (where due_at is not null or breached)::int as n from ticket_sla'
  )
  t.equal(filtered.n, 0, 'and no filter finds it')
  await database.tx(async (tx) => await clock(tx, ticketId, { id: clockId, sequence: 1, dueAt: start + HOUR }))
  t.match(await shown(ticketId), { clockId, dueAt: start + HOUR, escalation: { id } })
})

void t.test('an escalation ends with its clock, whichever clock is due next', async (t) => {
  const { database, clock, escalation, shown } = await storeFor(t)
  const [ticketId, id, clockId, inner] = Array.from({ length: 4 }, () => systemIds.next()) as [
    string,
    string,
    string,
    string
  ]
  await database.tx(async (tx) => {
    await clock(tx, ticketId, { id: clockId, sequence: 1, dueAt: start + HOUR })
    await clock(tx, ticketId, { id: inner, sequence: 1, kind: 'ola', dueAt: start + HOUR })
    await escalation(tx, ticketId, { id, clockId: inner, version: 1 })
  })
  t.match(await shown(ticketId), { clockId, escalation: { id } })
  await database.tx(async (tx) =>
    await clock(tx, ticketId, { id: inner, sequence: 2, kind: 'ola', state: 'met', stoppedAt: start + 1 })
  )
  t.match(await shown(ticketId), { clockId, escalation: null })
})
