import type { AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import type { Email } from 'postal-mime'
import { Signal } from '@dueline/runtime'
import { SMTPServer } from 'smtp-server'
import { arrivals } from './arrivals.ts'
import type { Arrivals } from './arrivals.ts'
import type { TestContext } from './test-database.ts'

/** One mail as the server took it: the envelope, and the parsed message. */
export interface ReceivedMail {
  from: string
  to: string[]
  mail: Email
  raw: string
}

/** Mails that were read to their end and wait for an answer. */
export interface HeldMails {
  readonly waiting: Arrivals<ReceivedMail>
  /** Accepts them, and the next ones at once again. */
  release(): void
}

/** A real SMTP server on this machine that keeps what it gets. */
export interface SmtpSink {
  readonly url: string
  readonly port: number
  readonly mails: Arrivals<ReceivedMail>
  /** The next recipients are refused with these reply codes, one each (450 try later, 550 never). */
  refuse(...codes: number[]): void
  /** From now on every mail waits for its answer: a server that is slow. */
  hold(): HeldMails
}

/** Starts a sink without TLS or login; it is closed in the test's teardown. */
export async function smtpSink (t: Pick<TestContext, 'teardown'>): Promise<SmtpSink> {
  const mails = arrivals<ReceivedMail>()
  const refusals: number[] = []
  const released = new Signal<void>()
  let held: ReturnType<typeof arrivals<ReceivedMail>> | undefined
  const server = sinkServer({
    refusal: () => refusals.shift(),
    accept: async (received) => {
      const answer = held === undefined ? undefined : released.next()
      held?.add(received)
      await answer
    },
    accepted: (received) => mails.add(received)
  })
  // a client that hangs up in the middle is the test's business
  server.on('error', () => {})
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  t.teardown(() =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
  )
  const { port } = server.server.address() as AddressInfo
  function hold (): HeldMails {
    const waiting = arrivals<ReceivedMail>()
    held = waiting
    return {
      waiting,
      release: () => {
        held = undefined
        released.emit()
      }
    }
  }
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    mails,
    refuse: (...codes) => {
      refusals.push(...codes)
    },
    hold
  }
}

interface Handling {
  /** The reply code that refuses the next recipient, if it is refused. */
  refusal: () => number | undefined
  /** Resolves when the mail is to be accepted. */
  accept: (received: ReceivedMail) => Promise<void>
  /** Is called once the mail is accepted. */
  accepted: (received: ReceivedMail) => void
}

function sinkServer ({ refusal, accept, accepted }: Handling): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    disableReverseLookup: true,
    onRcptTo (address, session, callback) {
      const code = refusal()
      callback(
        code === undefined ? undefined : Object.assign(new Error(`refused with ${code}`), { responseCode: code })
      )
    },
    onData (stream, session, callback) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const raw = Buffer.concat(parts)
        const { mailFrom, rcptTo } = session.envelope
        PostalMime.parse(raw).then(async (mail) => {
          const from = mailFrom === false ? '' : mailFrom.address
          const received = { from, to: rcptTo.map((each) => each.address), mail, raw: raw.toString('utf8') }
          await accept(received)
          callback()
          accepted(received)
        }).catch(callback)
      })
    }
  })
}
