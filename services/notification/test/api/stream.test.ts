import { systemClock } from '@dueline/runtime'
import { arrivals } from '@dueline/testkit'
import { createParser } from 'eventsource-parser'
import t from 'tap'
import { assigned, breached, cast, event, tenant, who } from '../events.ts'
import { startNotification } from './harness.ts'

t.test('the stream starts at the end, goes on after Last-Event-ID without loss, ends with the service', async (t) => {
  const { http, deliver, issuer } = await startNotification(t)
  const url = await http.listen({ port: 0, host: '127.0.0.1' })
  const headers = { ...await issuer.bearer({ tenant, roles: ['integrator'] }) }
  await deliver(...cast)

  async function open (more: Record<string, string> = {}, query = '') {
    const left = new AbortController()
    const response = await fetch(`${url}/v1/events/stream${query}`, {
      headers: { ...headers, ...more },
      signal: left.signal
    })
    const messages = arrivals<{ id: string, type: string }>()
    const parser = createParser({
      onEvent: ({ id = '', data }) => {
        if (data !== '') messages.add({ id, type: (JSON.parse(data) as { type: string }).type })
      }
    })
    const read = (async () => {
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }))
    })().catch(() => {})
    return { response, messages, leave: () => left.abort(), read }
  }

  const first = await open()
  t.match([first.response.headers.get('content-type'), first.response.headers.get('connection')], [
    'text/event-stream',
    'close'
  ])
  await deliver(event('dueline.ticket.created.v1'))
  const created = await first.messages.find()
  t.equal(created.type, 'dueline.ticket.created.v1', 'what was there before is not sent')
  first.leave()

  await deliver(breached(), assigned(null, who.agent))
  const second = await open({ 'last-event-id': created.id })
  t.same((await second.messages.atLeast(2)).map((message) => message.type), [
    'dueline.clock.breached.v1',
    'dueline.ticket.assigned.v1'
  ], 'nothing is missed or repeated')

  const filtered = await open({}, '?types=dueline.clock.breached.v1')
  await deliver(assigned(null, who.agent), breached())
  t.equal((await filtered.messages.find()).type, 'dueline.clock.breached.v1')
  t.equal((await open({}, '?types=nonsense')).response.status, 400)
  await http.close()
  await Promise.all([second.read, filtered.read])
  t.pass('open streams ended with the service')
})

t.test('a stream ends with its token; what comes after it is for who comes back with a new one', async (t) => {
  // the token holds for an hour, and is accepted for 5 s more
  const aheadMicros = 3_604_000_000
  const { http, deliver, issuer } = await startNotification(t, {}, {
    clock: { now: () => systemClock.now() + aheadMicros }
  })
  const url = await http.listen({ port: 0, host: '127.0.0.1' })
  const headers = await issuer.bearer({ tenant, roles: ['integrator'], expiresInSeconds: 3_600 })
  const response = await fetch(`${url}/v1/events/stream`, { headers })
  t.equal(response.status, 200)
  await deliver(event('dueline.ticket.created.v1'))
  const text = await response.text()
  t.match(text, /dueline\.ticket\.created\.v1/, 'it was sent while the token held, and then the stream ended')
  t.equal(
    (await fetch(`${url}/v1/events/stream`, {
      headers: await issuer.bearer({ tenant, roles: ['integrator'], expiresInSeconds: -60 })
    })).status,
    401
  )
})
