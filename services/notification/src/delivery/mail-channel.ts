import type { Ids, Random } from '@dueline/runtime'
import type { Outbox } from '@dueline/messaging'
import { createTransport } from 'nodemailer'
import { mailWaits, nextAttemptAt } from '../domain/retry-schedule.ts'
import { directionOf } from '../domain/texts.ts'
import { giveBackAttempts } from '../store/attempt-store.ts'
import { beginAttempts, lockAttempt, markFailedAttempt, markSent } from '../store/message-store.ts'
import type { MessageRow } from '../store/tables.ts'
import type { Channel } from './dispatcher.ts'
import { messageEvent } from './message-events.ts'

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
  const domain = from.replace(/^.*@|>$/g, '')
  return {
    kind: 'mail',
    concurrency: 4,
    sendTimeoutMs,
    begin: (tx, owners) => beginAttempts(tx, owners),
    giveBack: (tx, messages) => giveBackAttempts(tx, 'message', messages),
    async send (message) {
      try {
        await transport.sendMail({
          from,
          signal: AbortSignal.timeout(sendTimeoutMs),
          to: message.recipient ?? '',
          subject: message.subject,
          text: message.body,
          html: htmlOf(message),
          messageId: `<${message.id}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated', ...(message.ticketId === null ? {} : { References: `<${message.ticketId}@${domain}>` }) }
        })
        return { sent: true }
      } catch (error) {
        const { code, responseCode = 0, message } = error as Error & { code?: string, responseCode?: number }
        const reason = code === 'EABORT' ? `the mail server did not answer within ${sendTimeoutMs / 1_000} s` : message
        return { sent: false, reason, permanent: responseCode >= 500 }
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

/** Plain paragraphs; right-to-left languages say so, since mail clients guess the direction badly. */
function htmlOf ({ body, language }: MessageRow): string {
  const paragraphs = body.split('\n\n').map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`)
  return `<!doctype html><html lang="${language}" dir="${directionOf(language)}"><body>${paragraphs.join('')}</body></html>`
}

function escapeHtml (text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
