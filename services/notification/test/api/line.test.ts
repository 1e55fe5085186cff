// A line of things to send: what is being sent ends; the rest is given back when the service stops, or when the line is too slow.
import { Signal, systemClock } from '@dueline/runtime'
import { webhookReceiver } from '@dueline/testkit'
import t from 'tap'
import { assigned, cast, who } from '../events.ts'
import { startNotification } from './harness.ts'

type Notification = Awaited<ReturnType<typeof startNotification>>

/** Each is one mail to the agent and one webhook to whoever asked for it. */
const assignments = (count: number) => Array.from({ length: count }, () => assigned(null, who.agent))

async function untilBegun ({ timers, database }: Notification, table: 'message' | 'webhook_delivery', count: number): Promise<void> {
  for (;;) {
    const more = timers.fired.next()
    const { rowCount } = await database.pool.query(`select 1 from ${table} where attempts = 1`)
    if (rowCount === count) return
    await more
  }
}

t.test('mails in line are given back at once when a service stops, each is sent once', async (t) => {
  const stopping = await startNotification(t)
  const { smtp, deliver, database } = stopping
  const { waiting, release } = smtp.hold()
  await deliver(...cast, ...assignments(20))
  await waiting.atLeast(4)
  await untilBegun(stopping, 'message', 20)
  const replica = await startNotification(t, {}, { on: stopping })

  const stopped = stopping.stopLoops()
  const rest = [...await replica.smtp.mails.atLeast(16)]
  t.equal(smtp.mails.all.length, 0, 'while the four that were being sent wait for their answer')
  release()
  await stopped
  await replica.stopLoops()
  t.equal(smtp.mails.all.length, 4, 'what was being sent is sent to its end')
  t.equal(new Set([...smtp.mails.all, ...rest].map(({ mail }) => mail.messageId)).size, 20, 'nothing is lost or sent twice')
  t.equal(replica.smtp.mails.all.length, 16)
  t.same((await database.pool.query("select state, attempts, count(*)::int from message where channel = 'email' group by 1, 2")).rows, [{ state: 'sent', attempts: 1, count: 20 }], 'what was given back is no attempt')
  t.equal((await database.pool.query('select 1 from timer')).rowCount, 0)
})

t.test('mails that have waited too long in line to be sent within their lease begin anew at once, and were not tried', async (t) => {
  let aheadMicros = 0
  const notification = await startNotification(t, {}, { clock: { now: () => systemClock.now() + aheadMicros } })
  const { smtp, deliver, database } = notification
  const { waiting, release } = smtp.hold()
  await deliver(...cast, ...assignments(20))
  await waiting.atLeast(4)
  await untilBegun(notification, 'message', 20)
  aheadMicros = 4_100_000
  const recorded = new Set<string>()
  const all = notification.mails.recorded.next((id) => recorded.add(id).size === 20)
  release()
  await all
  t.equal(new Set(smtp.mails.all.map(({ mail }) => mail.messageId)).size, 20)
  t.equal(smtp.mails.all.length, 20)
  t.same((await database.pool.query("select state, attempts, count(*)::int from message where channel = 'email' group by 1, 2")).rows, [{ state: 'sent', attempts: 1, count: 20 }])
})

t.test('webhooks in line are given back too; those that somebody else has begun meanwhile are his', async (t) => {
  const stopping = await startNotification(t)
  const { call, deliver, database } = stopping
  const receiver = await webhookReceiver(t)
  await call('POST', '/webhook-endpoints', { url: `${receiver.url}/hook`, types: ['dueline.ticket.assigned.v1'] })
  const slow = new Signal<number>()
  receiver.always(slow.next())
  await deliver(...cast, ...assignments(20))
  const begun = await receiver.requests.atLeast(16)
  await untilBegun(stopping, 'webhook_delivery', 20)
  const ids = begun.map(({ headers }) => headers['webhook-id'])
  const { rows: [overtaken] } = await database.pool.query<{ id: string }>('update webhook_delivery set attempts = 2 where id = (select id from webhook_delivery where event_id <> all ($1::uuid[]) limit 1) returning id', [ids])

  const stopped = stopping.stopLoops()
  receiver.always(200)
  const replica = await startNotification(t, {}, { on: stopping })
  const all = [...await receiver.requests.atLeast(19)]
  t.equal(new Set(all.map(({ headers }) => headers['webhook-id'])).size, 19)
  await replica.stopLoops()
  const { rows } = await database.pool.query('select attempts, due_at > now() as leased from webhook_delivery join timer on owner_id = id where id = $1', [overtaken?.id])
  t.same(rows, [{ attempts: 2, leased: true }])
  slow.emit(200)
  await stopped
})
