// R9: a manager sees how the team stands: load, deadlines at risk and missed, open escalations.
import { createClient } from '@dueline/client'
import { eventually } from '@dueline/testkit'
import t from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf, openTicket, people, seedTenant } from '../../harness/short-agreement.ts'

const tenant = 'overview-of-a-team'

t.test('the overview of a team', async (t) => {
  const stack = await oneStack()
  const api = await apiOf(stack, tenant)
  await seedTenant(api, tenant)
  await openTicket(api, 'missed')
  const overviewOf = async (personId: string) => {
    const token = await stack.token({ tenant, personId: people.manager, roles: ['manager'] })
    const client = createClient({ url: stack.url, token })
    return await client.get('/v1/people/{personId}/team-overview', { path: { personId } })
  }

  await t.test('the first response that an agent misses, and its escalation, show in it', async (t) => {
    const overview = await eventually(async () => {
      const { data } = await overviewOf(people.manager)
      return data.totals.breachedClocks === 1 && data.totals.openEscalations === 1 && data
    }, { everyMs: 100 })
    t.match(overview, {
      members: [{
        id: people.agent,
        availability: { state: 'available' },
        openTickets: 1,
        breachedClocks: 1,
        openEscalations: 1
      }],
      totals: { members: 1, available: 1, openTickets: 1, capacityPoints: 20 },
      performance: null
    })
  })

  await t.test('that of whoever is above is not there for a manager', async (t) => {
    t.match(await overviewOf(people.ceo).catch((error: unknown) => error), { status: 404 })
  })
})
