import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { mock } from 'node:test'
import { setImmediate as immediate } from 'node:timers/promises'
import { arrivals } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { createClient, type FeedEvent, type StreamOptions } from '../../src/index.ts'
import { later, ofStatus, problem, startServer, type Came, type Reply } from './server.ts'

/** A server with a feed of numbered events; `connect` answers connections to the stream, the last one stays. */
async function startFeed (t: Test) {
  const server = await startServer(t)
  const feed: object[] = []
  let connect: Reply[] = []
  const streams = arrivals<ServerResponse>()
  const event = (position: number, type = 'dueline.ticket.created.v1') => ({ id: `event-${position}`, type, data: {} })
  const position = (text: string | null): number => Number(text?.replace('c', '') ?? 0)
  server.answer((response, came) => {
    if (came.path === '/v1/events/stream') {
      const reply = connect.length > 1 ? connect.shift() : connect[0]
      if (typeof reply === 'function') return reply(response, came)
      response.writeHead(reply?.status ?? 500, reply?.headers).end(JSON.stringify(reply?.body))
      return
    }
    const after = position(came.query.get('after'))
    const items = feed.slice(after, after + Number(came.query.get('limit')))
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ items, nextCursor: `c${after + items.length}` }))
  })
  const frame = (number: number): string => {
    const one = event(number)
    return `event: ${one.type}\nid: c${number}\ndata: ${JSON.stringify(one)}\n\n`
  }
  return {
    ...server,
    /** Appends to the feed only. */
    append: (count: number) => {
      for (let i = 0; i < count; i++) feed.push(event(feed.length + 1))
    },
    connections: () => server.came.filter(({ path }) => path === '/v1/events/stream'),
    pulls: () => server.came.filter(({ path }) => path === '/v1/events').map(({ query }) => query.get('after')),
    /** Sends what is appended on a connection. */
    send: (response: ServerResponse) => {
      feed.push(event(feed.length + 1))
      response.write(frame(feed.length))
    },
    onConnect: (...replies: Reply[]) => {
      connect = replies
    },
    /** Takes a connection and says where it starts. */
    accept: ((response: ServerResponse, came: Came) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`retry: 5\nid: ${came.headers['last-event-id'] ?? `c${feed.length}`}\n\n: still here\n\n`)
      streams.add(response)
    }) satisfies Reply,
    streams
  }
}

/** Follows a stream; `got` are the events that came. */
function follow (url: string, options: StreamOptions, token: string | (() => string) = 'secret') {
  const got = arrivals<FeedEvent>()
  const states: string[] = []
  const leaving = new AbortController()
  const client = createClient({ url, token, firstWaitMs: 1 })
  const ended = (async () => {
    const given = { signal: leaving.signal, onState: (state: string) => states.push(state), ...options }
    for await (const each of client.stream(given)) got.add(each)
  })()
  ended.catch(() => {})
  return { got, states, ended, leave: () => leaving.abort() }
}

const ids = (events: readonly FeedEvent[]): string =>
  events.map(({ event }) => event.id.replace('event-', '')).join(' ')

t.test('events come as they happen; what a break missed comes from the feed, once and in order', async (t) => {
  const server = await startFeed(t)
  server.append(3)
  server.onConnect(server.accept)
  const { got, states, ended, leave } = follow(server.url, {})
  const [first] = await server.streams.atLeast(1)
  server.send(first!)
  t.match(await got.find(), { event: { id: 'event-4' }, cursor: 'c4' }, 'not what was there before')

  const brokenAt = server.streams.all.length
  server.append(250)
  first!.destroy()
  const second = (await server.streams.atLeast(brokenAt + 1))[brokenAt]!
  server.send(second)
  await got.atLeast(252)
  t.equal(ids(got.all), Array.from({ length: 252 }, (_, i) => i + 4).join(' '))
  t.same(server.pulls(), ['c4', 'c204'])
  t.equal(server.connections()[1]?.headers['last-event-id'], 'c254')

  second.end(': an orderly end, as with the end of a token\n\n')
  const third = (await server.streams.atLeast(brokenAt + 2))[brokenAt + 1]!
  server.send(third)
  t.equal((await got.atLeast(253))[252]?.event.id, 'event-256')
  t.same(states, ['open', 'broken', 'open', 'broken', 'open'])
  leave()
  await ended
  t.pass('who leaves gets no error')
  if (!third.destroyed) await once(third, 'close')
  t.pass('and the connection is closed')
})

t.test('who leaves as soon as it is open, or while an event is looked at, gets no error either', async (t) => {
  const server = await startFeed(t)
  server.onConnect(server.accept)
  for (const moment of ['open', 'event']) {
    const leaving = new AbortController()
    // Nobody waits for what is read then: as an error of the process it would end this file.
    const onState = (): void => moment === 'open' ? leaving.abort() : undefined
    const seen: string[] = []
    const ended = (async () => {
      for await (const { event } of createClient({ url: server.url }).stream({ signal: leaving.signal, onState })) {
        seen.push(event.id)
        leaving.abort()
      }
    })()
    server.send((await server.streams.atLeast(moment === 'open' ? 1 : 2)).at(-1)!)
    await ended
    t.equal(seen.length, moment === 'open' ? 0 : 1, moment)
  }
})

t.test('it goes on after a cursor, and with the types that were asked for', async (t) => {
  const server = await startFeed(t)
  server.append(5)
  server.onConnect(server.accept)
  const { got, leave, ended } = follow(server.url, { after: 'c2', types: ['dueline.ticket.created.v1'] })
  t.equal(ids(await got.atLeast(3)), '3 4 5')
  t.same(
    got.all.map(({ cursor }) => cursor),
    ['c2', 'c2', 'c5'],
    'within a page the place before it: nothing is missed'
  )
  await server.streams.atLeast(1)
  t.match(server.connections()[0], { headers: { 'last-event-id': 'c5', accept: 'text/event-stream' } })
  t.same(server.came.map(({ query }) => query.get('types')), Array(2).fill('dueline.ticket.created.v1'))
  leave()
  await ended
})

t.test('an end that the server announces is a break, and no event; choices go with every request', async (t) => {
  const server = await startFeed(t)
  server.onConnect(server.accept)
  const choice = { ticketId: ['t1', 't2'], assigneeId: 'me', unassigned: false }
  const { got, states, leave, ended } = follow(server.url, choice)
  const [first] = await server.streams.atLeast(1)
  server.send(first!)
  first!.end('event: stream-ended\ndata: {"reason":"token_expired"}\n\n')
  server.send((await server.streams.atLeast(2))[1]!)
  t.equal(ids(await got.atLeast(2)), '1 2')
  t.same(states, ['open', 'broken', 'open'])
  for (const { query } of server.came) {
    t.same([query.getAll('ticketId'), query.get('assigneeId'), query.get('unassigned')], [['t1', 't2'], 'me', 'false'])
  }
  leave()
  await ended
})

t.test('what passes is waited for; every connection has a fresh token', async (t) => {
  const server = await startFeed(t)
  server.append(1)
  const refused = problem(401, 'unauthenticated')
  server.onConnect(later(503, '0'), refused, server.accept)
  let made = 0
  const { got, states, leave, ended } = follow(server.url, {}, () => `token-${++made}`)
  server.send((await server.streams.atLeast(1))[0]!)
  await got.find()
  t.same(server.connections().map(({ headers }) => headers['authorization']), [
    'Bearer token-1',
    'Bearer token-2',
    'Bearer token-3'
  ])
  t.same(states, ['broken', 'open'])
  leave()
  await ended
})

t.test('what does not pass ends it', async (t) => {
  const server = await startFeed(t)
  const html: Reply = { status: 200, headers: { 'content-type': 'text/html' }, body: '' }
  const noJson: Reply = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {\n\n')
  }
  const endless: Reply = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: ')
    response.write('x'.repeat(9 * 1024 * 1024))
  }
  const cases: [string, Reply, string][] = [
    ['no rights', problem(403, 'forbidden'), 'ProblemError'],
    ['no token that holds', problem(401, 'unauthenticated'), 'ProblemError'],
    ['a type that is none', problem(400, 'validation_failed'), 'ProblemError'],
    ['a page', html, 'UnexpectedAnswer'],
    ['an event that is no JSON', noJson, 'UnexpectedAnswer'],
    ['an event without end', endless, 'UnexpectedAnswer']
  ]
  for (const [what, reply, name] of cases) {
    server.onConnect(reply)
    await t.rejects(follow(server.url, {}).ended, { name }, what)
  }
})

t.test('a position that is gone is reported, and reading goes on at the oldest event', async (t) => {
  const server = await startFeed(t)
  server.append(2)
  server.onConnect(problem(410, 'gone'), server.accept)
  const { got, states, leave, ended } = follow(server.url, { after: 'c2' })
  server.send((await server.streams.atLeast(1))[0]!)
  t.equal(ids(await got.atLeast(3)), '1 2 3')
  t.same(states, ['gap', 'open'])
  leave()
  await ended
  server.onConnect(problem(410, 'gone'))
  await t.rejects(follow(server.url, {}).ended, ofStatus(410), 'without a position it is no gap')
})

t.test('a slow reader holds up the server, and nothing piles up', async (t) => {
  const server = await startFeed(t)
  server.onConnect(server.accept)
  const client = createClient({ url: server.url })
  const events = client.stream()
  const first = events.next()
  const [response] = await server.streams.atLeast(1)
  server.send(response!)
  await first
  const big = `data: ${JSON.stringify({ id: 'big', text: 'x'.repeat(100_000) })}\n\n`
  let sent = 0
  while (sent < 1_000 && response!.write(big)) sent++
  t.ok(sent < 1_000, `the server was held after ${sent} of 1,000 events`)
  await events.return()
  if (!response!.destroyed) await once(response!, 'close')
  t.pass('who leaves the loop leaves the connection')
})

t.test('the feed is read to its end', async (t) => {
  const server = await startFeed(t)
  server.append(401)
  const seen: FeedEvent[] = []
  for await (const each of createClient({ url: server.url }).feed({ after: 'c1' })) seen.push(each)
  t.same([seen.length, seen.at(-1)?.event.id, seen.at(-1)?.cursor], [400, 'event-401', 'c401'])
  t.same(server.pulls(), ['c1', 'c201', 'c401'])
})

t.test('a connection on which nothing is said any more is broken', async (t) => {
  const server = await startFeed(t)
  server.onConnect(server.accept)
  const { got, states, leave, ended } = follow(server.url, {})
  const [first] = await server.streams.atLeast(1)
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  server.send(first!)
  await got.find()
  await immediate()
  mock.timers.tick(44_999)
  await immediate()
  t.same(states, ['open'])
  mock.timers.tick(1)
  await immediate()
  t.same(states, ['open', 'broken'])
  mock.timers.reset()
  leave()
  await ended
})
