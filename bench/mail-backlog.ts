import { systemClock, systemIds } from '@dueline/runtime'
import type { ChildProcess } from 'node:child_process'
import { createMailTransport, mailsFrom } from '../services/notification/src/delivery/mail-channel.ts'
import { insertMessages, type NewMessage } from '../services/notification/src/store/message-store.ts'
import type { MessageRow } from '../services/notification/src/store/tables.ts'
import { quantile } from './measure.ts'
import { answerOf, withNotification, type Notification } from './notification-service.ts'
import type { Result } from './scenario.ts'

const connections = 4
const tenantId = 'bench'
const domains = { ours: 'ours.example', bare: 'bare.example' }
const perInsert = 500

interface Counts {
  readonly mails: number
  readonly distinct: number
}

/**
 * 5,000 mails are pending at one instant; until all are sent and written down as sent, by the notification service
 * alone, its database waiting for the disk. Before and after, half as many each by nodemailer with nothing around it:
 * the same transport, mails and server, as many at once. Three rounds, so that what else the machine does falls on
 * both; the ratio is the median round's.
 */
export async function run ({ quick }: { quick: boolean }): Promise<Result> {
  const env = ({ url }: { url: string }) => ({
    SMTP_URL: url,
    SMTP_CONNECTIONS: String(connections),
    MAIL_FROM: `Dueline <no-reply@${domains.ours}>`
  })
  return await withNotification(
    { peer: 'mail-server', env },
    async (notification, server, { url }) => await measure(notification, server, url, quick ? 1_000 : 5_000)
  )
}

async function measure (
  notification: Notification,
  server: ChildProcess,
  smtpUrl: string,
  count: number
): Promise<Result> {
  const rounds: Array<{ ours: number, bare: number }> = []
  // what a process in service has long done: compiling, preparing statements, connecting
  await bare(smtpUrl, count / 5)
  await drain(notification, count / 5)
  for (let round = 0; round < 3; round++) {
    const before = await bare(smtpUrl, count / 2)
    const ours = await drain(notification, count)
    const after = await bare(smtpUrl, count / 2)
    rounds.push({ ours: count / ours * 1_000, bare: count / (before + after) * 1_000 })
  }
  const sent = count / 5 + 3 * count
  const { [domains.ours]: arrived } = await answerOf<Record<string, Counts>>(server, 'count')
  const fires = Number(
    /^dueline_timers_fired_total\{kind="mail".*\} (\d+)/m.exec(await notification.metrics.text())?.[1]
  )
  return {
    figures: {
      mails: count,
      drained_per_second: quantile(rounds.map(({ ours }) => ours), 0.5),
      bare_per_second: quantile(rounds.map(({ bare }) => bare), 0.5),
      ratio: quantile(rounds.map(({ ours, bare }) => ours / bare), 0.5),
      ratio_least: Math.min(...rounds.map(({ ours, bare }) => ours / bare)),
      fires_per_mail: fires / sent,
      duplicates: (arrived?.mails ?? 0) - (arrived?.distinct ?? 0),
      lost: sent - (arrived?.distinct ?? 0)
    },
    targets: {
      ratio: { atLeast: 0.8 },
      fires_per_mail: { atMost: 1.05 },
      duplicates: { atMost: 0 },
      lost: { atMost: 0 }
    }
  }
}

/** @returns milliseconds from the commit that leaves the mails pending until the last is written down as sent */
async function drain ({ database, timers, mails }: Notification, count: number): Promise<number> {
  const pending = messages(count)
  const recorded = new Set<string>()
  const all = mails.recorded.next((id) => recorded.add(id).size === count)
  await database.tx(async (tx) => {
    for (let i = 0; i < count; i += perInsert) await insertMessages(tx, pending.slice(i, i + perInsert))
    await timers.set(tx, pending.map(({ id }) => ({ kind: 'mail', tenantId, ownerId: id, dueAt: systemClock.now() })))
  })
  const begunMs = performance.now()
  await all
  return performance.now() - begunMs
}

/** @returns milliseconds until the server has accepted the last */
async function bare (smtpUrl: string, count: number): Promise<number> {
  const transport = await createMailTransport({ smtpUrl, connections })
  const mailOf = mailsFrom(`Dueline <no-reply@${domains.bare}>`)
  const left = messages(count).values()
  const begunMs = performance.now()
  await Promise.all(Array.from({ length: connections }, async () => {
    for (const message of left) {
      await transport.sendMail(
        mailOf({ ...message, attempts: 1, lastError: null, readAt: null }, message.recipient ?? '')
      )
    }
  }))
  const ms = performance.now() - begunMs
  transport.close()
  return ms
}

/** Notifications of breaches, to one person each. */
function messages (count: number): Array<NewMessage & Pick<MessageRow, 'recipient'>> {
  return Array.from({ length: count }, (_, i) => ({
    tenantId,
    id: systemIds.next(),
    eventId: systemIds.next(),
    eventType: 'dueline.clock.breached.v1',
    ticketId: systemIds.next(),
    clockId: systemIds.next(),
    escalationId: null,
    mark: 'breach',
    urgent: true,
    breachOf: [],
    personId: systemIds.next(),
    channel: 'email',
    traceparent: null,
    recipient: `agent-${i}@acme.example`,
    language: 'en',
    subject: `URGENT: T-${i} has missed its deadline for a first response`,
    body: `Hello Agent ${i},\n\nticket T-${i} "The printer on floor 2 is on fire again" was to be answered by 3 ` +
      `December 2026 at 14:30 (Europe/Berlin).\n\nThis time is over.`,
    state: 'pending',
    createdAt: systemClock.now(),
    sentAt: null
  }))
}
