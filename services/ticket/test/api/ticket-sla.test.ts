import { formatInstant } from '@dueline/business-time'
import { completeEvent } from '@dueline/messaging'
import { systemIds } from '@dueline/runtime'
import type { DuelineEvent, EventType } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { onClockChanged } from '../../src/consumers/on-clock-changed.ts'
import { onEscalationChanged } from '../../src/consumers/on-escalation-changed.ts'
import { other, start, startTicket } from './harness.ts'
import { clockChanged, escalationChanged, HOUR, publish } from './sla-events.ts'

const first = systemIds.next()
const second = systemIds.next()
const inner = systemIds.next()

void t.test('a ticket carries the agreement that is due next', async (t) => {
  const service = await startTicket(t)
  const ticket = await service.open()
  t.equal(ticket.sla, null, 'nothing is agreed yet')
  const read = async () => (await service.get(`/tickets/${ticket.id}`)).body.sla
  await publish(
    service,
    clockChanged(ticket, { id: second, sequence: 1, dueAt: start + 4 * HOUR }),
    clockChanged(ticket, { id: first, sequence: 3, metric: 'first_response', dueAt: start + HOUR }),
    clockChanged(ticket, { id: inner, sequence: 1, kind: 'ola', dueAt: start + 1 })
  )
  t.same(await read(), {
    clockId: first,
    metric: 'first_response',
    state: 'running',
    dueAt: formatInstant(start + HOUR),
    breached: false,
    paused: false,
    escalation: null,
    version: 3,
    asOf: formatInstant(start + 3)
  }, 'of two the earlier one, and what staff agreed among themselves is none')
  t.same((await service.get('/tickets')).body.items[0].sla, await read(), 'in lists as by itself')

  const breached = { id: first, metric: 'first_response', breachedAt: start + HOUR } as const
  await publish(service, clockChanged(ticket, { ...breached, sequence: 4, dueAt: start + HOUR }))
  t.match(await read(), { clockId: first, breached: true, version: 4 })
  await publish(service, clockChanged(ticket, { ...breached, sequence: 5, state: 'met', stoppedAt: start + 2 * HOUR }))
  t.match(
    await read(),
    { clockId: second, metric: 'resolution', breached: true, version: 1 },
    'the next one is due; that another was missed stays'
  )
  const paused = { id: second, state: 'paused', pausedFor: ['waiting_on_customer'] } as const
  await publish(service, clockChanged(ticket, { ...paused, pausedFor: [...paused.pausedFor], sequence: 2 }))
  t.match(await read(), { clockId: second, state: 'paused', paused: true, dueAt: null })
  await publish(
    service,
    clockChanged(ticket, {
      id: second,
      sequence: 3,
      state: 'met',
      dueAt: start + 4 * HOUR,
      stoppedAt: start + 3 * HOUR
    })
  )
  t.match(await read(), { clockId: second, state: 'met', paused: false, dueAt: null, version: 3 }, 'nothing is due')
})

void t.test('an open escalation is shown to staff until it or its clock is over', async (t) => {
  const service = await startTicket(t)
  const ticket = await service.open()
  const [low, high] = [systemIds.next(), systemIds.next()]
  const read = async (as: 'agent' | 'customer') =>
    (await service.get(`/tickets/${ticket.id}`, { as })).body.sla.escalation
  await publish(
    service,
    clockChanged(ticket, { id: first, sequence: 1, metric: 'first_response', dueAt: start + HOUR }),
    clockChanged(ticket, { id: second, sequence: 1, dueAt: start + 2 * HOUR })
  )
  await publish(
    service,
    escalationChanged(ticket, { id: low, clockId: first, version: 2, level: 1 }),
    escalationChanged(ticket, { id: high, clockId: second, version: 3, level: 2, state: 'exhausted' })
  )
  t.same(
    await read('agent'),
    { id: high, state: 'exhausted', level: 2, levelCount: 3 },
    'the one that has come furthest'
  )
  t.equal(await read('customer'), null, 'customers see nothing of it')
  await publish(service, clockChanged(ticket, { id: second, sequence: 2, state: 'met', stoppedAt: start + HOUR }))
  t.match(await read('agent'), { id: low, state: 'open' }, 'one whose clock is over is over')
  await publish(service, escalationChanged(ticket, { id: low, clockId: first, version: 3, state: 'stopped' }))
  t.equal(await read('agent'), null)
})

void t.test('whatever the order, and however often it arrives, the newest state stays', async (t) => {
  const service = await startTicket(t)
  const ticket = await service.open()
  // several events of one advance have one instant: only their sequence shows which is the newest
  const firedAt = start + 3
  const stages = [
    clockChanged(ticket, { firedAt, id: first, sequence: 1, dueAt: start + HOUR }),
    clockChanged(ticket, { firedAt, id: first, sequence: 2, dueAt: start + HOUR, breachedAt: start + HOUR }),
    clockChanged(ticket, {
      firedAt,
      id: first,
      sequence: 3,
      state: 'met',
      breachedAt: start + HOUR,
      stoppedAt: start + 2 * HOUR
    }),
    clockChanged(ticket, { firedAt, id: second, sequence: 1, dueAt: start + 5 * HOUR }),
    clockChanged(ticket, { firedAt, id: second, sequence: 2, dueAt: start + 6 * HOUR }),
    escalationChanged(ticket, { id: inner, clockId: second, version: 1 }),
    escalationChanged(ticket, { id: inner, clockId: second, version: 2, level: 2 })
  ].map((event) => completeEvent(event))
  const isClock = ({ type }: { type: string }): boolean => type.startsWith('dueline.clock.')
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...stages, ...stages], { minLength: 14 }),
      fc.integer({ min: 1, max: 14 }),
      async (events, size) => {
        await service.database.pool.query('delete from ticket_sla')
        await service.database.pool.query('delete from ticket_clock')
        await service.database.pool.query('delete from ticket_escalation')
        for (let i = 0; i < events.length; i += size) {
          const batch = events.slice(i, i + size) as DuelineEvent<EventType>[]
          await service.database.tx(async (tx) => {
            const [clocks, escalations] = [batch.filter(isClock), batch.filter((event) => !isClock(event))]
            if (clocks.length > 0) await onClockChanged(tx, clocks as never)
            if (escalations.length > 0) await onEscalationChanged(tx, escalations as never)
          })
        }
        t.match((await service.get(`/tickets/${ticket.id}`)).body.sla, {
          clockId: second,
          dueAt: formatInstant(start + 6 * HOUR),
          breached: true,
          version: 2,
          asOf: formatInstant(start + 3),
          escalation: { level: 2 }
        })
      }
    ),
    { numRuns: 40 }
  )
})

void t.test('the tag of a ticket shows that its agreement has moved, and still names its version', async (t) => {
  const service = await startTicket(t)
  const ticket = await service.open()
  const path = `/tickets/${ticket.id}`
  const before = (await service.get(path)).etag
  t.equal(before, '"1"')
  const again = (etag: string) => service.get(path, { headers: { 'if-none-match': etag } })
  t.match(await again(before), { status: 304 })
  await publish(service, clockChanged(ticket, { id: first, sequence: 1, dueAt: start + HOUR }))
  t.match(await again(before), { status: 200, body: { sla: { version: 1 } } })
  const { etag } = await service.get(path)
  t.match(await again(etag), { status: 304 })
  await publish(service, clockChanged(ticket, { id: first, sequence: 2, dueAt: start + 2 * HOUR }))
  t.match(await again(etag), { status: 200, body: { sla: { version: 2 } } })
  const changed = await service.patch(path, { priority: 'P0' }, etag)
  t.match(changed, { status: 200, etag: '"2"', body: { sla: { version: 2 } } }, 'a write shows it too')
  t.match(await service.patch(path, { priority: 'P1' }, etag), { status: 412 }, 'another version is another one')
  t.match(await service.patch(path, { priority: 'P1' }, '"2"'), { status: 200 })
})

void t.test('the events of one tenant touch no other', async (t) => {
  const service = await startTicket(t)
  const ticket = await service.open()
  await publish(service, clockChanged(ticket, { id: first, sequence: 1, dueAt: start + HOUR, tenantId: other }))
  t.equal((await service.get(`/tickets/${ticket.id}`)).body.sla, null)
})
