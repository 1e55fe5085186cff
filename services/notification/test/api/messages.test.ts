import { asOwner } from '@dueline/testkit'
import t from 'tap'
import { assigned, breached, cast, event, tenant, ticket, ticketId, who } from '../events.ts'
import { startNotification } from './harness.ts'

t.test('a breach is written to the agent and the lead, each in his language, over inbox and email', async (t) => {
  const notification = await startNotification(t)
  const { call, deliver, smtp } = notification
  const sent = notification.mails.recorded.next()
  await deliver(...cast, breached())
  const mails = await smtp.mails.atLeast(2)
  t.same(mails.map((mail) => mail.to[0]).sort(), ['a1@acme.example', 'b1@acme.example'])
  const arabic = mails.find((mail) => mail.to[0]?.startsWith('b1'))
  t.match(arabic?.mail.subject ?? '', 'الرد الأول')
  t.match(arabic?.mail.html ?? '', 'dir="rtl"')
  await sent
  const { status, body } = await call('GET', '/inbox', undefined, { as: who.agent, roles: ['agent'] })
  t.equal(status, 200)
  t.match(body, {
    unreadCount: 1,
    items: [{ ticketId, eventType: 'dueline.clock.breached.v1', readAt: null }],
    nextCursor: null
  })

  await t.test('reading', async (t) => {
    const [{ id }] = body.items
    t.equal(
      (await call('POST', `/inbox/${id}/read`, undefined, { as: who.manager, roles: ['manager'] })).status,
      404,
      "another person's message is not there"
    )
    t.equal((await call('POST', `/inbox/${id}/read`, undefined, { as: who.agent, roles: ['agent'] })).status, 204)
    t.equal(
      (await call('GET', '/inbox?unread=true', undefined, { as: who.agent, roles: ['agent'] })).body.items.length,
      0
    )
    t.same((await call('POST', '/inbox/read-all', undefined, { as: who.manager, roles: ['manager'] })).body, {
      count: 1
    })
    t.equal((await call('POST', '/inbox/nonsense/read')).status, 400)
    const machine = { as: 'svc@clients', roles: ['integrator' as const] }
    t.match(
      await call('GET', '/inbox', undefined, machine),
      { status: 200, body: { items: [], unreadCount: 0 } },
      'who is no person has an empty inbox'
    )
    t.same((await call('POST', '/inbox/read-all', undefined, machine)).body, { count: 0 })
    t.equal((await call('POST', `/inbox/${id}/read`, undefined, machine)).status, 404)
    t.equal((await call('GET', '/inbox', undefined, { anonymous: true })).status, 401)
  })

  await t.test('what was sent', async (t) => {
    const list = await call('GET', `/messages?ticketId=${ticketId}&channel=email`)
    t.equal(list.status, 200)
    t.equal(list.body.items.length, 2)
    t.equal((await call('GET', '/messages', undefined, { roles: ['agent'] })).status, 403)
    t.equal((await call('GET', '/messages?colour=red')).status, 400)
    t.equal(
      (await call('GET', '/messages', undefined, { tenant: 'other' })).body.items.length,
      0,
      'another tenant sees nothing'
    )
    const [message] = list.body.items
    t.equal((await call('POST', `/messages/${message.id}/resend`)).status, 409, 'only what failed is sent again')
    t.equal((await call('POST', `/messages/${message.id}/resend`, undefined, { tenant: 'other' })).status, 404)
  })
})

t.test('an event that comes again is in the feed once and announced once', async (t) => {
  const { deliver, smtp, call, database } = await startNotification(t)
  const again = breached()
  await deliver(...cast, again)
  await deliver(again, again)
  await deliver(...cast)
  await smtp.mails.atLeast(2)
  t.equal((await database.pool.query('select 1 from message')).rowCount, 4, 'two people, two channels')
  t.equal((await call('GET', '/events?types=dueline.clock.breached.v1')).body.items.length, 1)
  // What makes it so is the unique key; without it the same rows would be there twice.
  await asOwner(database, 'alter table message drop constraint message_tenant_id_event_id_person_id_channel_key')
  await t.rejects(deliver(again), 'the insert relies on that key by name of its columns')
})

t.test('imported past is in the feed without messages; a late event of a person undoes no newer one', async (t) => {
  const { deliver, call, database } = await startNotification(t)
  await deliver(...cast, { ...breached(), historical: true })
  t.equal((await database.pool.query('select 1 from message')).rowCount, 0)
  t.equal((await call('GET', '/events?types=dueline.clock.breached.v1')).body.items[0].historical, true)
  const person = cast[1]!
  const { data } = person
  await deliver({ ...person, id: ticket.id, data: { person: { ...data.person, version: 3, active: false } } })
  await deliver({ ...person, id: who.ceo, data: { person: { ...data.person, version: 2 } } })
  t.match((await database.pool.query('select active, version from person where id = $1', [who.agent])).rows, [{
    active: false,
    version: 3
  }])
})

t.test('a mail server that is away is tried again with the same Message-ID; a refusal for good parks it', async (t) => {
  const notification = await startNotification(t)
  const { deliver, smtp, call, outboxTypes } = notification
  smtp.refuse(550)
  const recorded = notification.mails.recorded.next()
  await deliver(...cast, assigned(null, who.agent))
  await recorded
  const [parked] = (await call('GET', '/messages?state=failed')).body.items
  t.match(parked, { attempts: 1, lastError: /550/, channel: 'email' })
  t.same(await outboxTypes(), ['dueline.message.failed.v1'])
  const resent = notification.mails.recorded.next()
  t.equal((await call('POST', `/messages/${parked.id}/resend`)).status, 202)
  const [mail] = await smtp.mails.atLeast(1)
  t.match(mail?.mail.messageId ?? '', parked.id, 'the message keeps its Message-ID')
  await resent

  smtp.refuse(450)
  const deferred = notification.mails.recorded.next()
  const { rows: [begun] } = await notification.database.pool.query<{ now: string }>('select now()::text')
  await deliver(event('dueline.ticket.reopened.v1', { from: 'resolved', to: 'open', reason: null }))
  const id = await deferred
  const { rows: [wait] } = await notification.database.pool.query<{ atLeast: number, atMost: number }>(
    `select extract(epoch from due_at - now())::float as "atLeast",
       extract(epoch from due_at - $2::timestamptz)::float as "atMost"
     from timer where owner_id = $1`,
    [id, begun?.now]
  )
  t.ok(
    wait !== undefined && wait.atLeast < 7 && wait.atMost > 1,
    `tried again in about 5 s (${wait?.atLeast} to ${wait?.atMost})`
  )
})

t.test('the feed pages without loss, filters by type and refuses what it does not know', async (t) => {
  const { deliver, call } = await startNotification(t)
  // whose inbox stays empty
  const admin = { as: who.admin }
  await deliver(...cast, event('dueline.ticket.created.v1'), breached())
  const first = await call('GET', '/events?limit=4', undefined, admin)
  const rest = await call('GET', `/events?limit=4&after=${first.body.nextCursor}`, undefined, admin)
  const end = await call('GET', `/events?after=${rest.body.nextCursor}`, undefined, admin)
  t.same([first.body.items.length, rest.body.items.length, end.body.items.length], [4, 2, 0])
  t.equal(end.body.nextCursor, rest.body.nextCursor, 'the cursor of an empty page is good for the next one')
  t.equal((await call('GET', '/events?types=dueline.ticket.eaten.v1')).status, 400)
  t.match(await call('GET', '/events?after=nonsense'), {
    status: 400,
    body: { errors: [{ in: 'query', pointer: '/after' }] }
  })
  t.equal(
    (await call('GET', `/events?after=${Buffer.from('{"position":1e300}').toString('base64url')}`)).status,
    400,
    'a position that no feed has'
  )
  t.match(await call('GET', '/events/stream', undefined, { headers: { 'last-event-id': 'nonsense' } }), {
    status: 400,
    body: { errors: [{ in: 'header', pointer: '/last-event-id' }] }
  })
  t.same(
    (await call('GET', '/events', undefined, { ...admin, roles: ['customer'] })).body.items,
    [],
    'of no ticket of its own'
  )
  t.equal((await call('GET', '/events', undefined, { tenant: `${tenant}-2` })).body.items.length, 0)
})
