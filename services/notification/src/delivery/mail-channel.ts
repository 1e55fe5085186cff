import type { Ids, Random } from '@dueline/runtime'
import { cleanText, emailAddressFault } from '@dueline/contracts'
import type { Outbox } from '@dueline/messaging'
import { domainToASCII } from 'node:url'
import { createTransport } from 'nodemailer'
import { mailWaits, nextAttemptAt } from '../domain/retry-schedule.ts'
import { directionOf } from '../domain/texts.ts'
import { giveBackAttempts } from '../store/attempt-store.ts'
import { beginAttempts, lockAttempt, markFailedAttempt, markSent } from '../store/message-store.ts'
import type { MessageRow } from '../store/tables.ts'
import type { Channel } from './dispatcher.ts'
import { parseMailbox } from './mailbox.ts'
import { messageEvent } from './message-events.ts'

/** Most that is kept of a mail server's words. */
const reasonMax = 1_000

/** `permanent`: the server refused the message itself, trying again cannot help. */
type MailOutcome = { sent: true } | { sent: false, reason: string, permanent: boolean }

export interface MailChannel extends Channel<MessageRow, MailOutcome> { close (): void }

export interface MailOptions {
  smtpUrl: string
  from: string
  outbox: Outbox
  ids: Ids
  random: Random
  /** From connecting to the server's last word; 15 s by default. The connection is cut then, and the server may have taken the mail. */
  sendTimeoutMs?: number
}

/** Email over SMTP. Every attempt of a message carries the same Message-ID. */
export function createMailChannel ({ smtpUrl, from, outbox, ids, random, sendTimeoutMs = 15_000 }: MailOptions): MailChannel {
  const transport = createTransport(smtpUrl, {})
  const sender = parseMailbox(from)
  const domain = domainToASCII(sender.address.slice(sender.address.lastIndexOf('@') + 1))
  return {
    kind: 'mail',
    concurrency: 4,
    sendTimeoutMs,
    begin: (tx, owners) => beginAttempts(tx, owners),
    giveBack: (tx, messages) => giveBackAttempts(tx, 'message', messages),
    async send (message) {
      const address = message.recipient ?? ''
      const fault = emailAddressFault(address)
      if (fault !== null) return { sent: false, reason: cleanText(`the address "${address}" ${fault}`, reasonMax), permanent: true }
      try {
        await transport.sendMail({
          from: sender,
          to: { name: '', address },
          signal: AbortSignal.timeout(sendTimeoutMs),
          subject: message.subject,
          text: message.body,
          html: htmlOf(message),
          messageId: `<${message.id}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated', ...referenceTo(message, domain) }
        })
        return { sent: true }
      } catch (error) {
        return failureOf(error as SmtpError, sendTimeoutMs)
      }
    },
    async record (tx, message, outcome, now) {
      if (await lockAttempt(tx, message) === undefined) return 'overtaken'
      if (outcome.sent) {
        await markSent(tx, message, now)
        await outbox.add(tx, [messageEvent('dueline.message.sent.v1', { message, id: ids.next(), now })])
        return null
      }
      const next = outcome.permanent ? null : nextAttemptAt({ waits: mailWaits, attempts: message.attempts, now, draw: random.next() })
      await markFailedAttempt(tx, message, outcome.reason, next === null)
      if (next === null) await outbox.add(tx, [messageEvent('dueline.message.failed.v1', { message, id: ids.next(), now, reason: outcome.reason })])
      return next
    },
    close: () => transport.close()
  }
}

/** All mails of a ticket refer to the ticket itself: mail programs show them together. */
function referenceTo ({ ticketId }: MessageRow, domain: string): { References?: string } {
  return ticketId === null ? {} : { References: `<${ticketId}@${domain}>` }
}

type SmtpError = Error & { code?: string, responseCode?: number }

/** A server that refuses our login or our connection has said nothing of the message: that is tried again. */
function failureOf ({ code = '', responseCode = 0, message }: SmtpError, sendTimeoutMs: number): MailOutcome {
  const reason = code === 'EABORT' ? `the mail server did not answer within ${sendTimeoutMs / 1_000} s` : cleanText(message, reasonMax)
  return { sent: false, reason, permanent: responseCode >= 500 && ['EENVELOPE', 'EMESSAGE'].includes(code) }
}

/** Plain paragraphs; right-to-left languages say so, since mail clients guess the direction badly. */
function htmlOf ({ body, language }: MessageRow): string {
  const paragraphs = body.split('\n\n').map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`)
  const style = 'font-family:sans-serif;line-height:1.5'
  return `<!doctype html><html lang="${language}" dir="${directionOf(language)}"><body style="${style}">${paragraphs.join('')}</body></html>`
}

function escapeHtml (text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
