// The two screens of a desk through the public client and a whole stack, each in one call, for agents and customers.
import { createClient, type Client, type Clock, type Ticket } from '@dueline/client'
import { eventually } from '@dueline/testkit'
import t from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf, people } from '../../harness/short-agreement.ts'

const tenant = 'screens'
const count = 20
const hourMs = 3_600_000
const everything = ['customer', 'assignee', 'team', 'clocks', 'messages'] as const

/** People, and agreements: with the customer an hour more for each priority, between staff half of it. */
async function agree (api: Client): Promise<void> {
  for (const role of ['agent', 'customer'] as const) {
    const body = { id: people[role], role, name: `${role} by name`, screenName: `${role} on screen`, email: null }
    await api.post('/v1/people', { body })
  }
  for (const hours of [1, 2, 3, 4]) {
    const priority = `P${hours - 1}` as 'P0'
    for (const [kind, minutes] of [['sla', hours * 60], ['ola', hours * 30]] as const) {
      const targets = { resolution: `PT${minutes}M` }
      await api.post('/v1/sla-rows', { body: { name: `${kind} ${hours}`, kind, priority, targets, reminders: [] } })
    }
  }
  await api.post('/v1/policy-versions', { body: { effect: 'new_tickets' } })
}

/** The paths of all fields, those of items of lists once. */
function fieldsOf (value: object): string[] {
  const paths = Object.entries(value).flatMap(([name, of]: [string, unknown]) => {
    const inner = [of].flat().filter((each) => typeof each === 'object' && each !== null)
    return inner.length === 0 ? [name] : inner.flatMap((each) => fieldsOf(each).map((path) => `${name}.${path}`))
  })
  return [...new Set(paths)].sort()
}

/** The clocks by themselves, as the service that owns them has them. */
async function clocksOf (api: Client, ticketId: string): Promise<Clock[]> {
  return (await api.get('/v1/clocks', { query: { ticketId } })).data.items
}

t.test('the queue is one call, most urgent first, and a ticket is one', async (t) => {
  const stack = await oneStack()
  const api = await apiOf(stack, tenant)
  await agree(api)
  const as = (role: 'agent' | 'customer'): Client =>
    createClient({ url: stack.url, token: () => stack.token({ tenant, personId: people[role], roles: [role] }) })
  const [agent, customer] = [as('agent'), as('customer')]
  const team = (await api.post('/v1/teams', { body: { name: 'Desk' } })).data.id

  const opened: Ticket[] = []
  for (let index = 0; index < count; index++) {
    const body = {
      subject: `Case ${index}`,
      priority: `P${index % 4}` as 'P0',
      customerId: people.customer,
      assigneeId: people.agent,
      tags: ['loud'],
      teamId: team
    }
    opened.push((await agent.post('/v1/tickets', { body })).data)
  }
  const path = { ticketId: opened[0]!.id }
  await customer.post('/v1/tickets/{ticketId}/messages', { path, body: { body: 'It still smokes.' } })
  await agent.post('/v1/tickets/{ticketId}/messages', { path, body: { body: 'Pull the plug.' } })
  await agent.post('/v1/tickets/{ticketId}/messages', { path, body: { body: 'Third one today.', kind: 'internal' } })

  const queueOf = async (client: Client): Promise<Ticket[]> =>
    (await client.get('/v1/tickets', {
      query: { status: ['new', 'open'], sort: 'dueAt', limit: count, expand: ['customer', 'assignee', 'clocks'] }
    })).data.items
  const whole = async (): Promise<Ticket[] | false> => {
    const items = await queueOf(agent)
    const isWhole = ({ sla, clocks }: Ticket): boolean => sla !== null && clocks?.length === 2
    return items.length === count && items.every(isWhole) && items
  }
  const queue = await eventually(whole, { everyMs: 100 }) as Ticket[]
  t.same(queue.map(({ id }) => id).sort(), opened.map(({ id }) => id).sort(), 'each once')
  t.same(queue.map(({ priority }) => priority), ['P0', 'P1', 'P2', 'P3'].flatMap((each) => Array(5).fill(each)))
  t.same(queue.map(({ sla }) => sla!.dueAt), queue.map(({ sla }) => sla!.dueAt).sort(), 'most urgent first')
  for (const ticket of queue) {
    const hours = Number(ticket.priority.slice(1)) + 1
    t.equal(Date.parse(ticket.sla!.dueAt!) - Date.parse(ticket.createdAt), hours * hourMs, 'its deadline')
    t.match(ticket.customer, { id: people.customer, name: 'customer by name' })
    t.match(ticket.assignee, { id: people.agent, name: 'agent by name' })
    const facts = ({ id, kind, metric, state, dueAt, target }: NonNullable<Ticket['clocks']>[number] | Clock) => ({
      id,
      kind,
      metric,
      state,
      dueAt,
      target
    })
    const byId = (a: { id: string }, b: { id: string }): number => a.id < b.id ? -1 : 1
    const own = (await clocksOf(agent, ticket.id)).map(facts).sort(byId)
    t.same(ticket.clocks!.map(facts).sort(byId), own, 'its clocks are what their owner says')
    t.same(ticket.sla!.clockId, own.find(({ kind }) => kind === 'sla')!.id)
  }

  const pageOf = async (client: Client): Promise<Ticket> =>
    (await client.get('/v1/tickets/{ticketId}', {
      path: { ticketId: opened[0]!.number },
      query: { expand: [...everything] }
    })).data
  const page = await pageOf(agent)
  t.match(page, {
    id: opened[0]!.id,
    status: 'open',
    tags: ['loud'],
    teamId: team,
    assigneeId: people.agent,
    customer: { name: 'customer by name' },
    assignee: { name: 'agent by name' },
    team: { name: 'Desk' }
  })
  t.same(page.clocks!.map(({ kind }) => kind).sort(), ['ola', 'sla'])
  t.same(page.messages!.map(({ body, author }) => [body, author.id]), [
    ['It still smokes.', people.customer],
    ['Pull the plug.', people.agent],
    ['Third one today.', people.agent]
  ])

  const shown = await pageOf(customer)
  t.match(shown, { tags: [], teamId: null, assigneeId: null, assignee: null, assigneeScreenName: 'agent on screen' })
  t.match(shown, { sla: { dueAt: page.sla!.dueAt, escalation: null }, customer: { name: 'customer by name' } })
  t.same(shown.clocks!.map(({ kind }) => kind), ['sla'], 'not what staff agree among themselves')
  t.same(shown.messages!.map(({ body, author }) => [body, author.id, author.screenName]), [
    ['It still smokes.', people.customer, 'customer on screen'],
    ['Pull the plug.', null, 'agent on screen']
  ], 'nothing internal')
  const list = await queueOf(customer)
  t.same(list.map(({ id }) => id), queue.map(({ id }) => id), 'the same order')
  const said = JSON.stringify([shown, list])
  for (const secret of ['loud', 'desk', 'ola', 'Third one', 'agent by name', people.agent]) {
    t.notOk(said.includes(secret), `a customer does not read ${secret}`)
  }

  await t.test('a customer reads why its ticket is due when it is, in its own language and zone', async (t) => {
    const { etag } = await api.get('/v1/people/{personId}', { path: { personId: people.customer } })
    await api.patch('/v1/people/{personId}', {
      path: { personId: people.customer },
      body: { language: 'ar', timeZone: 'Asia/Riyadh' },
      headers: { 'If-Match': etag! }
    })
    const [clock] = shown.clocks!
    const { data } = await customer.get('/v1/clocks/{clockId}/explanation', { path: { clockId: clock!.id } })
    t.match(data, { dueAt: clock!.dueAt, language: 'ar', timeZone: 'Asia/Riyadh' })
    t.same(fieldsOf(data), [
      ...['agreement.id', 'agreement.kind', 'agreement.origin', 'agreement.policyVersion', 'agreement.rowId'],
      ...['agreement.rowName', 'asOf', 'breachedAt', 'calendar', 'clockId', 'consumed', 'dueAt', 'extendedBy'],
      ...['language', 'lines', 'metric', 'remaining', 'segmentCount', 'segments.cause', 'segments.from'],
      ...['segments.openTime', 'segments.pausedFor', 'segments.state', 'segments.to', 'target', 'timeZone']
    ], 'nothing else')
    t.match(data.agreement, { kind: 'sla', rowId: null, rowName: null })
    for (const secret of ['loud', 'desk', 'ola', 'sla 1', 'Third one', 'agent by name', people.agent, 'internal']) {
      t.notOk(JSON.stringify(data).includes(secret), `it does not say ${secret}`)
    }
  })

  const token = await stack.token({ tenant: 'other', personId: people.agent, roles: ['agent'] })
  const foreign = createClient({ url: stack.url, token })
  const refused = await foreign.get('/v1/tickets/{ticketId}', { path }).catch((error: unknown) => error)
  t.match(refused, { status: 404 }, 'another tenant has no such ticket')
})
