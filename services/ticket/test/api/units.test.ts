// Units as pools of rules and in the overview of the organization.
import { systemIds } from '@dueline/runtime'
import { directoryCopyRow, saveDirectoryCopies } from '@dueline/service'
import t from 'tap'
import { people, startTicket, tenant } from './harness.ts'

const { agent, second, customer, manager: lead } = people
const manager = { as: 'manager' } as const
const [site, ward, lab, closed] = Array.from({ length: 4 }, () => systemIds.next()) as [string, string, string, string]

t.test('units', async (t) => {
  const service = await startTicket(t)
  const { database, get, post } = service
  const save = async (id: string, parentId: string | null, fields: object = {}, deleted = false) => {
    const unit = { id, name: id, kind: null, parentId, headId: null, active: true, version: 1, ...fields }
    await saveDirectoryCopies(database.read, [directoryCopyRow(tenant, 'unit', unit, deleted)])
  }
  await save(site, null, { name: 'Site' })
  await save(ward, site, { name: 'Ward' })
  await save(closed, site, { name: 'Closed', active: false })
  await save(lab, closed, { name: 'Lab' })
  await service.changePerson(agent.id, { unitId: ward })
  await service.changePerson(second.id, { unitId: lab })
  await service.changePerson(lead.id, { unitId: site })
  await service.changePerson(customer.id, { unitId: site })
  const ticket = await service.open()
  const rule = (unitId: string) => ({ name: 'Unit', rank: 1, pool: { kind: 'unit', unitId } })
  const candidates = async (unitId: string): Promise<string[]> => {
    const answer = await post('/assignment-rules/simulate', { ticketId: ticket.id, rules: [rule(unitId)] }, manager)
    return answer.body.rules[0].candidates.map(({ personId }: { personId: string }) => personId)
  }

  await t.test('its pool is the staff of it and of what is below; what is closed leads nowhere', async (t) => {
    t.same(await candidates(site), [agent.id, lead.id])
    t.same(await candidates(ward), [agent.id])
    t.same(await candidates(lab), [second.id], 'asked for itself, it has its people')
    await save(closed, site, { active: true, version: 2 })
    t.same(await candidates(site), [agent.id, second.id, lead.id])
    await save(site, ward, { version: 2 })
    t.same(await candidates(ward), [agent.id, second.id, lead.id], 'a circle ends')
    await save(site, null, { name: 'Site', version: 3 })
    await service.changePerson(second.id, { active: false })
    t.same(await candidates(lab), [], 'who has left is no part of it')
    await service.changePerson(second.id, { active: true })
  })

  await t.test('it must be there and active; without anybody it falls through, and says so', async (t) => {
    const refused = async (unitId: string, message: RegExp) => {
      const answer = await post('/assignment-rules', rule(unitId), manager)
      t.match(answer, { status: 400, body: { errors: [{ pointer: '/pool/unitId', message }] } })
    }
    await refused(systemIds.next(), /no such unit/)
    await save(closed, site, { name: 'Closed', active: false, version: 3 })
    await refused(closed, /not active/)
    await save(closed, site, { name: 'Closed', active: false, version: 4 }, true)
    // what was seen is remembered for some seconds
    service.clock.advance(6_000_000)
    await refused(closed, /no such unit/)
    await service.changePerson(agent.id, { unitId: null })
    const made = await post('/assignment-rules', rule(ward), manager)
    t.match(made, { status: 201, body: { pool: { kind: 'unit', unitId: ward } } })
    await post('/assignment-rules', { name: 'Desk', rank: 2, pool: { kind: 'person', personId: agent.id } }, manager)
    t.match((await get(`/tickets/${ticket.id}/assignment-explanation`)).body, {
      assigneeId: agent.id,
      rules: [{ ruleName: 'Unit', outcome: 'empty_pool', candidates: [] }, { ruleName: 'Desk', outcome: 'chosen' }]
    })
    await service.changePerson(agent.id, { unitId: ward })
  })

  await t.test('the overview of the organization has each with its own people and what they have', async (t) => {
    const given = { subject: 'x', customerId: customer.id, priority: 'P0' }
    for (const assigneeId of [agent.id, lead.id, people.admin.id]) await post('/tickets', { ...given, assigneeId })
    const { body } = await get(`/people/${people.admin.id}/organization-overview`, { as: 'admin' })
    const one = { people: 1, available: 1, capacityPoints: 20, openTickets: 1, points: 4, unassigned: 0 }
    t.match(body.byUnit, [
      { id: lab, name: 'Lab', parentId: closed, ...one, openTickets: 0, points: 0 },
      { id: site, name: 'Site', parentId: null, ...one },
      { id: ward, name: 'Ward', parentId: site, ...one },
      { id: null, name: null, parentId: null, people: 0, openTickets: 2, unassigned: 1, points: 6 }
    ])
    t.equal(body.byUnit.length, 4)
    t.match(body.totals, { people: 3, openTickets: 4, points: 14 })
  })
})
