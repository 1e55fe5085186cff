// R11: agent, supervisor, manager, director: a company names its levels, and each person has a line to the top.
import t from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf } from '../../harness/short-agreement.ts'

const tenant = 'levels-of-a-company'
const levels = [
  { key: 'customer', name: 'Customer', role: 'customer' },
  { key: 'agent', name: 'Agent', role: 'agent' },
  { key: 'supervisor', name: 'Supervisor', role: 'manager' },
  { key: 'manager', name: 'Manager', role: 'manager' },
  { key: 'director', name: 'Director', role: 'ceo' }
] as const

t.test('the levels of a company', async (t) => {
  const api = await apiOf(await oneStack(), tenant)
  const { etag } = await api.get('/v1/levels')
  await api.put('/v1/levels', { body: { levels: [...levels] }, headers: { 'If-Match': etag! } })
  const { data: site } = await api.post('/v1/units', { body: { name: 'North', kind: 'site' } })
  const { data: ward } = await api.post('/v1/units', { body: { name: 'Ward', kind: 'department', parentId: site.id } })
  const ids: string[] = []
  for (const { key: level, name, role } of levels.slice(1).reverse()) {
    const body = { role, name, level, managerId: ids[0] ?? null, unitId: ward.id }
    ids.unshift((await api.post('/v1/people', { body })).data.id)
  }
  const lineOf = async (personId: string) =>
    (await api.get('/v1/people/{personId}/reporting-line', { path: { personId } })).data
  const [agent, supervisor, manager, director] = ids as [string, string, string, string]

  await t.test('a line goes from the agent to the director', async (t) => {
    const { line, nextLevelUp } = await lineOf(agent)
    t.same(line.map(({ level }) => level?.name), ['Supervisor', 'Manager', 'Director'])
    t.equal(nextLevelUp, supervisor)
    t.equal((await lineOf(director)).nextLevelUp, null)
  })

  await t.test('the next level up passes over whoever has left', async (t) => {
    await api.patch('/v1/people/{personId}', {
      path: { personId: supervisor },
      body: { active: false },
      headers: { 'If-Match': '"1"' }
    })
    t.equal((await lineOf(agent)).nextLevelUp, manager)
  })

  await t.test('a line that would close a circle is refused', async (t) => {
    const change = api.patch('/v1/people/{personId}', {
      path: { personId: director },
      body: { managerId: agent },
      headers: { 'If-Match': '"1"' }
    })
    t.match(await change.catch((error: unknown) => error), { status: 400, faults: [{ pointer: '/managerId' }] })
  })

  await t.test('the department is found within its site, and people by their department', async (t) => {
    const { items: units } = (await api.get('/v1/units', { query: { within: site.id } })).data
    t.same(units.map(({ id }) => id).sort(), [site.id, ward.id].sort())
    const { items } = (await api.get('/v1/people', { query: { unitId: ward.id } })).data
    t.same(items.map(({ id }) => id).sort(), [...ids].sort())
  })
})
