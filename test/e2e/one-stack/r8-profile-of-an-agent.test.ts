// R8: the profile of an agent, and that customers see the screen name only.
import { createClient } from '@dueline/client'
import { eventually } from '@dueline/testkit'
import t from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf, openTicket, people, seedTenant } from '../../harness/short-agreement.ts'

const tenant = 'profile-of-an-agent'
const original = 'Amina Yusuf'

t.test('the profile of an agent', async (t) => {
  const stack = await oneStack()
  const api = await apiOf(stack, tenant)
  await seedTenant(api, tenant)
  const personId = people.agent
  const { data: before } = await api.get('/v1/people/{personId}', { path: { personId } })
  await api.patch('/v1/people/{personId}', {
    path: { personId },
    body: { name: original, screenName: 'Amy' },
    headers: { 'If-Match': `"${before.version}"` }
  })
  const { data: product } = await api.post('/v1/products', { body: { name: 'Printers' } })
  await api.post('/v1/responsibilities', { body: { productId: product.id, personId } })
  await openTicket(api, 'profile')
  const profileAs = async (role: 'customer' | 'agent', caller: string) => {
    const token = await stack.token({ tenant, personId: caller, roles: [role] })
    const client = createClient({ url: stack.url, token })
    return (await client.get('/v1/people/{personId}/profile', { path: { personId } })).data
  }

  await t.test('the agent sees names, responsibilities, languages, availability and load', async (t) => {
    const profile = await eventually(async () => {
      const found = await profileAs('agent', personId)
      return found.originalName === original && found.responsibilities?.length === 1 && found
    }, { everyMs: 100 })
    t.match(profile, {
      screenName: 'Amy',
      languages: ['en'],
      responsibilities: [{ productId: product.id, moduleId: null }],
      availability: { state: 'available' },
      workload: { openTickets: [{ status: 'new', count: 1 }], capacityPoints: 20 }
    })
  })

  await t.test('its customer sees the screen name and nothing else', async (t) => {
    const profile = await profileAs('customer', people.customer)
    t.match(profile, { screenName: 'Amy', originalName: null, responsibilities: null, workload: null })
    t.notOk(JSON.stringify(profile).includes(original))
  })
})
