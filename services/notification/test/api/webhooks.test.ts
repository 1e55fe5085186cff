import { webhookReceiver } from '@dueline/testkit'
import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { breached, event } from '../events.ts'
import { startNotification } from './harness.ts'

const integrator = { roles: ['integrator' as const] }

t.test('an endpoint is made, read, changed and removed; its secret is shown once', async (t) => {
  const { call, database } = await startNotification(t)
  const made = await call('POST', '/webhook-endpoints', {
    url: 'http://127.0.0.1:9/hook',
    types: ['dueline.clock.breached.v1']
  }, integrator)
  t.equal(made.status, 201)
  t.match(made.body.secret, /^whsec_/)
  const { id } = made.body
  t.equal(
    (await database.pool.query("select 1 from webhook_endpoint where secret like '%whsec%'")).rowCount,
    0,
    'it is stored sealed'
  )
  const read = await call('GET', `/webhook-endpoints/${id}`, undefined, integrator)
  t.equal(read.status, 200)
  t.notOk('secret' in read.body)
  t.type(read.body.createdBy, 'string')
  t.equal(read.body.createdBy, made.body.createdBy, 'it says who made it')
  t.equal((await call('GET', '/webhook-endpoints', undefined, integrator)).body.items.length, 1)
  t.equal((await call('PATCH', `/webhook-endpoints/${id}`, { description: 'x' }, integrator)).status, 428)
  t.equal(
    (await call('PATCH', `/webhook-endpoints/${id}`, { description: 'x' }, {
      ...integrator,
      headers: { 'if-match': '"9"' }
    })).status,
    412
  )
  t.equal(
    (await call('PATCH', `/webhook-endpoints/${id}`, { description: 'a\u0000b' }, {
      ...integrator,
      headers: { 'if-match': '"1"' }
    })).status,
    400
  )
  t.match(
    await call('PATCH', `/webhook-endpoints/${id}`, { description: 'x', types: [] }, {
      ...integrator,
      headers: { 'if-match': '"1"' }
    }),
    { status: 200, body: { description: 'x', version: 2 } }
  )
  for (
    const path of [
      `/webhook-endpoints/${id}`,
      `/webhook-endpoints/${id}/test`,
      `/webhook-endpoints/${id}/enable`,
      `/webhook-endpoints/${id}/rotate-secret`
    ]
  ) {
    t.equal(
      (await call(path.endsWith(id) ? 'GET' : 'POST', path, undefined, { ...integrator, tenant: 'other' })).status,
      404,
      `${path} of another tenant`
    )
  }
  t.equal((await call('DELETE', `/webhook-endpoints/${id}`, undefined, integrator)).status, 204)
  t.equal((await call('DELETE', `/webhook-endpoints/${id}`, undefined, integrator)).status, 404)
})

t.test('a repeated request shows the secret again, of which the database holds nothing that can be read', async (t) => {
  const { call, database } = await startNotification(t)
  const keyed = (key: string) => ({ ...integrator, headers: { 'idempotency-key': key } })
  const create = async () => await call('POST', '/webhook-endpoints', { url: 'http://127.0.0.1:9/hook' }, keyed('a'))
  const made = await create()
  const rotate = async () =>
    await call('POST', `/webhook-endpoints/${made.body.id}/rotate-secret`, undefined, keyed('b'))
  const rotated = await rotate()
  t.match([made.body.secret, rotated.body.secret], [/^whsec_/, /^whsec_/])
  t.same([(await create()).body, (await rotate()).body], [made.body, rotated.body])
  const { rows } = await database.pool.query("select body like '%secret%' as readable from idempotency_key")
  t.same(rows, [{ readable: false }, { readable: false }])
})

t.test('bad endpoints are refused, every fault named', async (t) => {
  const { call } = await startNotification(t, { WEBHOOK_ALLOW_PRIVATE: 'false', WEBHOOK_ALLOW_HTTP: 'false' })
  const bad = await call('POST', '/webhook-endpoints', {
    url: 'http://169.254.169.254/',
    types: ['dueline.clock.eaten.v1']
  }, integrator)
  t.equal(bad.status, 400)
  t.same(bad.body.errors.map((each: { pointer: string }) => each.pointer), ['/url', '/types/0'])
  t.match(
    (await call('POST', '/webhook-endpoints', { url: 'https://127.0.0.1/' }, integrator)).body.errors[0].message,
    /not public/
  )
  const zero = await call('POST', '/webhook-endpoints', { url: 'https://example.com/\u0000' }, integrator)
  t.match(zero, { status: 400, body: { errors: [{ pointer: '/url' }] } })
  t.equal(
    (await call('POST', '/webhook-endpoints', { url: 'https://example.com/', colour: 'red' }, integrator)).status,
    400
  )
  t.equal((await call('POST', '/webhook-endpoints', { url: 'https://example.com/' }, { roles: ['agent'] })).status, 403)
  t.equal((await call('POST', '/webhook-endpoints', { url: 'https://example.com/' }, { anonymous: true })).status, 401)
})

t.test('deliveries are signed, wait for types, are retried under one webhook-id, and can be replayed', async (t) => {
  const notification = await startNotification(t)
  const { call, deliver } = notification
  const receiver = await webhookReceiver(t)
  const { id, secret } =
    (await call('POST', '/webhook-endpoints', { url: receiver.url, types: ['dueline.clock.breached.v1'] }, integrator))
      .body
  receiver.answer(500)
  const recorded = notification.webhooks.recorded.next()
  const breach = breached()
  await deliver(event('dueline.ticket.created.v1'), breach)
  const first = await receiver.requests.find()
  t.match(new Webhook(secret).verify(first.body, first.headers as Record<string, string>), {
    type: 'dueline.clock.breached.v1',
    id: breach.id
  })
  t.equal(first.headers['webhook-id'], breach.id)
  t.throws(
    () => new Webhook(secret).verify(`${first.body} `, first.headers as Record<string, string>),
    'a changed body does not verify'
  )
  await recorded
  const [pending] = (await call('GET', `/webhook-deliveries?endpointId=${id}`, undefined, integrator)).body.items
  t.match(pending, { state: 'pending', attempts: 1, lastStatus: 500 })
  t.ok(pending.nextAttemptAt !== null)
  t.equal(
    (await call('POST', `/webhook-deliveries/${pending.id}/replay`, undefined, integrator)).status,
    409,
    'it is still being tried'
  )

  const second = notification.webhooks.recorded.next()
  await notification.database.pool.query("update webhook_delivery set state = 'exhausted'")
  t.equal((await call('POST', `/webhook-deliveries/${pending.id}/replay`, undefined, integrator)).status, 202)
  await second
  t.same(
    receiver.requests.all.map((request) => request.headers['webhook-id']),
    [breach.id, breach.id],
    'the same id on every attempt'
  )
  t.equal((await call('GET', '/webhook-deliveries?state=delivered', undefined, integrator)).body.items.length, 1)
  t.equal(
    (await call('POST', `/webhook-deliveries/${pending.id}/replay`, undefined, { ...integrator, tenant: 'other' }))
      .status,
    404
  )
})

t.test('410 disables an endpoint and says so; enabling sends what waited', async (t) => {
  const notification = await startNotification(t)
  const { call, deliver, outboxTypes } = notification
  const receiver = await webhookReceiver(t)
  const { id } = (await call('POST', '/webhook-endpoints', { url: receiver.url }, integrator)).body
  receiver.answer(410)
  const recorded = notification.webhooks.recorded.next()
  await deliver(breached())
  await recorded
  t.match((await call('GET', `/webhook-endpoints/${id}`, undefined, integrator)).body, {
    state: 'disabled',
    disabledReason: /410/
  })
  t.same(await outboxTypes(), ['dueline.webhook-endpoint.disabled.v1'])
  await deliver(breached())
  const again = notification.webhooks.recorded.next()
  t.match(await call('POST', `/webhook-endpoints/${id}/enable`, undefined, integrator), {
    status: 200,
    body: { state: 'enabled', failingSince: null }
  })
  await again
  t.equal(receiver.requests.all.length, 2, 'the delivery that met the 410; while disabled none was added')
})

t.test('while a secret is rotated both sign; a test event is delivered and recorded', async (t) => {
  const notification = await startNotification(t)
  const { call } = notification
  const receiver = await webhookReceiver(t)
  const { id, secret: old } = (await call('POST', '/webhook-endpoints', { url: receiver.url }, integrator)).body
  const { body: { secret: fresh } } = await call(
    'POST',
    `/webhook-endpoints/${id}/rotate-secret`,
    undefined,
    integrator
  )
  t.not(fresh, old)
  const recorded = notification.webhooks.recorded.next()
  t.match(await call('POST', `/webhook-endpoints/${id}/test`, undefined, integrator), {
    status: 202,
    body: { state: 'pending' }
  })
  const request = await receiver.requests.find()
  for (const secret of [old, fresh]) {
    t.ok(new Webhook(secret).verify(request.body, request.headers as Record<string, string>))
  }
  await recorded
})
