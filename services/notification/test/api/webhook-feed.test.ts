// Endpoints read the feed: whoever appends to it waits for none of them, and none misses or repeats anything.
import { Signal, systemClock, systemIds } from '@dueline/runtime'
import { webhookReceiver } from '@dueline/testkit'
import t from 'tap'
import { createOnEvents } from '../../src/consumers/on-events.ts'
import { assigned, who } from '../events.ts'
import { startNotification } from './harness.ts'

type Notification = Awaited<ReturnType<typeof startNotification>>
const integrator = { roles: ['integrator' as const] }

const about = (subject: string) => ({ ...assigned(null, who.agent), subject })
const idOf = ({ body }: { body: string }): string => (JSON.parse(body) as { id: string }).id
const idsOf = (events: ReadonlyArray<{ id: string }>): string[] => events.map(({ id }) => id)

async function endpoint ({ call }: Notification, url: string, types = ['dueline.ticket.assigned.v1']): Promise<string> {
  return (await call('POST', '/webhook-endpoints', { url, types }, integrator)).body.id
}

/** Appends as a process that dies right after it: nothing signals that the feed grew. */
function quietly ({ timers }: Notification, feedGrew: () => void = () => {}) {
  return createOnEvents({ clock: systemClock, ids: systemIds, timers, feedGrew })
}

t.test('an endpoint whose row is held up holds up neither events nor another endpoint', async (t) => {
  const notification = await startNotification(t)
  const [stuck, healthy] = [await webhookReceiver(t), await webhookReceiver(t)]
  const stuckId = await endpoint(notification, stuck.url)
  await endpoint(notification, healthy.url)
  const events = [about('ticket/a'), about('ticket/b')]
  await notification.database.tx(async ({ $client }) => {
    await $client.query('select from webhook_endpoint where id = $1 for update', [stuckId])
    await notification.deliver(events[0]!)
    await healthy.requests.atLeast(1)
    await notification.deliver(events[1]!)
    await healthy.requests.atLeast(2)
    t.equal(stuck.requests.all.length, 0)
  })
  t.same((await stuck.requests.atLeast(2)).map(idOf).sort(), idsOf(events).sort(), 'and loses nothing')
})

t.test('what a process appended that died after it is found by another', async (t) => {
  const dead = await startNotification(t)
  const receiver = await webhookReceiver(t)
  await endpoint(dead, receiver.url)
  await dead.stopLoops()
  const events = Array.from({ length: 3 }, () => about('ticket/a'))
  await dead.database.tx(async (tx) => await quietly(dead)(tx, events))
  await startNotification(t, {}, { on: dead })
  t.same((await receiver.requests.atLeast(3)).map(idOf), idsOf(events))
})

t.test('what replicas look at together is delivered once, each subject in the order of the feed', async (t) => {
  const first = await startNotification(t)
  const second = await startNotification(t, {}, { on: first })
  const receiver = await webhookReceiver(t)
  await endpoint(first, receiver.url)
  const both = quietly(first, () => {})
  await Promise.all(Array.from({ length: 60 }, async (_, i) => {
    const events = [about(`ticket/${i % 5}`), about(`ticket/${(i + 1) % 5}`)]
    await first.database.tx(async (tx) => await both(tx, events))
    first.feedGrew(events)
    second.feedGrew(events)
  }))
  const sent = await receiver.requests.atLeast(120)
  await Promise.all([first.stopLoops(), second.stopLoops()])
  t.equal(receiver.requests.all.length, 120)
  const { rows } = await first.database.pool.query<{ id: string, subject: string }>(
    "select id, event->>'subject' as subject from feed_event order by position"
  )
  const arrived = sent.map(idOf)
  for (const subject of new Set(rows.map((row) => row.subject))) {
    const wanted = idsOf(rows.filter((row) => row.subject === subject))
    t.same(arrived.filter((id) => wanted.includes(id)), wanted, subject)
  }
})

t.test('an event that is being appended while an endpoint is enabled is delivered or missed, not both', async (t) => {
  const notification = await startNotification(t)
  const { call, database, webhooks } = notification
  const receiver = await webhookReceiver(t)
  const id = await endpoint(notification, receiver.url)
  receiver.answer(410)
  const recorded = webhooks.recorded.next()
  await notification.deliver(about('ticket/gone'))
  await recorded
  const [missed, open] = [about('ticket/missed'), about('ticket/open')]
  await notification.deliver(missed)
  const { body: { missed: { after } } } = await call('GET', `/webhook-endpoints/${id}`, undefined, integrator)
  const { body: enabled } = await database.tx(async (tx) => {
    await quietly(notification, () => notification.feedGrew([open]))(tx, [open])
    return await call('POST', `/webhook-endpoints/${id}/enable`, undefined, integrator)
  })
  await receiver.requests.find((request) => idOf(request) === open.id)
  const feed = (await call('GET', `/events?after=${after}&limit=1`, undefined, integrator)).body
  t.same(idsOf(feed.items), [missed.id])
  t.equal(feed.nextCursor, enabled.missed.until)
  await notification.stopLoops()
  t.notOk(receiver.requests.all.some((request) => idOf(request) === missed.id))
})

t.test('an endpoint that wants nothing of what came has nothing to read again', async (t) => {
  const notification = await startNotification(t)
  const { database } = notification
  const receiver = await webhookReceiver(t)
  await endpoint(notification, receiver.url, ['dueline.clock.breached.v1'])
  await notification.deliver(about('ticket/a'), about('ticket/b'))
  await notification.stopLoops()
  await startNotification(t, {}, { on: notification })
  const text = 'select from webhook_endpoint join feed_head using (tenant_id) where lined_up_to < next_position - 1'
  const behind = async (): Promise<number> => (await database.pool.query(text)).rowCount ?? 0
  while (await behind() > 0) await new Promise(setImmediate)
  t.equal(receiver.requests.all.length, 0)
})

t.test('while an endpoint has as much begun as it may, what comes is queued for it all the same', async (t) => {
  const notification = await startNotification(t)
  const receiver = await webhookReceiver(t)
  await endpoint(notification, receiver.url)
  const answer = new Signal<number>()
  receiver.always(answer.next())
  await notification.deliver(...Array.from({ length: 8 }, (_, i) => about(`ticket/${i}`)))
  await receiver.requests.atLeast(8)
  await notification.deliver(...Array.from({ length: 30 }, (_, i) => about(`ticket/late-${i}`)))
  const pending = async (): Promise<number> =>
    (await notification.database.pool.query("select from webhook_delivery where state = 'pending'")).rowCount ?? 0
  while (await pending() < 38) await new Promise(setImmediate)
  const ended = await notification.database.pool.query('select from webhook_delivery where last_error is not null')
  t.equal(ended.rowCount, 0, 'it did not wait for an attempt to end')
  t.equal(receiver.requests.all.length, 8)
  receiver.always(200)
  answer.emit(200)
  t.equal(new Set((await receiver.requests.atLeast(38)).map(idOf)).size, 38)
})
