import { request } from 'node:http'
import { connect } from 'node:net'
import { createLocalJWKSet, jwtVerify } from 'jose'
import t from 'tap'
import { eventually, fakeClock, fakeIds, smtpSink, testIssuer, webhookReceiver } from '../../src/index.ts'

t.test('a fake clock moves only when it is set', async (t) => {
  const clock = fakeClock(1_000_000)
  t.equal(clock.now(), 1_000_000)
  clock.advance(5)
  t.equal(clock.now(), 1_000_005)
  clock.set(7)
  t.equal(clock.now(), 7)
})

t.test('fake ids are UUIDv7, growing, repeatable, and apart by seed', async (t) => {
  const ids = fakeIds(1)
  const made = Array.from({ length: 300 }, () => ids.next())
  for (const id of made) t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.same([...made].sort(), made)
  t.equal(fakeIds(1).next(), made[0])
  t.not(fakeIds(2).next(), made[0])
})

t.test('tokens of the test issuer verify against its keys, and expired or foreign ones do not', async (t) => {
  const issuer = testIssuer()
  const keys = createLocalJWKSet(issuer.jwks)
  const verify = async (token: string) =>
    await jwtVerify(token, keys, { issuer: 'https://issuer.test', audience: 'dueline' })
  const { payload } = await verify(await issuer.token({ tenant: 'acme', roles: ['manager'] }))
  t.match(payload, { tenant: 'acme', roles: ['manager'] })
  await t.rejects(verify(await issuer.token({ tenant: 'acme', expiresInSeconds: -5 })), { code: 'ERR_JWT_EXPIRED' })
  await t.rejects(verify(await testIssuer().token({ tenant: 'acme' })), {
    code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'
  })
})

t.test('the webhook receiver records and answers as programmed', async (t) => {
  const receiver = await webhookReceiver(t)
  receiver.answer(500, { status: 429, headers: { 'retry-after': '3' } })
  const post = async (body: string) => await fetch(`${receiver.url}/hook`, { method: 'POST', body })
  t.equal((await post('one')).status, 500)
  t.equal((await post('two')).headers.get('retry-after'), '3')
  t.equal((await post('three')).status, 200)
  receiver.answer('reset')
  await t.rejects(post('four'))
  receiver.answer('hang')
  const hanging = request(`${receiver.url}/hang`)
  hanging.on('error', () => {})
  hanging.end()
  t.match(await receiver.requests.find(({ path }) => path === '/hang'), { method: 'GET' })
  t.same(receiver.requests.all.map(({ body }) => body), ['one', 'two', 'three', 'four', ''])
})

t.test('the SMTP sink keeps a mail, parsed, and can refuse one', async (t) => {
  const sink = await smtpSink(t)
  const talk = (lines: string[]) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(sink.port, '127.0.0.1')
      let received = ''
      socket.on('data', (data) => {
        received += data.toString()
        const next = lines.shift()
        if (next !== undefined) socket.write(`${next}\r\n`)
      })
      socket.on('close', () => resolve(received))
      socket.on('error', reject)
    })
  await talk([
    'EHLO test',
    'MAIL FROM:<a@dueline.test>',
    'RCPT TO:<b@dueline.test>',
    'DATA',
    'Subject: =?utf-8?q?Due_soon_=C3=BC?=\r\n\r\nHello\r\n.',
    'QUIT'
  ])
  const { from, to, mail } = await sink.mails.find()
  t.match({ from, to, subject: mail.subject, text: mail.text?.trim() }, {
    from: 'a@dueline.test',
    to: ['b@dueline.test'],
    subject: 'Due soon ü',
    text: 'Hello'
  })
  sink.refuse(450)
  t.match(await talk(['EHLO test', 'MAIL FROM:<a@dueline.test>', 'RCPT TO:<b@dueline.test>', 'QUIT']), /450 /)
  t.equal(sink.mails.all.length, 1)
})

t.test('eventually waits for a value, and gives the last error at its deadline', async (t) => {
  let calls = 0
  t.equal(await eventually(() => ++calls === 3 && 'third', { everyMs: 1 }), 'third')
  await t.rejects(
    eventually(() => {
      throw new Error('not yet')
    }, { deadlineMs: 20, everyMs: 5 }),
    /not yet/
  )
})
