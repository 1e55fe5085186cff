import t from 'tap'
import { TestTicket } from '../support/events.ts'
import { HOUR, MINUTE, start, startClock } from '../support/harness.ts'

t.test('one timer that is late says nothing of the others that are fired with it', async (t) => {
  const { receive, sent, call, service, database } = await startClock(t)
  // where a pause by hand ends, the tickets are folded again, all of a batch together
  const tickets = await Promise.all(['late', 'in time'].map(async (name) => {
    const ticket = new TestTicket(start, { subject: name })
    await receive(
      ticket.created(start),
      ticket.agreement(start, { targets: { first_response: 'PT2H', resolution: 'PT4H' }, reminders: [] })
    )
    const { body } = await call('GET', `/clocks?ticketId=${ticket.id}&metric=resolution`)
    const pause = { reason: 'parts', maxDuration: 'PT2H' }
    t.equal((await call('POST', `/clocks/${body.items[0].id}/pause`, { payload: pause })).status, 200)
    return ticket
  }))
  await sent()
  const due = tickets.map(({ tenantId, id, snapshot }) => ({
    kind: 'case',
    tenantId,
    ownerId: id,
    dueAt: start + 2 * HOUR + (snapshot.subject === 'late' ? MINUTE : 0),
    catchUp: snapshot.subject === 'late'
  }))
  await database.tx(async (tx) => await service.projector.fire(tx, due, start + 2 * HOUR + 2 * MINUTE))
  const breaches = (await sent()).filter(({ data }) => data.mark?.key === 'breach')
  t.same(breaches.map(({ data }) => `${data.ticket.subject}: ${data.catchUp}`).sort(), ['in time: false', 'late: true'])
})
