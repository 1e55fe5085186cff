// Mail reaches the one mailbox that was meant, or none.
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import t from 'tap'
import type { TestContext } from '@dueline/testkit'
import { ConfigError, loadConfig } from '@dueline/runtime'
import { ConfigSchema } from '../../src/config.ts'
import { parseMailbox } from '../../src/delivery/mailbox.ts'
import { assigned, personChanged, who } from '../events.ts'
import { startNotification } from './harness.ts'

t.test('odd addresses are delivered to as they are', async (t) => {
  const { deliver, smtp } = await startNotification(t)
  const wanted = [
    '"north,south"@example.org',
    '"a\\"b;c"@example.org',
    "o'neil+tag@example.org",
    "!#$%&'*+-/=?^_`{|}~@example.org",
    `${'a'.repeat(64)}@example.org`,
    'x@münchen.example',
    'محمد@مثال.example',
    'x@[192.0.2.1]'
  ]
  for (const [i, email] of wanted.entries()) {
    await deliver(personChanged(who.agent, { email, version: i + 1 }), assigned(null, who.agent))
    const mails = await smtp.mails.atLeast(i + 1)
    t.same(mails.at(-1)?.to, [email], email)
  }
})

t.test('an address that would be read as another, or as several, is not delivered to at all', async (t) => {
  const notification = await startNotification(t)
  const { deliver, smtp, call } = notification
  const wrong = [
    'north,south@example.org',
    'x:a@b.example',
    'a(b)@example.org',
    'a;b@example.org',
    '"a<b>c"@example.org',
    '.a@example.org'
  ]
  for (const [i, email] of wrong.entries()) {
    const recorded = notification.mails.recorded.next()
    await deliver(personChanged(who.agent, { email, version: i + 1 }), assigned(null, who.agent))
    await recorded
    const [parked] = (await call('GET', '/messages?state=failed')).body.items
    t.match(parked, { recipient: email, attempts: 1, lastError: /is not the address of one mailbox/ }, email)
  }
  t.equal(smtp.mails.all.length, 0)
  const [last] = (await call('GET', '/messages?state=failed')).body.items
  await deliver(personChanged(who.agent, { email: 'right@example.org', version: 99 }))
  t.match(await call('POST', `/messages/${last.id}/resend`), { status: 202, body: { recipient: 'right@example.org' } })
  t.match(await smtp.mails.atLeast(1), [{ to: ['right@example.org'] }], 'once it is corrected it can be sent again')
})

/** A mail server that refuses every recipient in these words. */
async function refusingServer (t: TestContext, words: string): Promise<string> {
  const server = createServer((socket) => {
    socket.write('220 ready\r\n')
    const lines = createInterface(socket)
    lines.on('line', (line) => socket.write(line.startsWith('RCPT') ? `550 ${words}\r\n` : '250 ok\r\n'))
    // A client that hangs up is no fault.
    socket.on('error', () => lines.close())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  t.teardown(() =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
  )
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('what a mail server says is cleaned and bounded before it is kept', async (t) => {
  const SMTP_URL = await refusingServer(t, `no \0such \u001b[31mmailbox \u202e${'x'.repeat(3_000)}`)
  const notification = await startNotification(t, { SMTP_URL })
  const recorded = notification.mails.recorded.next()
  await notification.deliver(personChanged(who.agent), assigned(null, who.agent))
  await recorded
  const [parked] = (await notification.call('GET', '/messages?state=failed')).body.items
  t.match(parked.lastError, /550 no such \[31mmailbox x{100}/)
  t.equal(parked.lastError.length, 1_000)
})

t.test('the sender is one mailbox, whatever its name holds', async (t) => {
  t.same(parseMailbox('Acme, Inc. <desk@acme.example>'), { name: 'Acme, Inc.', address: 'desk@acme.example' })
  t.same(parseMailbox('"Acme, \\"Inc.\\"" <desk@acme.example>'), { name: 'Acme, "Inc."', address: 'desk@acme.example' })
  t.same(parseMailbox('desk@acme.example'), { name: '', address: 'desk@acme.example' })
  const { deliver, smtp } = await startNotification(t, { MAIL_FROM: 'Acme, "Desk" مكتب <desk@acme.example>' })
  await deliver(personChanged(who.agent), assigned(null, who.agent))
  const [received] = await smtp.mails.atLeast(1)
  t.match(received, {
    from: 'desk@acme.example',
    mail: { from: { name: 'Acme, "Desk" مكتب', address: 'desk@acme.example' } }
  })
  t.match(received?.mail.messageId, /@acme\.example>$/)

  const complete = {
    DATABASE_URL: 'postgres://a@b/c',
    BUS_DATABASE_URL: 'postgres://a@b/c',
    AUTH_ISSUER: 'https://a.example',
    AUTH_JWKS_URL: 'https://a.example/k',
    SMTP_URL: 'smtp://a.example',
    WEBHOOK_SECRET_KEY: Buffer.alloc(32).toString('base64')
  }
  t.match(loadConfig(ConfigSchema, complete), { MAIL_FROM: 'Dueline <no-reply@dueline.invalid>' })
  for (const MAIL_FROM of ['Acme', 'a@b.example, c@d.example', 'Acme <a,b@c.example>']) {
    t.throws(() => loadConfig(ConfigSchema, { ...complete, MAIL_FROM }), ConfigError)
    t.throws(
      () => loadConfig(ConfigSchema, { ...complete, MAIL_FROM }),
      /MAIL_FROM does not have the form of: Sender of every mail, as Name <name@host>/
    )
  }
})
