import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Signal } from '@dueline/runtime'
import { SMTPServer } from 'smtp-server'

/** What a person would read of a caught mail. `file` is its name in the folder. */
export interface CaughtMail {
  file: string
  messageId: string
  from: string
  to: string[]
  subject: string
  date: string
  text: string
  html: string
}

export interface MailCatcher {
  readonly port: number
  /** Emits each mail once it is on disk. */
  readonly caught: Signal<CaughtMail>
  /** Every mail in the folder, oldest first. */
  list(): Promise<CaughtMail[]>
  stop(): Promise<void>
}

/**
 * An SMTP server, on loopback unless `host` says otherwise, that stores every mail as `<message id>.eml` in `folder`
 * and delivers none. A mail that is sent again with the same Message-ID (a sender that died before it got the answer)
 * replaces itself, as mailbox servers do that drop duplicates.
 */
export async function startMailCatcher (
  { folder, host = '127.0.0.1', port }: { folder: string, host?: string, port: number }
): Promise<MailCatcher> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // also one of an older release: mails are nobody's but their readers'
  await chmod(folder, 0o700)
  const caught = new Signal<CaughtMail>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    size: 10 * 1024 * 1024,
    onData (stream, _session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        store(folder, Buffer.concat(chunks)).then((mail) => {
          done()
          caught.emit(mail)
        }, (error: Error) => done(error))
      })
    }
  })
  // A client that drops its connection is no reason for the stack to end.
  server.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.server.address() as AddressInfo).port,
    caught,
    list: async () => {
      const files = (await readdir(folder)).filter((file) => file.endsWith('.eml'))
      const mails: CaughtMail[] = []
      // one after the other: there may be more mails than a process may have open files
      for (const file of files) mails.push(await parse(file, await readFile(join(folder, file))))
      return mails.sort((a, b) => a.date.localeCompare(b.date))
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      })
  }
}

/** The file appears under its name only when complete: a reader never sees half a mail. */
async function store (folder: string, raw: Buffer): Promise<CaughtMail> {
  const mail = await parse('', raw)
  const file = `${mail.messageId.replace(/[^A-Za-z0-9.@_-]/g, '')}.eml`
  await writeFile(join(folder, `${file}.part`), raw, { mode: 0o600 })
  await rename(join(folder, `${file}.part`), join(folder, file))
  return { ...mail, file }
}

async function parse (file: string, raw: Buffer): Promise<CaughtMail> {
  const { default: PostalMime } = await import('postal-mime')
  const mail = await PostalMime.parse(raw)
  return {
    file,
    messageId: mail.messageId ?? '',
    from: mail.from?.address ?? '',
    to: (mail.to ?? []).map((address) => address.address ?? ''),
    subject: mail.subject ?? '',
    date: mail.date ?? '',
    text: mail.text ?? '',
    html: mail.html ?? ''
  }
}
