import t from 'tap'
import { webhookReceiver } from '@dueline/testkit'
import { createOutgoingHttp } from '../../src/delivery/outgoing-http.ts'
import { isPublic } from '../../src/delivery/public-address.ts'
import { createSecretBox } from '@dueline/runtime'
import { newWebhookSecret } from '../../src/delivery/webhook-secrets.ts'

t.test('every spelling of an address that is not public is refused, before and after resolving the name', async (t) => {
  const receiver = await webhookReceiver(t)
  const port = new URL(receiver.url).port
  const guarded = createOutgoingHttp({ allowPrivate: false, allowHttp: true })
  t.teardown(() => guarded.close())
  const spellings = [
    '127.0.0.1',
    '0x7f000001',
    '2130706433',
    '127.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[fec0::1]',
    'localhost',
    'LOCALHOST.',
    '10.0.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '[fd00::1]',
    '[64:ff9b::7f00:1]',
    '0.0.0.0'
  ]
  for (const host of spellings) {
    t.type(guarded.faultOf(`http://${host}:${port}/`), 'string', host)
    await t.rejects(guarded.post(`http://${host}:${port}/`, { headers: {}, body: '{}' }), {
      message: /not public|address/
    }, host)
  }
  t.equal(receiver.requests.all.length, 0, 'nothing arrived')
  t.equal(isPublic('93.184.216.34'), true)
  t.equal(isPublic('2606:2800:220:1:248:1893:25c8:1946'), true)

  const open = createOutgoingHttp({ allowPrivate: true, allowHttp: true })
  t.teardown(() => open.close())
  t.match(
    await open.post(`http://127.0.0.1:${port}/`, { headers: {}, body: '{}' }),
    { status: 200 },
    'the guard is what refused: without it the same address answers'
  )
})

t.test('what looks public and leads into the machinery of a cloud is refused, its neighbours are not', async (t) => {
  const strict = createOutgoingHttp({ allowPrivate: false, allowHttp: false })
  t.teardown(() => strict.close())
  const machinery = [
    '168.63.129.16',
    '[::ffff:168.63.129.16]',
    '2822734096',
    '0xa83f8110',
    '161.26.0.10',
    '166.8.0.1',
    '166.11.255.255',
    '199.36.153.4',
    '199.36.153.11',
    '192.80.8.124',
    '100.100.100.200',
    '100.64.0.1',
    '192.0.0.192',
    '169.254.170.2',
    '[fd00:ec2::254]',
    '[fd20:ce::254]',
    '[2002:a83f:8110::]',
    '[64:ff9b::a83f:8110]',
    '[3fff::1]',
    '[2001:db8::1]'
  ]
  for (const host of machinery) t.match(strict.faultOf(`https://${host}/`), /not public/, host)
  const neighbours = [
    '168.63.129.15',
    '168.63.129.17',
    '161.25.255.255',
    '161.27.0.0',
    '166.7.255.255',
    '166.12.0.0',
    '199.36.153.3',
    '199.36.153.12',
    '192.80.8.125',
    '100.63.255.255',
    '100.128.0.1'
  ]
  for (const host of neighbours) t.equal(strict.faultOf(`https://${host}/`), null, host)
})

t.test('plain http, credentials and nonsense are refused', async (t) => {
  const strict = createOutgoingHttp({ allowPrivate: false, allowHttp: false })
  t.teardown(() => strict.close())
  t.match(strict.faultOf('http://example.com/'), /https/)
  t.match(strict.faultOf('ftp://example.com/'), /https/)
  const password = 'secret'
  t.match(strict.faultOf(`https://user:${password}@example.com/`), /password/)
  t.match(strict.faultOf('not a url'), /URL/)
  t.equal(strict.faultOf('https://example.com/hook'), null)
})

t.test('redirects are answers, not addresses; only the start of a body is kept; Retry-After is read', async (t) => {
  const receiver = await webhookReceiver(t)
  const http = createOutgoingHttp({ allowPrivate: true, allowHttp: true })
  t.teardown(() => http.close())
  receiver.answer({ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, {
    status: 503,
    headers: { 'retry-after': '120' },
    body: 'x'.repeat(100_000)
  })
  t.match(await http.post(receiver.url, { headers: {}, body: '{}' }), { status: 302 })
  const busy = await http.post(receiver.url, { headers: {}, body: '{}' })
  t.match(busy, { status: 503, retryAfterMs: 120_000 })
  t.equal(busy.excerpt.length, 1_024)
})

t.test('secrets are sealed: another key or a changed byte opens nothing', async (t) => {
  const key = Buffer.alloc(32, 1).toString('base64')
  const box = createSecretBox(key)
  const secret = newWebhookSecret()
  const sealed = box.seal(secret)
  t.equal(box.open(sealed), secret)
  t.not(box.seal(secret), sealed, 'each seal is different')
  t.notMatch(sealed, secret.slice(6))
  t.throws(() => createSecretBox(Buffer.alloc(32, 2).toString('base64')).open(sealed))
  t.throws(() => box.open(`${sealed.slice(0, -4)}AAA=`))
  t.throws(() => createSecretBox('short'), /32 bytes/)
})
