// Each endpoint has a bound of its own, and what is of one subject goes to it in order.
import { Signal } from '@dueline/runtime'
import { webhookReceiver } from '@dueline/testkit'
import t from 'tap'
import { assigned, who } from '../events.ts'
import { startNotification } from './harness.ts'

type Notification = Awaited<ReturnType<typeof startNotification>>
const integrator = { roles: ['integrator' as const] }

const about = (subject: string) => ({ ...assigned(null, who.agent), subject })
const subjectOf = ({ body }: { body: string }): string => (JSON.parse(body) as { subject: string }).subject
const idOf = ({ body }: { body: string }): string => (JSON.parse(body) as { id: string }).id

async function endpoint ({ call }: Notification, url: string): Promise<string> {
  return (await call('POST', '/webhook-endpoints', { url, types: ['dueline.ticket.assigned.v1'] }, integrator)).body.id
}

/** What waits for its next attempt is due now; what is being sent has a lease of 20 s and is left alone. */
async function hurry ({ database }: Notification): Promise<void> {
  await database.tx(async ({ $client }) => {
    await $client.query('select from webhook_endpoint order by id for update')
    await $client.query(
      `update webhook_delivery set next_attempt_at = now()
        where next_attempt_at <> last_attempt_at + interval '20 seconds'`
    )
    await $client.query("update timer set due_at = now(), fire_at = now() where kind = 'webhook'")
  })
}

t.test('what cannot be delivered holds up its own subject only, until it is delivered', async (t) => {
  const notification = await startNotification(t)
  const receiver = await webhookReceiver(t)
  await endpoint(notification, receiver.url)
  const [first, second, third] = [about('ticket/a'), about('ticket/a'), about('ticket/a')]
  receiver.answer(500)
  const refused = notification.webhooks.recorded.next()
  await notification.deliver(first!, second!)
  await refused
  const other = about('ticket/b')
  await notification.deliver(third!, other)
  t.same((await receiver.requests.atLeast(2)).map(idOf), [first!.id, other.id], 'another subject goes on')
  const { rows } = await notification.database.pool.query(
    "select event_id from webhook_delivery where state = 'pending' and next_attempt_at is null order by position"
  )
  t.same(rows.map(({ event_id: id }) => id), [second!.id, third!.id], 'the same subject waits')
  await hurry(notification)
  t.same((await receiver.requests.atLeast(5)).map(idOf), [first!.id, other.id, first!.id, second!.id, third!.id])
})

t.test('what is exhausted lets the next of its subject through, and a replay goes behind it', async (t) => {
  const notification = await startNotification(t)
  const { database, call, webhooks, deliver } = notification
  const receiver = await webhookReceiver(t)
  await endpoint(notification, receiver.url)
  const [first, second] = [about('ticket/a'), about('ticket/a')]
  receiver.answer(500)
  const refused = webhooks.recorded.next()
  await deliver(first!, second!)
  await refused
  await database.pool.query('update webhook_delivery set attempts = 9 where event_id = $1', [first!.id])
  receiver.answer(500)
  const slow = new Signal<number>()
  receiver.answer(slow.next())
  await hurry(notification)
  await receiver.requests.atLeast(3)
  const [{ id }] =
    (await database.pool.query<{ id: string }>("select id from webhook_delivery where state = 'exhausted'")).rows as [
      { id: string }
    ]
  t.equal((await call('POST', `/webhook-deliveries/${id}/replay`, undefined, integrator)).status, 202)
  slow.emit(200)
  t.same((await receiver.requests.atLeast(4)).map(idOf), [first!.id, first!.id, second!.id, first!.id])
})

t.test('a receiver that hangs holds up nobody else, and is tried with one at a time once it has failed', async (t) => {
  const notification = await startNotification(t)
  const [hanging, healthy] = [await webhookReceiver(t), await webhookReceiver(t)]
  await endpoint(notification, hanging.url)
  await endpoint(notification, healthy.url)
  const answer = new Signal<number>()
  hanging.always(answer.next())
  const subjects = Array.from({ length: 100 }, (_, i) => `ticket/${i}`)
  await notification.deliver(...subjects.map(about))
  t.same(
    new Set((await healthy.requests.atLeast(100)).map(subjectOf)),
    new Set(subjects),
    'everything is there while the other has answered nothing'
  )
  t.equal((await hanging.requests.atLeast(8)).length, 8, 'which has as much begun as it may and no more')
  hanging.always(new Signal<number>().next())
  answer.emit(500)
  await hanging.requests.atLeast(9)
  await notification.deliver(about('ticket/late'))
  await healthy.requests.atLeast(101)
  t.equal(hanging.requests.all.length, 9, 'failing, it gets one at a time')
})

t.test('whatever fails meanwhile, each subject arrives in order and nothing is lost', async (t) => {
  const notification = await startNotification(t)
  const receiver = await webhookReceiver(t)
  await endpoint(notification, receiver.url)
  let seed = 11
  const random = (): number => (seed = seed * 48_271 % 2_147_483_647) / 2_147_483_647
  receiver.always(() => random() < 0.3 ? 500 : 200)
  const events = Array.from({ length: 120 }, () => about(`ticket/${Math.floor(random() * 15)}`))
  for (let i = 0; i < events.length; i += 10) {
    await notification.deliver(...events.slice(i, i + 10))
    await hurry(notification)
  }
  const accepted = async (): Promise<number> =>
    (await notification.database.pool.query("select 1 from webhook_delivery where state = 'delivered'")).rowCount ?? 0
  while (await accepted() < events.length) {
    const recorded = notification.webhooks.recorded.next()
    await hurry(notification)
    await recorded
  }
  for (const subject of new Set(events.map((each) => each.subject))) {
    const sent = receiver.requests.all.filter((request) => subjectOf(request) === subject).map(idOf)
    const wanted = events.filter((each) => each.subject === subject).map(({ id }) => id)
    t.same(
      sent.filter((id, i) => id !== sent[i - 1]),
      wanted,
      `${subject}: no event before one that stands before it was accepted`
    )
  }
})

t.test('an answer that Postgres would not take is noted, cleaned, and tried again by the schedule', async (t) => {
  const notification = await startNotification(t)
  const receiver = await webhookReceiver(t)
  const id = await endpoint(notification, receiver.url)
  receiver.answer({ status: 503, body: 'a\u0000b' })
  const recorded = notification.webhooks.recorded.next()
  await notification.deliver(about('ticket/a'))
  await recorded
  const [delivery] =
    (await notification.call('GET', `/webhook-deliveries?endpointId=${id}`, undefined, integrator)).body.items
  t.match(delivery, { state: 'pending', attempts: 1, lastStatus: 503, lastError: 'ab' })
  t.ok(Date.parse(delivery.nextAttemptAt) > Date.parse(delivery.lastAttemptAt) + 3_000)
  t.ok((await notification.call('GET', `/webhook-endpoints/${id}`, undefined, integrator)).body.failingSince)
})

t.test('what came while an endpoint was disabled is in the feed, between the cursors that it names', async (t) => {
  const notification = await startNotification(t)
  const { call, deliver, webhooks } = notification
  const receiver = await webhookReceiver(t)
  const id = await endpoint(notification, receiver.url)
  await deliver(about('ticket/before'))
  await receiver.requests.atLeast(1)
  receiver.answer(410)
  await deliver(about('ticket/gone'))
  const disabled = async (): Promise<any> => (await call('GET', `/webhook-endpoints/${id}`, undefined, integrator)).body
  while ((await disabled()).state !== 'disabled') await webhooks.recorded.next()
  t.match(await disabled(), { missed: { after: String, until: null } })
  const missed = [about('ticket/m1'), about('ticket/m2')]
  await deliver(...missed)
  const { body: { missed: { after, until } } } = await call(
    'POST',
    `/webhook-endpoints/${id}/enable`,
    undefined,
    integrator
  )
  await deliver(about('ticket/after'))
  await receiver.requests.find((request) => subjectOf(request) === 'ticket/after')
  const { body: { items } } = await call('GET', `/events?after=${after}`, undefined, integrator)
  t.same(items.slice(0, 2).map((each: any) => each.id), missed.map((each) => each.id))
  t.equal((await call('GET', `/events?after=${after}&limit=2`, undefined, integrator)).body.nextCursor, until)
  t.same(receiver.requests.all.map(subjectOf), ['ticket/before', 'ticket/gone', 'ticket/gone', 'ticket/after'])
})
