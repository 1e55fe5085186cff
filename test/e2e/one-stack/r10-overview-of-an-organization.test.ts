// R10: a ceo sees load against capacity by product and by team.
import { createClient } from '@dueline/client'
import { eventually } from '@dueline/testkit'
import t from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf, people, seedTenant } from '../../harness/short-agreement.ts'

const tenant = 'overview-of-all'

t.test('the overview of an organization', async (t) => {
  const stack = await oneStack()
  const api = await apiOf(stack, tenant)
  await seedTenant(api, tenant)
  const { data: printers } = await api.post('/v1/products', { body: { name: 'Printers' } })
  const { data: paper } = await api.post('/v1/products', { body: { name: 'Paper' } })
  const { data: desk } = await api.post('/v1/teams', {
    body: { name: 'Printer desk', memberIds: [people.agent, people.manager], productIds: [printers.id] }
  })
  await api.post('/v1/tickets', {
    body: { subject: 'It smokes', customerId: people.customer, productId: printers.id, teamId: desk.id, priority: 'P0' }
  })
  const token = await stack.token({ tenant, personId: people.ceo, roles: ['ceo'] })
  const ceo = createClient({ url: stack.url, token })
  const overview = await eventually(async () => {
    const path = { personId: people.ceo }
    const { data } = await ceo.get('/v1/people/{personId}/organization-overview', { path })
    return data.byTeam.length === 1 && data.byProduct.length === 2 && data.totals.breachedClocks === 1 && data
  }, { everyMs: 100 })
  const load = { people: 2, capacityPoints: 40, openTickets: 1, unassigned: 1, points: 4, breachedClocks: 1 }
  t.match(overview, {
    byProduct: [
      { id: paper.id, name: 'Paper', people: 0, capacityPoints: 0, openTickets: 0 },
      { id: printers.id, name: 'Printers', ...load }
    ],
    byTeam: [{ id: desk.id, name: 'Printer desk', ...load }],
    totals: load
  })
})
