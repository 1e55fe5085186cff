import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { Signal } from '@dueline/runtime'
import t from 'tap'
import { bearer, document, echo, gateway, readAll, serve } from './running-gateway.ts'

t.test('events pass one by one, for as long as both ends want', async (t) => {
  let closed: (value: unknown) => void = () => {}
  const gone = new Promise((resolve) => {
    closed = resolve
  })
  let send: (text: string) => void = () => {}
  const upstream = await serve(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    send = (text) => response.write(text)
    request.on('close', closed)
  })
  const { url } = await gateway(t, { notification: upstream }, { UPSTREAM_TIMEOUT_MS: 150 })
  const request = get(`${url}/v1/events/stream`, { headers: { ...bearer, 'last-event-id': '5' } })
  const [response] = await once(request, 'response') as [IncomingMessage]
  t.match(response.headers, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
  for (const text of ['id: 6\n\n', 'id: 7\n\n']) {
    send(text)
    const [chunk] = await once(response, 'data')
    t.equal(String(chunk), text)
  }
  // Longer than the time limit of other answers: silence is normal here.
  await pause(400)
  send('id: 8\n\n')
  const [late] = await once(response, 'data')
  t.equal(String(late), 'id: 8\n\n')
  request.destroy()
  await gone
  t.pass('the service hears that the caller went away')
})

t.test('many open streams leave room for everything else', async (t) => {
  const upstream = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
  })
  const { url } = await gateway(t, { notification: upstream, ticket: await echo(t) }, { UPSTREAM_CONNECTIONS: 2 })
  const streams = Array.from({ length: 30 }, () => get(`${url}/v1/events/stream`, { headers: bearer }))
  const answers = await Promise.all(streams.map(async (stream) => (await once(stream, 'response'))[0].statusCode))
  t.ok(answers.every((status) => status === 200))
  t.equal((await fetch(`${url}/v1/tickets`, { headers: bearer })).status, 200)
  for (const stream of streams) stream.destroy()
})

const stopping = 'event: stream-ended\ndata: {"reason":"stopping"}\n\n'
for (
  const [what, passed, end] of [
    ['and says why', 'id: 1\n\n', stopping],
    ['before anything came too', '', stopping],
    ['but never as part of an event that has not come whole', 'id: 1\ndata: {"a":\n', '']
  ] as const
) {
  t.test(`a stop ends open streams at once, also at their services, ${what}`, async (t) => {
    const gone = new Signal<string>()
    const upstream = await serve(t, (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
      if (passed !== '') response.write(passed)
      request.once('close', () => gone.emit('gone'))
    })
    const { url, running } = await gateway(t, { notification: upstream })
    const request = get(`${url}/v1/events/stream`, { headers: bearer })
    const [response] = await once(request, 'response') as [IncomingMessage]
    if (passed !== '') await once(response, 'readable')
    const [read, received] = [readAll(response), gone.next()]
    // Long before connections are cut: the test would not live to see that.
    await running.stop(3_600_000)
    t.equal(await read, passed + end, 'a clean end')
    await received
  })
}

t.test('a ticket stands for the token where the document says so, and nowhere else; it is in no log', async (t) => {
  const asked: string[] = []
  const upstream = await serve(t, (request, response) => {
    asked.push(String(request.url))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end('id: 1\n\n')
  })
  const streams = document.paths['/v1/events/stream']!
  const get = { ...streams['get'] as object, security: [{ bearer: [] }, { ticket: [] }] }
  const routed = { ...document, paths: { ...document.paths, '/v1/events/stream': { ...streams, get } } }
  const lines: string[] = []
  const log = { write: (line: string) => void lines.push(line) }
  const limits = { RATE_PER_CALLER: 100, CORS_ORIGINS: ['https://desk.example'] }
  const { url } = await gateway(t, { notification: upstream, ticket: await echo(t) }, limits, routed, log)
  const ask = async (path: string, origin: string) => await fetch(`${url}${path}`, { headers: { origin } })

  const opened = await ask('/v1/events/stream?ticket=acme.secret&after=x', 'https://desk.example')
  t.match([opened.status, await opened.text()], [200, 'id: 1\n\n'])
  t.same(asked, ['/v1/events/stream?ticket=acme.secret&after=x'])
  t.match(Object.fromEntries(opened.headers), {
    'referrer-policy': 'no-referrer',
    'access-control-allow-origin': 'https://desk.example',
    'access-control-allow-credentials': undefined
  })
  const foreign = await ask('/v1/events/stream?ticket=acme.secret', 'https://elsewhere.example')
  t.equal(foreign.headers.get('access-control-allow-origin'), null)
  t.equal((await ask('/v1/events/stream', 'https://desk.example')).status, 401)
  t.equal((await ask('/v1/tickets?ticket=acme.secret', 'https://desk.example')).status, 401)
  t.equal((await fetch(`${url}/v1/events/stream?ticket=x`, { headers: { authorization: 'Bearer x' } })).status, 401)
  t.ok(lines.some((line) => line.includes('request answered')))
  t.notMatch(lines.join(''), /secret/)
})
