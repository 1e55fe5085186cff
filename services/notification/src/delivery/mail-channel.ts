import type { Ids, Random } from '@dueline/runtime'
import type { Micros } from '@dueline/business-time'
import { cleanText, directionOf, emailAddressFault } from '@dueline/contracts'
import type { Outbox } from '@dueline/messaging'
import { domainToASCII } from 'node:url'
import type { SendMailOptions, Transporter } from 'nodemailer'
import type { Tx } from '@dueline/postgres'
import type { Timers } from '@dueline/timers'
import { mailWaits, nextAttemptAt } from '../domain/retry-schedule.ts'
import { beginMessages, releaseMessages, recordMessages, type MessageEnd } from '../store/attempt-store.ts'
import type { MessageRow } from '../store/tables.ts'
import type { Channel, Lease, Result } from './channel.ts'
import { parseMailbox } from './mailbox.ts'
import { messageEvent } from './message-events.ts'

/** Most that is kept of a mail server's words. */
const reasonMax = 1_000

/** `permanent`: the server refused the message itself, trying again cannot help. */
type MailOutcome = { sent: true } | { sent: false, reason: string, permanent: boolean }

export interface MailChannel extends Channel<MessageRow, MailOutcome> {
  close(): Promise<void>
}

export interface MailOptions {
  smtpUrl: string
  /** How many mails are sent at once, each over a connection of its own that is kept for the next. */
  connections: number
  from: string
  outbox: Outbox
  timers: Pick<Timers, 'set' | 'clear'>
  ids: Ids
  random: Random
  /**
   * From connecting to the server's last word; 15 s by default. The connection is cut then, and the server may have
   * taken the mail.
   */
  sendTimeoutMs?: number
}

/** What an attempt leaves of a message. */
interface MailEnd extends MessageEnd {
  readonly next: Micros | null
}

const kind = 'mail'

function timerOf ({ tenantId, id }: { tenantId: string, id: string }, dueAt: Micros) {
  return { kind, tenantId, ownerId: id, dueAt }
}

/**
 * Connections that are kept for up to 100 mails each, and closed after 4 minutes without one; what the URL's query says
 * goes first.
 */
export async function createMailTransport (
  { smtpUrl, connections }: Pick<MailOptions, 'smtpUrl' | 'connections'>
): Promise<Transporter> {
  // Only when there is a mail to send: it is 3 MB of memory.
  const { createTransport } = await import('nodemailer')
  return createTransport({ url: smtpUrl, pool: true, maxConnections: connections })
}

/** Email over SMTP. Every attempt of a message carries the same Message-ID. */
export function createMailChannel (options: MailOptions): MailChannel {
  const { smtpUrl, connections, from, outbox, timers, ids, random, sendTimeoutMs = 15_000 } = options
  let transport: Promise<Transporter> | undefined
  const mailOf = mailsFrom(from)

  /** One statement per table for all. */
  async function recordMails (
    tx: Tx,
    results: ReadonlyArray<Result<MessageRow, MailOutcome>>,
    { now }: Lease
  ): Promise<MessageRow[]> {
    const ends = results.map(({ item, outcome }) => endOf(item, outcome, now, random))
    const written = await recordMessages(tx, ends)
    const own = ends.filter(({ message }) => written.has(message.id))
    const over = own.filter(({ next }) => next === null)
    await timers.clear(tx, kind, over.map(({ message: { tenantId, id } }) => ({ tenantId, ownerId: id })))
    await timers.set(tx, own.flatMap(({ message, next }) => next === null ? [] : [timerOf(message, next)]))
    await outbox.add(
      tx,
      over.map(({ message, reason }) => messageEvent({ message, id: ids.next(), now, reason }))
    )
    return []
  }

  return {
    kind,
    concurrency: connections,
    recordingsAtOnce: 1,
    sendTimeoutMs,
    ownerOf: ({ tenantId, id }) => ({ tenantId, ownerId: id }),
    async begin (tx, owners, { leaseEnd }) {
      const messages = await beginMessages(tx, owners)
      await timers.set(tx, messages.map((each) => timerOf(each, leaseEnd)))
      return messages
    },
    async release (tx, messages, dueAt) {
      const given = await releaseMessages(tx, messages)
      await timers.set(tx, given.map((each) => timerOf(each, dueAt)))
    },
    async send (message) {
      const address = message.recipient ?? ''
      const fault = emailAddressFault(address)
      if (fault !== null) {
        return { sent: false, reason: cleanText(`the address "${address}" ${fault}`, reasonMax), permanent: true }
      }
      try {
        transport ??= createMailTransport({ smtpUrl, connections })
        await (await transport).sendMail({
          ...mailOf(message, address),
          signal: AbortSignal.timeout(sendTimeoutMs)
        })
        return { sent: true }
      } catch (error) {
        return failureOf(error as SmtpError, sendTimeoutMs)
      }
    },
    record: async (tx, { results }, lease) => await recordMails(tx, results, lease),
    async close () {
      ;(await transport)?.close()
    }
  }
}

function endOf (message: MessageRow, outcome: MailOutcome, now: Micros, random: Random): MailEnd {
  if (outcome.sent) return { message, state: 'sent', sentAt: now, reason: null, next: null }
  const next = outcome.permanent
    ? null
    : nextAttemptAt({ waits: mailWaits, attempts: message.attempts, now, draw: random.next() })
  return { message, state: next === null ? 'failed' : 'pending', sentAt: null, reason: outcome.reason, next }
}

/** Makes the mails of a sender. */
export function mailsFrom (from: string): (message: MessageRow, address: string) => SendMailOptions {
  const sender = parseMailbox(from)
  const domain = domainToASCII(sender.address.slice(sender.address.lastIndexOf('@') + 1))
  return (message, address) => ({
    from: sender,
    to: { name: '', address },
    subject: message.subject,
    text: message.body,
    html: htmlOf(message),
    messageId: `<${message.id}@${domain}>`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      ...(message.traceparent === null ? {} : { traceparent: message.traceparent }),
      ...referenceTo(message, domain)
    }
  })
}

/** All mails of a ticket refer to the ticket itself: mail programs show them together. */
function referenceTo ({ ticketId }: MessageRow, domain: string): { References?: string } {
  return ticketId === null ? {} : { References: `<${ticketId}@${domain}>` }
}

type SmtpError = Error & { code?: string, responseCode?: number }

/** A server that refuses our login or our connection has said nothing of the message: that is tried again. */
function failureOf ({ code = '', responseCode = 0, message }: SmtpError, sendTimeoutMs: number): MailOutcome {
  const said = code === 'EABORT' ? `the mail server did not answer within ${sendTimeoutMs / 1_000} s` : message
  const permanent = responseCode >= 500 && ['EENVELOPE', 'EMESSAGE'].includes(code)
  return { sent: false, reason: cleanText(said, reasonMax), permanent }
}

/** Plain paragraphs; right-to-left languages say so, since mail clients guess the direction badly. */
function htmlOf ({ body, language }: MessageRow): string {
  const paragraphs = body.split('\n\n').map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`)
  const head = `<!doctype html><html lang="${language}" dir="${directionOf(language)}">`
  return `${head}<body style="font-family:sans-serif;line-height:1.5">${paragraphs.join('')}</body></html>`
}

function escapeHtml (text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
