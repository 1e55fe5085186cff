import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { verifyWebhook, WebhookError } from '../../src/index.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`
const at = new Date('2026-11-28T12:00:00Z')
const nowMs = at.getTime()
const event = { type: 'dueline.ticket.created.v1', id: 'e1', data: { text: 'überfällig' } }
const body = JSON.stringify(event)

function headersOf (signature: string, timestamp = `${nowMs / 1_000}`): Record<string, string> {
  return { 'webhook-id': 'e1', 'webhook-timestamp': timestamp, 'webhook-signature': signature }
}

const signed = (by = secret, text = body): string => new Webhook(by).sign('e1', at, text)

async function faultOf (...given: Parameters<typeof verifyWebhook>): Promise<string> {
  const [headers, text, secrets, options] = given
  try {
    await verifyWebhook(headers, text, secrets, { nowMs, ...options })
    return 'accepted'
  } catch (error) {
    return error instanceof WebhookError ? error.fault : String(error)
  }
}

t.test('what the holder of the secret has signed is accepted, however it comes', async (t) => {
  const headers = headersOf(signed())
  t.same(await verifyWebhook(headers, body, secret, { nowMs }), event)
  t.same(await verifyWebhook(new Headers(headers), Buffer.from(body), [secret], { nowMs }), event, 'bytes')
  const loud = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]))
  t.equal(await faultOf(loud, body, secret), 'accepted')
  t.equal(await faultOf(headers, body, [other, secret]), 'accepted', 'either secret while they are rotated')
  t.equal(await faultOf(headersOf(`v1a,xx v2,yy ${signed(other)} ${signed()}`), body, secret), 'accepted')
  t.equal(await faultOf(headers, body, secret.replace('whsec_', '')), 'accepted')
})

t.test('anything else is refused, with the reason', async (t) => {
  const good = headersOf(signed())
  const cases: [string, string, Parameters<typeof verifyWebhook>][] = [
    ['another secret', 'signature', [good, body, other]],
    ['no secret', 'signature', [good, body, []]],
    ['another body', 'signature', [good, `${body} `, secret]],
    ['another id', 'signature', [{ ...good, 'webhook-id': 'e2' }, body, secret]],
    ['another time', 'signature', [{ ...good, 'webhook-timestamp': `${nowMs / 1_000 + 1}` }, body, secret]],
    ['another version', 'signature', [headersOf(signed().replace('v1,', 'v2,')), body, secret]],
    ['no base64', 'signature', [headersOf('v1,***'), body, secret]],
    ['an empty signature', 'signature', [headersOf('v1,'), body, secret]],
    ['half a signature', 'signature', [headersOf(signed().slice(0, 20)), body, secret]],
    ['no header', 'headers', [{}, body, secret]],
    ['an empty header', 'headers', [{ ...good, 'webhook-id': '' }, body, secret]],
    ['a time that is none', 'headers', [{ ...good, 'webhook-timestamp': '1e9' }, body, secret]],
    ['no JSON', 'body', [headersOf(signed(secret, '{')), '{', secret]]
  ]
  for (const [what, fault, given] of cases) t.equal(await faultOf(...given), fault, what)
  await t.rejects(verifyWebhook(good, body, 'whsec_'), TypeError)
  await t.rejects(verifyWebhook(good, body, 'whsec_?'), TypeError)
})

t.test('it must have been sent now', async (t) => {
  const headers = headersOf(signed())
  const fault = (seconds: number, toleranceSeconds = 300) =>
    faultOf(headers, body, secret, { nowMs: nowMs + seconds * 1_000, toleranceSeconds })
  t.same(await Promise.all([-301, -300, 0, 300, 301].map((each) => fault(each))), [
    'time',
    'accepted',
    'accepted',
    'accepted',
    'time'
  ])
  t.equal(await fault(2, 1), 'time')
  t.equal(await fault(1, 1), 'accepted')
})

t.test('it agrees with the library of Standard Webhooks about any body', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.json(), fc.uint8Array({ minLength: 1 }), fc.boolean(), async (text, key, right) => {
      const by = Buffer.from(key).toString('base64')
      const signature = new Webhook(by).sign('e1', at, right ? text : `${text}x`)
      return await faultOf(headersOf(signature), text, by) === (right ? 'accepted' : 'signature')
    }),
    { numRuns: 300 }
  )
})
