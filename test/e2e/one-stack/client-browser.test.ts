// The client in a real browser, on a page of another origin than the gateway: what CORS lets through is enough for all
// of it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createClient } from '@dueline/client'
import { arrivals } from '@dueline/testkit'
import { build } from 'esbuild'
import t from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { temporaryFolder } from '../../harness/temporary-folder.ts'

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file)
)
const claims = { tenant: 'browser', personId: '01990000-0000-7000-8000-000000000001', roles: ['admin' as const] }

/** What the page does; it says how it went to where it came from. */
const page = `
  import { createClient, isProblem } from '/client.js'
  async function run ({ url, token, customerId }) {
    const client = createClient({ url, token: async () => token })
    const opened = await client.post('/v1/tickets', { body: { subject: 'From a page', customerId } })
    const path = { ticketId: opened.data.id }
    const changed = await client.change('/v1/tickets/{ticketId}', { path }, () => ({ priority: 'P0' }))
    const subjects = []
    for await (const { subject } of client.paginate('/v1/tickets')) subjects.push(subject)
    const refused = await client.post('/v1/tickets/{ticketId}/transitions', { path, body: { to: 'closed' } })
      .catch((error) => isProblem(error, 'ticket_transition_refused') && error.body.allowed)
    let before
    for await (const { event, cursor } of client.feed()) if (event.type === 'dueline.ticket.created.v1') before = cursor
    const next = client.stream({ types: ['dueline.ticket.message-added.v1'], after: before }).next()
    await client.post('/v1/tickets/{ticketId}/messages', { path, body: { body: 'Hello' } })
    const { value } = await next
    const received = value.event.data.message.kind
    return { etag: changed.etag, priority: changed.data.priority, subjects, refused, received }
  }
  const report = await run(await (await fetch('/given')).json()).catch((error) => ({ error: String(error.stack) }))
  await fetch('/report', { method: 'POST', body: JSON.stringify(report) })
`

t.test(
  'a front end on another origin',
  { skip: chromium === undefined ? 'no Chromium is installed' : false },
  async (t) => {
    const { outputFiles } = await build({
      entryPoints: ['packages/client/src/index.ts'],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser'
    })
    const given: Record<string, string> = {}
    const report = arrivals<unknown>()
    const files: Record<string, [type: string, body: () => string]> = {
      '/': ['text/html', () => `<!doctype html><script type="module">${page}</script>`],
      '/client.js': ['text/javascript', () => outputFiles[0]?.text ?? ''],
      '/given': ['application/json', () => JSON.stringify(given)]
    }
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        if (request.url === '/report') report.add(JSON.parse(Buffer.concat(chunks).toString()))
        const [type, body] = files[request.url ?? ''] ?? ['text/plain', () => '']
        response.writeHead(200, { 'content-type': type }).end(body())
      })
    })
    const stack = await oneStack()
    await new Promise<void>((resolve) => server.listen(stack.pagePort, '127.0.0.1', resolve))
    t.teardown(() =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    )
    const origin = `http://127.0.0.1:${stack.pagePort}`
    const folder = await temporaryFolder(t)
    const token = await stack.token(claims)
    const { data: customer } = await createClient({ url: stack.url, token }).post('/v1/people', {
      body: { role: 'customer', name: 'Customer' }
    })
    Object.assign(given, { url: stack.url, token, customerId: customer.id })

    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      `--user-data-dir=${join(folder, 'profile')}`
    ]
    const browser = spawn(chromium!, [...flags, origin], { stdio: 'ignore', detached: true })
    const ended = new Promise<void>((resolve) => browser.once('exit', () => resolve()))
    t.teardown(async () => {
      // Its processes too: they hold the profile.
      process.kill(-browser.pid!, 'SIGKILL')
      await ended
    })
    t.same(await report.find(), {
      etag: '"2"',
      priority: 'P0',
      subjects: ['From a page'],
      refused: ['open', 'waiting_on_customer', 'waiting_on_vendor', 'resolved', 'cancelled'],
      received: 'public'
    })
  }
)
