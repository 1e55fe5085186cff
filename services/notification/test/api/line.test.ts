// A queue of things to send: what is being sent ends; the rest is released when the service stops, or when the line is
// too slow.
import { Signal, systemClock, systemIds } from '@dueline/runtime'
import { webhookReceiver } from '@dueline/testkit'
import t from 'tap'
import { assigned, cast, who } from '../events.ts'
import { startNotification } from './harness.ts'

type Notification = Awaited<ReturnType<typeof startNotification>>

/** Each is one mail to the agent and one webhook to whoever asked for it. */
const assignments = (count: number) => Array.from({ length: count }, () => assigned(null, who.agent))

async function untilBegun ({ timers, database }: Notification, count: number): Promise<void> {
  for (;;) {
    const more = timers.fired.next()
    const { rowCount } = await database.pool.query('select 1 from message where attempts = 1')
    if (rowCount === count) return
    await more
  }
}

t.test('queued mails are released at once when a service stops, each is sent once', async (t) => {
  const stopping = await startNotification(t)
  const { smtp, deliver, database } = stopping
  const { waiting, release } = smtp.hold()
  await deliver(...cast, ...assignments(20))
  await waiting.atLeast(4)
  await untilBegun(stopping, 20)
  const replica = await startNotification(t, {}, { on: stopping })

  const stopped = stopping.stopLoops()
  const rest = [...await replica.smtp.mails.atLeast(16)]
  t.equal(smtp.mails.all.length, 0, 'while the four that were being sent wait for their answer')
  release()
  await stopped
  await replica.stopLoops()
  t.equal(smtp.mails.all.length, 4, 'what was being sent is sent to its end')
  t.equal(
    new Set([...smtp.mails.all, ...rest].map(({ mail }) => mail.messageId)).size,
    20,
    'nothing is lost or sent twice'
  )
  t.equal(replica.smtp.mails.all.length, 16)
  t.same(
    (await database.pool.query(
      "select state, attempts, count(*)::int from message where channel = 'email' group by 1, 2"
    )).rows,
    [{ state: 'sent', attempts: 1, count: 20 }],
    'what was released is no attempt'
  )
  t.equal((await database.pool.query('select 1 from timer')).rowCount, 0)
})

t.test('mails that waited too long to be sent within their lease begin anew at once, and were not tried', async (t) => {
  let aheadMicros = 0
  const notification = await startNotification(t, {}, { clock: { now: () => systemClock.now() + aheadMicros } })
  const { smtp, deliver, database } = notification
  const { waiting, release } = smtp.hold()
  await deliver(...cast, ...assignments(20))
  await waiting.atLeast(4)
  await untilBegun(notification, 20)
  aheadMicros = 4_100_000
  const recorded = new Set<string>()
  const all = notification.mails.recorded.next((id) => recorded.add(id).size === 20)
  release()
  await all
  t.equal(new Set(smtp.mails.all.map(({ mail }) => mail.messageId)).size, 20)
  t.equal(smtp.mails.all.length, 20)
  t.same(
    (await database.pool.query(
      "select state, attempts, count(*)::int from message where channel = 'email' group by 1, 2"
    )).rows,
    [{ state: 'sent', attempts: 1, count: 20 }]
  )
})

t.test('a replica goes on with webhooks that a stopping service has not begun, each once and in order', async (t) => {
  const stopping = await startNotification(t)
  const { call, deliver, database } = stopping
  const receiver = await webhookReceiver(t)
  await call('POST', '/webhook-endpoints', { url: `${receiver.url}/hook`, types: ['dueline.ticket.assigned.v1'] })
  const slow = new Signal<number>()
  receiver.always(slow.next())
  const tickets = Array.from({ length: 12 }, () => systemIds.next())
  const subjects = tickets.flatMap((id) => [`ticket/${id}`, `ticket/${id}`])
  await deliver(...cast, ...assignments(24).map((each, i) => ({ ...each, subject: subjects[i]! })))
  const begun = [...await receiver.requests.atLeast(8)]
  t.equal(new Set(begun.map(subjectOf)).size, 8, 'no subject is sent twice at once')

  const stopped = stopping.stopLoops()
  receiver.always(200)
  const replica = await startNotification(t, {}, { on: stopping })
  slow.emit(200)
  await stopped
  const all = [...await receiver.requests.atLeast(24)]
  t.equal(new Set(all.map(({ headers }) => headers['webhook-id'])).size, 24)
  await replica.stopLoops()
  t.same(
    (await database.pool.query('select state, attempts, count(*)::int from webhook_delivery group by 1, 2')).rows,
    [{ state: 'delivered', attempts: 1, count: 24 }]
  )
  t.equal((await database.pool.query("select 1 from timer where kind = 'webhook'")).rowCount, 0)
})

function subjectOf ({ body }: { body: string }): string {
  return (JSON.parse(body) as { subject: string }).subject
}
