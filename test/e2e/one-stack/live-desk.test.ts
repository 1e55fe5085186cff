// An agent's desk and a customer's page in a real browser, each on the EventSource of a ticket, over a connection that
// breaks: nothing is lost or comes twice, and the customer sees its own only.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { createClient, type DuelineEvent } from '@dueline/client'
import { arrivals } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf, people, seedTenant } from '../../harness/short-agreement.ts'
import { temporaryFolder } from '../../harness/temporary-folder.ts'

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file)
)
const tenant = 'live-desk'
const types = [
  'dueline.ticket.created.v1',
  'dueline.ticket.assigned.v1',
  'dueline.ticket.message-added.v1',
  'dueline.clock.warned.v1',
  'dueline.clock.breached.v1'
]
const inboxTypes = ['dueline.inbox.message-added.v1', 'dueline.inbox.read.v1']
type Report = { who: string, open?: true, broken?: true, badge?: number, error?: string, event?: DuelineEvent }

/** What docs/howto/show-a-live-desk.md says to do; each step is reported. */
const page = `
  const say = async (report) => await fetch('/report', { method: 'POST', body: JSON.stringify(report) })
  async function follow ({ who, url, streamUrl, token, choice, types, inboxTypes }) {
    const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' }
    const call = async (path, init) => await (await fetch(url + path, { headers, ...init })).json()
    let after = (await call('/v1/events?after=latest')).nextCursor
    let reports = Promise.resolve()
    const report = (what) => { reports = reports.then(() => say({ who, ...what })) }
    const badge = document.body.appendChild(document.createElement('b'))
    badge.textContent = (await call('/v1/inbox?limit=1')).unreadCount
    for (;;) {
      const body = JSON.stringify({ ...choice, after })
      const { ticket } = await call('/v1/events/stream-tickets', { method: 'POST', body })
      await new Promise((resolve) => {
        const source = new EventSource(streamUrl + '/v1/events/stream?ticket=' + encodeURIComponent(ticket))
        source.onopen = () => report({ open: true })
        source.onerror = () => {
          source.close()
          report({ broken: true })
          setTimeout(resolve, 100)
        }
        for (const type of types) {
          source.addEventListener(type, ({ lastEventId, data }) => {
            after = lastEventId
            report({ event: JSON.parse(data) })
          })
        }
        for (const type of inboxTypes) {
          source.addEventListener(type, ({ lastEventId, data }) => {
            after = lastEventId
            badge.textContent = JSON.parse(data).data.unreadCount
            report({ badge: Number(badge.textContent) })
          })
        }
      })
    }
  }
  const readers = await (await fetch('/given')).json()
  await Promise.all(readers.map(follow)).catch((error) => say({ who: 'page', error: String(error.stack) }))
`

/** A connection to `target` that can be broken. */
async function breakable (t: Test, target: string) {
  const open = new Set<Socket>()
  const server = createTcpServer((socket) => {
    const { hostname, port } = new URL(target)
    const upstream = connect(Number(port), hostname)
    for (const [one, other] of [[socket, upstream], [upstream, socket]] as const) {
      open.add(one)
      one.on('error', () => {})
      one.once('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const breakAll = (): void => {
    for (const socket of open) socket.destroy()
  }
  t.teardown(() => {
    server.close()
    breakAll()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, breakAll }
}

/** Serves the page; what it says is in `reports`. */
async function servePage (t: Test, port: number) {
  const given: { readers: object[] } = { readers: [] }
  const reports = arrivals<Report>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url === '/report') reports.add(JSON.parse(Buffer.concat(chunks).toString()) as Report)
      const isPage = request.url === '/'
      const body = isPage ? `<!doctype html><script type="module">${page}</script>` : JSON.stringify(given.readers)
      response.writeHead(200, { 'content-type': isPage ? 'text/html' : 'application/json' }).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { origin: `http://127.0.0.1:${port}`, given, reports }
}

function openBrowser (t: Test, folder: string, address: string): void {
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run']
  const profile = `--user-data-dir=${join(folder, 'profile')}`
  const browser = spawn(chromium!, [...flags, profile, address], { stdio: 'ignore', detached: true })
  const ended = new Promise<void>((resolve) => browser.once('exit', () => resolve()))
  t.teardown(async () => {
    // Its processes too: they hold the profile.
    process.kill(-browser.pid!, 'SIGKILL')
    await ended
  })
}

t.test('a live desk', { skip: chromium === undefined ? 'no Chromium is installed' : false }, async (t) => {
  const stack = await oneStack()
  const { origin, given, reports } = await servePage(t, stack.pagePort)
  const api = await apiOf(stack, tenant)
  await seedTenant(api, tenant)
  const otherId = (await api.post('/v1/people', { body: { role: 'customer', name: 'Stranger' } })).data.id
  const line = await breakable(t, stack.url)
  const tokens = {
    agent: await stack.token({ tenant, personId: people.agent, roles: ['agent'] }),
    customer: await stack.token({ tenant, personId: people.customer, roles: ['customer'] })
  }
  const shared = { url: stack.url, streamUrl: line.url, types, inboxTypes }
  given.readers = [
    { who: 'agent', token: tokens.agent, choice: { assigneeId: 'me' }, ...shared },
    { who: 'customer', token: tokens.customer, choice: {}, ...shared }
  ]
  const from = (await api.get('/v1/events', { query: { after: 'latest' } })).data.nextCursor
  openBrowser(t, await temporaryFolder(t), origin)
  for (const who of ['agent', 'customer']) await reports.find((each) => each.who === who && each.open === true)

  const { data: ticket } = await api.post('/v1/tickets', {
    body: { subject: 'The printer is on fire', customerId: people.customer, type: 'complaint' }
  })
  const path = { ticketId: ticket.id }
  await api.post('/v1/tickets/{ticketId}/assignments', { path, body: { assigneeId: people.agent } })
  const got = async (who: string, type: string): Promise<Report> =>
    await reports.find((each) => each.who === who && each.event?.type === type)
  await got('agent', 'dueline.ticket.assigned.v1')
  line.breakAll()
  await api.post('/v1/tickets/{ticketId}/messages', { path, body: { body: 'A note for us', kind: 'internal' } })
  const asCustomer = createClient({ url: stack.url, token: tokens.customer })
  await asCustomer.post('/v1/tickets/{ticketId}/messages', { path, body: { body: 'It burns.' } })
  await api.post('/v1/tickets', {
    body: { subject: 'Of somebody else', customerId: otherId, assigneeId: people.agent, type: 'complaint' }
  })
  const isLast = (who: string, number: number) => (each: Report): boolean =>
    each.who === who && each.event?.type === 'dueline.clock.breached.v1' &&
    reports.all.filter((other) => other.who === who && other.event?.type === each.event?.type).length >= number
  await reports.find(isLast('agent', 2))
  await reports.find(isLast('customer', 1))

  for (const who of ['agent', 'customer'] as const) {
    const client = createClient({ url: stack.url, token: tokens[who] })
    const { unreadCount } = (await client.get('/v1/inbox')).data
    t.ok(unreadCount > 0, `${who}: has something to read`)
    await reports.find((each) => each.who === who && each.badge === unreadCount)
    await client.post('/v1/inbox/read-all', {})
    await reports.find((each) => each.who === who && each.badge === 0)
    t.pass(`${who}: the badge follows what was read elsewhere`)
  }

  for (const who of ['agent', 'customer'] as const) {
    const came = reports.all.filter((each) => each.who === who)
    t.ok(came.some(({ broken }) => broken === true), `${who}: the connection broke`)
    const query = { after: from, limit: 200, types: types.join(), ...(who === 'agent' ? { assigneeId: 'me' } : {}) }
    const { items } = (await createClient({ url: stack.url, token: tokens[who] }).get('/v1/events', { query })).data
    const events = came.flatMap(({ event }) => event === undefined ? [] : [event])
    t.same(events.map(({ id }) => id), items.map(({ id }) => id), `${who}: everything once, in its order`)
    t.same(types.filter((type) => !events.some((event) => event.type === type)), [], `${who}: of every type`)
    if (who === 'agent') continue
    const text = JSON.stringify(events)
    t.ok(events.every(({ subject }) => subject === `ticket/${ticket.id}`), 'its own ticket only')
    for (const hidden of [people.agent, 'A note for us', otherId]) t.notMatch(text, hidden)
  }
  t.same(reports.all.filter(({ error }) => error !== undefined), [])
})
