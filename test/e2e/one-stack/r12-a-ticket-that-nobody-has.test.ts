// R12: a ticket that nobody has is nobody's fault but somebody's job. Through the gateway and a whole stack: its
// warning, its breach and the escalation reach the lead of its team, else who is responsible, else the managers;
// whoever is given it afterwards learns what is still open.
import type { Client, Ticket } from '@dueline/client'
import { eventually } from '@dueline/testkit'
import t from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf, people, seedTenant } from '../../harness/short-agreement.ts'

const tenant = 'nobody-has-it'
const lead = '01990000-0000-7000-8000-0000000000b2'
/** A clock that starts after the instant of its warning gives none, as may be on a busy machine. */
const warned = 'who is warned where there is a warning'
const expert = '01990000-0000-7000-8000-0000000000b3'

/** Who of staff was written to about a ticket, by the kind of event. */
async function notifiedOf (api: Client, ticketId: string): Promise<Record<string, string[]>> {
  const { items } = (await api.get('/v1/messages', { query: { ticketId, channel: 'inbox', limit: 200 } })).data
  const notified: Record<string, string[]> = {}
  for (const { eventType, personId } of items.filter((each) => each.personId !== people.customer)) {
    const of = notified[eventType.split('.').slice(1, -1).join('.')] ??= []
    if (!of.includes(personId)) of.push(personId)
  }
  return Object.fromEntries(Object.entries(notified).map(([type, ids]) => [type, ids.sort()]))
}

t.test('a ticket that nobody has', async (t) => {
  const stack = await oneStack()
  const api = await apiOf(stack, tenant)
  await seedTenant(api, tenant)
  for (const [id, name] of [[lead, 'lead'], [expert, 'expert']] as const) {
    const email = `${name}@${tenant}.example`
    await api.post('/v1/people', {
      body: { id, role: 'manager', name, screenName: name, email, managerId: people.ceo }
    })
  }
  const { data: product } = await api.post('/v1/products', { body: { name: 'Printers' } })
  const { data: desk } = await api.post('/v1/teams', { body: { name: 'Printer desk', leadId: lead } })
  await api.post('/v1/teams', { body: { name: 'Experts', leadId: expert, productIds: [product.id] } })
  await eventually(async () => {
    const { items } = (await api.get('/v1/events', { query: { types: 'dueline.team.changed.v1', limit: 10 } })).data
    return items.length === 2
  }, { everyMs: 100 })

  const open = async (subject: string, fields: object): Promise<Ticket> =>
    (await api.post('/v1/tickets', {
      body: { subject, customerId: people.customer, type: 'complaint', ...fields }
    })).data
  const queued = await open('It smokes', { teamId: desk.id, productId: product.id })
  const ofProduct = await open('It burns', { productId: product.id })
  const lost = await open('It is gone', {})
  const escalated = async (ticket: Ticket): Promise<Record<string, string[]> | false> => {
    const notified = await notifiedOf(api, ticket.id)
    return notified['escalation.level-reached'] !== undefined && notified['clock.breached'] !== undefined && notified
  }

  await t.test('the lead of its team is warned, notified of the miss, and addressed by the escalation', async (t) => {
    const notified = await eventually(async () => await escalated(queued), { everyMs: 100 }) as Record<string, string[]>
    t.same(notified['clock.warned'] ?? [lead], [lead], warned)
    t.same(notified['clock.breached'], [lead])
    t.ok(notified['escalation.level-reached']!.includes(lead))
    const { items: [escalation] } = (await api.get('/v1/escalations', { query: { ticketId: queued.id } })).data
    const { history } = (await api.get('/v1/escalations/{escalationId}', {
      path: { escalationId: escalation!.id }
    })).data
    const first = history.find(({ level }) => level?.number === 1)!
    t.same(first.level!.targets, [{ personId: lead, because: "no assignee: the lead of the ticket's team" }])
    t.match(first.reason, /^no_assignee/)
  })

  await t.test('of a ticket without a team, the lead of the team that covers its product', async (t) => {
    const notified = await eventually(async () => await escalated(ofProduct), { everyMs: 100 }) as Record<
      string,
      string[]
    >
    t.same(notified['clock.warned'] ?? [expert], [expert], warned)
    t.same(notified['clock.breached'], [expert])
  })

  await t.test('of a ticket of no team and no product, every manager', async (t) => {
    const notified = await eventually(async () => await escalated(lost), { everyMs: 100 }) as Record<string, string[]>
    t.same(notified['clock.breached'], [people.manager, lead, expert].sort())
  })

  await t.test('whoever is given it afterwards learns what is still open', async (t) => {
    await api.post('/v1/tickets/{ticketId}/assignments', {
      path: { ticketId: queued.id },
      body: { assigneeId: people.agent },
      headers: { 'If-Match': `"${queued.version}"` }
    })
    const body = await eventually(async () => {
      const query = { ticketId: queued.id, personId: people.agent, channel: 'inbox', limit: 10 } as const
      const { items } = (await api.get('/v1/messages', { query })).data
      return items.find(({ eventType }) => eventType === 'dueline.ticket.assigned.v1')
    }, { everyMs: 100 }) as { subject: string }
    t.match(body.subject, /Assigned to you/)
  })

  await t.test('a lead who has left is passed over', async (t) => {
    const { data: person } = await api.get('/v1/people/{personId}', { path: { personId: lead } })
    await api.patch('/v1/people/{personId}', {
      path: { personId: lead },
      body: { active: false },
      headers: { 'If-Match': `"${person.version}"` }
    })
    await eventually(async () => {
      const query = { types: 'dueline.person.changed.v1', limit: 50 } as const
      const { items } = (await api.get('/v1/events', { query })).data
      return items.length === 7
    }, { everyMs: 100 })
    const next = await open('It smokes again', { teamId: desk.id, productId: product.id })
    const notified = await eventually(async () => await escalated(next), { everyMs: 100 }) as Record<string, string[]>
    t.same(notified['clock.breached'], [expert], 'who is responsible for its product is next')
  })
})
