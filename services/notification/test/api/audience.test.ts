// Who was written to, as the service's own list of messages shows it.
import { testEvent } from '@dueline/testkit'
import t from 'tap'
import {
  assigned,
  breached,
  cast,
  clock,
  escalation,
  event,
  levelReached,
  marked,
  message,
  personChanged,
  resumed,
  tenant,
  ticket,
  withdrawn,
  who
} from '../events.ts'
import { startNotification } from './harness.ts'

type Notification = Awaited<ReturnType<typeof startNotification>>

const unassigned = { ticket: { ...ticket, assigneeId: null } }
const person = (last: string): string => `01900000-0000-7000-8000-0000000000${last}`
const chief = personChanged(who.ceo, { role: 'ceo', managerId: null })

/** Who has a message of this type in the inbox, once for each message. */
async function notified ({ call }: Notification, type: string): Promise<string[]> {
  const { body } = await call('GET', '/messages?channel=inbox&limit=200')
  return body.items.filter(({ eventType }: { eventType: string }) => eventType === `dueline.${type}.v1`)
    .map(({ personId }: { personId: string }) => personId).sort()
}

t.test('a ticket that nobody has concerns the managers, without any the chief and the admins', async (t) => {
  const notification = await startNotification(t)
  const { deliver } = notification
  const second = personChanged(person('b2'), { role: 'manager' })
  const left = personChanged(person('b3'), { role: 'manager', active: false })
  const outsider = personChanged(person('b4'), { role: 'manager' }, 'other')
  await deliver(...cast, chief, second, left, outsider)
  await deliver(marked('warned', { key: 'percent:50' }, {}, unassigned))
  t.same(
    await notified(notification, 'clock.warned'),
    [who.manager, person('b2')].sort(),
    'active managers of the tenant'
  )
  await deliver(event('dueline.ticket.message-added.v1', {
    ...message('public', 'customer', who.customer),
    ...unassigned
  }))
  t.equal((await notified(notification, 'ticket.message-added')).length, 2)
  const admin = personChanged(who.admin, { role: 'admin' })
  const gone = [who.manager, person('b2')].map((id) =>
    personChanged(id, { role: 'manager', active: false, version: 2 })
  )
  await deliver(admin, ...gone, breached(unassigned))
  t.same(await notified(notification, 'clock.breached'), [who.admin, who.ceo].sort())
})

t.test('the lead of the team hears in place of the managers, and of what comes to the team', async (t) => {
  const notification = await startNotification(t)
  const { deliver } = notification
  const [team, lead, product] = [person('7e'), person('a7'), person('9d')]
  const teamChanged = (change: object, version = 1, tenantId = tenant) =>
    testEvent('dueline.team.changed.v1', {
      team: {
        id: team,
        name: 'Facilities',
        leadId: lead,
        memberIds: [],
        calendarId: null,
        productIds: [product],
        moduleIds: [],
        active: true,
        version,
        ...change
      },
      deleted: false
    }, { tenantid: tenantId })
  const inTeam = { ticket: { ...ticket, assigneeId: null, teamId: 'facilities' } }
  const ofProduct = { ticket: { ...ticket, assigneeId: null, productId: product } }
  await deliver(...cast, personChanged(lead), teamChanged({}), teamChanged({ leadId: who.agent }, 1, 'other'))
  await deliver(
    marked('warned', { key: 'percent:50' }, {}, inTeam),
    marked('overdue', { key: 'after:PT1H' }, {}, ofProduct)
  )
  t.same(await notified(notification, 'clock.warned'), [lead])
  t.same(await notified(notification, 'clock.overdue'), [lead], 'its team covers the product')

  await deliver(marked('warned', { key: 'percent:50' }, { sequence: 3, warnedAt: clock.startedAt }, unassigned))
  t.same(await notified(notification, 'clock.warned'), [lead, who.manager].sort(), 'a ticket of no team')
  const moved = { to: { assigneeId: null, teamId: team }, ticket: { ...ticket, assigneeId: null, teamId: team } }
  await deliver(assigned(null, null, moved))
  t.same(await notified(notification, 'ticket.assigned'), [lead])
  const { items: [last] } = (await notification.call('GET', '/inbox', undefined, { as: lead, roles: ['agent'] })).body
  t.match(last, {
    subject: '[T-000001] Without assignee: Printer',
    body: /no assignee\.\n\nStill open:\n- first response: due/
  })

  await deliver(personChanged(lead, { active: false, version: 2 }), breached(inTeam))
  t.same(await notified(notification, 'clock.breached'), [who.manager], 'an inactive lead is passed over')
})

t.test('an assignee who became inactive no longer swallows what concerns his ticket', async (t) => {
  const notification = await startNotification(t)
  await notification.deliver(...cast, personChanged(person('b2'), { role: 'manager' }))
  await notification.deliver(personChanged(who.agent, { managerId: who.ceo, active: false, version: 2 }), breached())
  t.same(
    await notified(notification, 'clock.breached'),
    [who.manager, person('b2'), who.ceo].sort(),
    'the managers, and his own'
  )
})

t.test('whoever is given a ticket is notified once, with what is open, also when nobody had it before', async (t) => {
  const notification = await startNotification(t)
  const { deliver, call, database } = notification
  await deliver(...cast, breached(unassigned))
  await deliver(marked('warned', { key: 'percent:50' }, { id: who.ceo, metric: 'resolution' }, unassigned))
  await deliver(event('dueline.ticket.message-added.v1', {
    ...message('public', 'customer', who.customer),
    ...unassigned
  }))
  await deliver(assigned(null, who.agent))
  const inbox = (await call('GET', '/inbox', undefined, { as: who.agent, roles: ['agent'] })).body.items
  t.equal(inbox.length, 1)
  t.match(inbox[0].body, /Still open:\n- first response: missed.*\n- resolution: due.*\n- the customer has waited/)

  await deliver(withdrawn())
  t.same(
    await notified(notification, 'clock.breach-withdrawn'),
    [who.agent, who.manager].sort(),
    'who was notified is notified when it is withdrawn'
  )
  await deliver(event('dueline.clock.met.v1', { clock: { ...clock, id: who.ceo, state: 'met', sequence: 9 } }))
  await deliver(event('dueline.ticket.message-added.v1', message('public', 'agent', who.agent)))
  t.equal((await database.pool.query('select 1 from ticket_open')).rowCount, 0, 'nothing is left of what is over')
  await deliver(assigned(who.agent, who.manager))
  const last = (await call('GET', '/inbox', undefined, { as: who.manager, roles: ['manager'] })).body.items[0]
  t.notMatch(last.body, 'ما زال')
})

t.test('what comes in one batch is announced as if it had come one by one', async (t) => {
  const notification = await startNotification(t)
  await notification.deliver(...cast, breached(unassigned), assigned(null, who.agent), withdrawn())
  t.same(await notified(notification, 'clock.breach-withdrawn'), [who.agent, who.manager].sort())
  const { body } = await notification.call('GET', '/inbox', undefined, { as: who.agent, roles: ['agent'] })
  t.match(
    body.items.find(({ eventType }: { eventType: string }) => eventType === 'dueline.ticket.assigned.v1').body,
    'missed'
  )
})

t.test('the assignee who is named as the ticket is opened is notified as by an assignment', async (t) => {
  const notification = await startNotification(t)
  await notification.deliver(...cast, event('dueline.ticket.created.v1'))
  const { body } = await notification.call('GET', `/messages?channel=email&personId=${who.agent}`)
  t.match(body.items, [{ subject: '[T-000001] Assigned to you: Printer' }])
  t.equal(body.items.length, 1)
})

t.test(
  'the withdrawal of a breach reaches those who were notified of it, whoever has the ticket now, and nobody twice',
  async (t) => {
    const notification = await startNotification(t)
    const { deliver } = notification
    const other = person('a2')
    await deliver(...cast, personChanged(other, { managerId: who.ceo }), breached())
    await deliver(
      assigned(who.agent, null),
      withdrawn(),
      event('dueline.clock.met.v1', { clock: { ...clock, state: 'met', sequence: 6 } })
    )
    t.same(await notified(notification, 'clock.breach-withdrawn'), [who.agent, who.manager].sort())
    const again = breached({ ticket: { ...ticket, assigneeId: other } })
    await deliver(again, withdrawn())
    t.same(
      await notified(notification, 'clock.breach-withdrawn'),
      [who.agent, other, who.manager, who.ceo].sort(),
      'of the second breach only others were notified'
    )
    await deliver(withdrawn(), breached({}, { recordedOnly: 'superseded' }), withdrawn(), withdrawn('over'))
    t.equal(
      (await notified(notification, 'clock.breach-withdrawn')).length,
      4,
      'a breach of which nobody was notified is withdrawn in silence'
    )
  }
)

t.test('whom an escalation notified of a breach is notified that it is withdrawn', async (t) => {
  const notification = await startNotification(t)
  const { deliver } = notification
  const reached = levelReached({ actions: [{ kind: 'notify', personIds: [who.ceo] }] })
  await deliver(...cast, chief, breached(), reached, withdrawn())
  t.same(await notified(notification, 'clock.breach-withdrawn'), [who.agent, who.manager, who.ceo].sort())
  const superseded = breached({}, { recordedOnly: 'superseded' })
  await deliver(superseded, { ...reached, id: person('bb') }, withdrawn('superseded'))
  t.equal((await notified(notification, 'clock.breach-withdrawn')).length, 4, 'the chief, whom only the level notified')
})

t.test('a miss announced to nobody, as the ticket was over, is announced once its clock runs again', async (t) => {
  const notification = await startNotification(t)
  const { deliver } = notification
  const over = { key: 'breach', recordedOnly: 'over' }
  const missed = { breachedAt: clock.dueAt }
  await deliver(...cast, marked('breached', over, { ...missed, state: 'met', sequence: 3 }))
  t.same(await notified(notification, 'clock.breached'), [])
  await deliver(resumed(clock.dueAt))
  t.same(await notified(notification, 'clock.resumed'), [who.agent, who.manager].sort())
  const metAgain = event('dueline.clock.met.v1', { clock: { ...clock, ...missed, state: 'met', sequence: 10 } })
  await deliver(metAgain, resumed(clock.dueAt, { sequence: 11 }))
  t.equal((await notified(notification, 'clock.resumed')).length, 2, 'reopened once more it is known')
  await deliver(withdrawn())
  t.same(await notified(notification, 'clock.breach-withdrawn'), [who.agent, who.manager].sort())
})

t.test('an announced breach is not announced again when its clock is paused, or its ticket reopened', async (t) => {
  const notification = await startNotification(t)
  const { deliver } = notification
  const step = (type: 'paused' | 'met', sequence: number) =>
    event(`dueline.clock.${type}.v1`, {
      clock: { ...clock, breachedAt: clock.dueAt, state: type, sequence }
    })
  await deliver(...cast, breached(), step('paused', 4), resumed(clock.dueAt, { sequence: 5 }))
  await deliver(step('met', 6), resumed(clock.dueAt, { sequence: 7 }))
  t.same(await notified(notification, 'clock.resumed'), [])
})

t.test('a message says which clock, mark and escalation it is about', async (t) => {
  const { deliver, call } = await startNotification(t)
  await deliver(...cast, marked('warned', { key: 'percent:50' }), marked('warned', { key: 'percent:80', urgent: true }))
  await deliver(levelReached({ actions: [{ kind: 'notify', personIds: [who.agent] }] }))
  const { items: [level, urgent, half] } =
    (await call('GET', '/inbox', undefined, { as: who.agent, roles: ['agent'] })).body
  t.match(half, { clockId: clock.id, mark: 'percent:50', urgent: false, escalationId: null })
  t.match(urgent, { clockId: clock.id, mark: 'percent:80', urgent: true })
  t.not(half.subject, urgent.subject, 'two warnings of one clock can be told apart')
  t.match(level, { clockId: clock.id, mark: null, urgent: false, escalationId: escalation.id })
  t.match((await call('GET', `/messages?personId=${who.agent}`)).body.items[0], {
    clockId: clock.id,
    escalationId: escalation.id,
    mark: null,
    urgent: false
  })
  t.notOk('breachOf' in (await call('GET', '/messages')).body.items[0])
})

t.test("times are in the reader's zone, or the calendar's, or UTC, and say so", async (t) => {
  const notification = await startNotification(t)
  const { deliver, call } = notification
  const calendarId = person('ca')
  const published = (version: number, timezone: string) =>
    testEvent('dueline.calendar.published.v1', {
      calendar: { id: calendarId, version, name: 'Office', spec: { timezone, weekly: {} } }
    })
  await deliver(
    ...cast,
    personChanged(who.manager, { role: 'manager', language: 'ar', timeZone: 'Asia/Riyadh', version: 2 })
  )
  await deliver(published(2, 'Europe/Berlin'), published(1, 'America/New_York'))
  await deliver(breached({ clock: { ...clock, calendarId, breachedAt: clock.dueAt, sequence: 3 } }), breached())
  const subjects = async (as: string) =>
    (await call('GET', '/inbox', undefined, { as, roles: ['agent'] })).body.items.map((item: { subject: string }) =>
      item.subject
    )
  const [utc, office] = await subjects(who.agent)
  t.match(utc, '10:00 AM UTC')
  t.match(office, '11:00 AM GMT+1', 'of the newest version')
  for (const subject of await subjects(who.manager)) t.match(subject, /[1١]:[0٠]{2} م غرينتش\+[3٣]/)
})

t.test('a calendar whose publishing was never received has the zone that its clocks have', async (t) => {
  const { deliver, call } = await startNotification(t)
  const subject = async () =>
    (await call('GET', '/inbox', undefined, { as: who.agent, roles: ['agent'] }))
      .body.items[0].subject
  const at = (calendarVersion: number, timeZone: string | null, id = 'ca') =>
    breached({
      clock: {
        ...clock,
        calendarId: person(id),
        calendarVersion,
        timeZone,
        breachedAt: clock.dueAt,
        sequence: 2 + calendarVersion
      }
    })
  await deliver(...cast, at(1, null))
  t.match(await subject(), '10:00 AM UTC', 'of an older release')
  await deliver(at(2, 'Asia/Dubai'))
  t.match(await subject(), '2:00 PM GMT+4')
  await deliver(at(1, 'Europe/Berlin'))
  t.match(await subject(), '2:00 PM GMT+4', 'an older version changes nothing')
  await deliver(at(3, 'Europe/Berlin'), at(3, 'Asia/Riyadh', 'cb'))
  t.match(await subject(), '1:00 PM GMT+3', 'each calendar has its own')
})
