import type { AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import type { Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { arrivals } from './arrivals.ts'
import type { Arrivals } from './arrivals.ts'
import type { TestContext } from './test-database.ts'

/** One mail as the server took it: the envelope, and the parsed message. */
export interface ReceivedMail { from: string, to: string[], mail: Email, raw: string }

/** A real SMTP server on this machine that keeps what it gets. */
export interface SmtpSink {
  readonly url: string
  readonly port: number
  readonly mails: Arrivals<ReceivedMail>
  /** The next recipients are refused with these reply codes, one each (450 try later, 550 never). */
  refuse (...codes: number[]): void
}

/** Starts a sink without TLS or login; it is closed in the test's teardown. */
export async function smtpSink (t: Pick<TestContext, 'teardown'>): Promise<SmtpSink> {
  const mails = arrivals<ReceivedMail>()
  const refusals: number[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    disableReverseLookup: true,
    onRcptTo (address, session, callback) {
      const code = refusals.shift()
      callback(code === undefined ? undefined : Object.assign(new Error(`refused with ${code}`), { responseCode: code }))
    },
    onData (stream, session, callback) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const raw = Buffer.concat(parts)
        const { mailFrom, rcptTo } = session.envelope
        PostalMime.parse(raw).then((mail) => {
          callback()
          mails.add({ from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map((each) => each.address), mail, raw: raw.toString('utf8') })
        }, callback)
      })
    }
  })
  // a client that hangs up in the middle is the test's business
  server.on('error', () => {})
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', () => resolve()) })
  t.teardown(() => new Promise<void>((resolve) => { server.close(() => resolve()) }))
  const { port } = server.server.address() as AddressInfo
  return { url: `smtp://127.0.0.1:${port}`, port, mails, refuse: (...codes) => { refusals.push(...codes) } }
}
