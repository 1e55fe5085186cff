// R12: a ticket finds its agent by responsibility, availability and capacity, says why, and keeps its history when it
// is given to somebody else.
import type { Ticket } from '@dueline/client'
import { eventually } from '@dueline/testkit'
import t from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf, people, seedTenant } from '../../harness/short-agreement.ts'

const tenant = 'a-ticket-by-rule'
const busy = '01990000-0000-7000-8000-0000000000a2'

t.test('a ticket by rule', async (t) => {
  const stack = await oneStack()
  const api = await apiOf(stack, tenant)
  await seedTenant(api, tenant)
  await api.post('/v1/people', { body: { id: busy, role: 'agent', name: 'Busy', managerId: people.manager } })
  const { data: product } = await api.post('/v1/products', { body: { name: 'Printers' } })
  for (const personId of [people.agent, busy]) {
    await api.post('/v1/responsibilities', { body: { productId: product.id, personId } })
  }
  await api.put('/v1/people/{personId}/availability', { path: { personId: busy }, body: { state: 'busy' } })
  const profileOf = async (personId: string) =>
    (await api.get('/v1/people/{personId}/profile', { path: { personId } })).data
  await eventually(async () => {
    const [first, second] = [await profileOf(people.agent), await profileOf(busy)]
    const areResponsible = [first, second].every(({ responsibilities }) => responsibilities?.length === 1)
    return areResponsible && second.availability?.state === 'busy'
  }, { everyMs: 100 })
  const { data: rule } = await api.post('/v1/assignment-rules', {
    body: { name: 'Whoever is responsible', rank: 10, pool: { kind: 'responsibility' } }
  })
  const { data: opened } = await api.post('/v1/tickets', {
    body: { subject: 'It smokes', customerId: people.customer, productId: product.id }
  })
  const path = { ticketId: opened.id }

  await t.test('goes to whoever is responsible and available, and says why', async (t) => {
    const ticket = await eventually(async () => {
      const { data } = await api.get('/v1/tickets/{ticketId}', { path })
      return data.assigneeId !== null && data
    }, { everyMs: 100 }) as Ticket
    t.equal(ticket.assigneeId, people.agent)
    const { data: why } = await api.get('/v1/tickets/{ticketId}/assignment-explanation', { path })
    t.match(why, { carriedOut: true, assigneeId: people.agent, ruleId: rule.id })
    const considered = why.rules.flatMap(({ candidates }) => candidates.map(({ personId }) => personId))
    t.same(considered.sort(), [people.agent, busy].sort(), 'who was not taken is named, too')
  })

  await t.test('reassigned by hand, it keeps both in its history', async (t) => {
    const { data: ticket } = await api.get('/v1/tickets/{ticketId}', { path })
    await api.post('/v1/tickets/{ticketId}/assignments', {
      path,
      body: { assigneeId: people.manager },
      headers: { 'If-Match': `"${ticket.version}"` }
    })
    const { items } = (await api.get('/v1/tickets/{ticketId}/timeline', { path })).data
    t.match(items.filter(({ kind }) => kind === 'assigned'), [{ ruleId: rule.id }, { ruleId: null }])
  })
})
