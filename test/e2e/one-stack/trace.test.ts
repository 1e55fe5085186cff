// One trace from the request that opens a ticket to all that follows from it, at once and by timers.
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createClient } from '@dueline/client'
import type { EventType } from '@dueline/contracts'
import { arrivals } from '@dueline/testkit'
import t from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf, escalationsEnd, people, seedTenant } from '../../harness/short-agreement.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'
const traceparent = `00-${traceId}-${spanId}-01`

t.test('a ticket is followed from its POST to its clocks, escalations, mails and webhooks', async (t) => {
  const stack = await oneStack()
  const hooks = arrivals<{ type: EventType, headers: IncomingHttpHeaders }>()
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      hooks.add({ type: JSON.parse(Buffer.concat(chunks).toString()).type, headers: request.headers })
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    receiver.close()
    receiver.closeAllConnections()
  })
  const api = await apiOf(stack, 'traced')
  await seedTenant(api, 'traced', `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`)

  const { customer: customerId, agent: assigneeId } = people
  const body = { subject: 'Followed', customerId, assigneeId, type: 'complaint' as const }
  const { data: ticket } = await api.post('/v1/tickets', { body, headers: { traceparent } })
  const other = await api.post('/v1/tickets', { body: { ...body, subject: 'Another' } })
  const events = await escalationsEnd(api, [ticket.id, other.data.id])
  const own = events.filter(({ subject }) => subject === `ticket/${ticket.id}`)

  const at = new Map(own.map(({ type, traceparent }) => [type, traceparent]))
  for (
    const type of ['dueline.ticket.created.v1', 'dueline.agreement.made.v1', 'dueline.clock.started.v1'] as const
  ) t.equal(at.get(type), traceparent, `${type} is part of the request`)
  for (
    const type of [
      'dueline.clock.warned.v1',
      'dueline.clock.breached.v1',
      'dueline.escalation.opened.v1',
      'dueline.escalation.level-reached.v1',
      'dueline.escalation.exhausted.v1',
      'dueline.message.sent.v1'
    ] as const
  ) t.match(at.get(type), new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`), type)
  t.same(
    own.filter((event) => !event.traceparent?.includes(traceId)).map(({ type }) => type),
    [],
    'nothing is left out'
  )
  const others = events.filter((event) => event.traceparent?.includes(traceId) === true && !own.includes(event))
  t.same(others, [], 'and nothing of anybody else belongs to it')

  const breach = await hooks.find(({ type, headers }) =>
    type === 'dueline.clock.breached.v1' && headers['traceparent'] === at.get('dueline.clock.breached.v1')
  )
  t.ok(breach, 'the webhook says what its event says')
  const files = await readdir(join(stack.folder, 'mail'))
  const mails = await Promise.all(files.map(async (file) => await readFile(join(stack.folder, 'mail', file), 'utf8')))
  const receipt = mails.find((mail) => mail.includes('We received your request: Followed'))
  t.match(receipt, new RegExp(`^traceparent: ${traceparent}$`, 'im'), 'the mail, too')
})

t.test('without one the gateway begins a trace, and services go on with it', async (t) => {
  const stack = await oneStack()
  const claims = { tenant: 'untraced', personId: people.agent, roles: ['agent' as const, 'admin' as const] }
  const api = createClient({ url: stack.url, token: () => stack.token(claims) })
  const person = { role: 'customer' as const, name: 'C', screenName: 'C', email: null, language: 'en' as const }
  await api.post('/v1/people', { body: { id: people.customer, ...person } })
  const seen = arrivals<string | undefined>()
  for (const subject of ['one', 'two']) {
    await api.post('/v1/tickets', { body: { subject, customerId: people.customer } })
  }
  for await (const { event } of api.feed()) seen.add(event.traceparent)
  const traces = new Set(seen.all.map((trace) => trace?.slice(3, 35)))
  t.notOk(traces.has(undefined), 'every event is in a trace')
})
