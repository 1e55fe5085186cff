import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { NewEvent } from '@dueline/contracts'
import { systemIds } from '@dueline/runtime'
import t from 'tap'
import { people, start, startTicket, teams, tenant } from './harness.ts'
import { publish } from './sla-events.ts'

const made = '01900000-0000-7000-8000-0000000000c1'
const team = {
  id: made,
  name: 'Night shift',
  leadId: people.manager.id,
  memberIds: [people.agent.id],
  calendarId: null,
  productIds: [],
  moduleIds: [],
  active: true,
  version: 2
}
const faultOf = (message: RegExp) => ({ status: 400, body: { errors: [{ pointer: '/teamId', message }] } })

void t.test('tickets are given to teams that are there and active, wherever a team is named', async (t) => {
  const service = await startTicket(t)
  const { id } = await service.open()
  const asked = (teamId: unknown) => ({ subject: 'x', customerId: people.customer.id, teamId })
  for (
    const [teamId, message] of [['Blue', /no such team/], [made, /no such team/], [teams.gone, /not active/]] as const
  ) {
    t.match(await service.post('/tickets', asked(teamId)), faultOf(message))
    t.match((await service.post('/tickets/batch', { tickets: [asked(teamId)] })).body.items, [{
      errors: [{ pointer: '/teamId', message }]
    }])
    t.match((await service.post('/ticket-updates', { items: [{ ticketId: id, teamId }] })).body.items, [{
      status: 400,
      errors: [{ pointer: '/teamId', message }]
    }])
  }
  t.match(await service.post('/tickets', asked(teams.red)), { status: 201, body: { teamId: teams.red } })
  t.match(await service.post('/tickets', asked(null)), { status: 201, body: { teamId: null } })
  await service.database.pool.query("update ticket set team_id = 'Group 56' where id = $1", [id])
  t.match(await service.get(`/tickets/${id}?expand=team`), { body: { teamId: 'Group 56', team: null } }, 'as imported')
  const asImported = { assigneeId: people.agent.id, teamId: 'Group 56' }
  t.match(await service.post(`/tickets/${id}/assignments`, asImported), { status: 200 }, 'what stays is not checked')
})

void t.test('the newest copy of a team counts, in whatever order events come', async (t) => {
  const service = await startTicket(t)
  const { id } = await service.open()
  const assign = async (teamId: string) => {
    service.clock.advance(6_000_000)
    return await service.post(`/tickets/${id}/assignments`, { teamId })
  }
  const changed = (version: number, active: boolean, deleted = false): NewEvent => ({
    id: systemIds.next(),
    type: 'dueline.team.changed.v1',
    subject: `team/${made}`,
    time: start,
    tenantId: tenant,
    partitionKey: made,
    sequence: version,
    historical: false,
    data: { team: { ...team, version, active }, deleted }
  })
  await publish(service, changed(2, true))
  t.match(await assign(made), { status: 200, body: { teamId: made } })
  await assign(teams.red)
  await publish(service, changed(4, false, true), changed(3, true))
  t.match(await assign(made), faultOf(/no such team/))
})

void t.test('a team whose event has not come is asked for once, in the caller’s name', async (t) => {
  const asked: string[] = []
  const directory = createServer((request, response) => {
    asked.push(request.url ?? '')
    const isKnown = request.url?.endsWith(made) === true
    response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(isKnown ? { ...team, createdAt: 'ignored' } : { code: 'not_found' }))
  })
  await new Promise<void>((resolve) => {
    directory.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => directory.close())
  const DIRECTORY_URL = `http://127.0.0.1:${(directory.address() as AddressInfo).port}`
  const service = await startTicket(t, { config: { DIRECTORY_URL } })
  const { id } = await service.open()
  const assign = async (teamId: string) => await service.post(`/tickets/${id}/assignments`, { teamId })
  t.match(await assign(made), { status: 200, body: { teamId: made } })
  service.clock.advance(60_000_000)
  t.match(await assign(made), { status: 200 })
  t.match(await assign(made.replace('c1', 'c2')), faultOf(/no such team/))
  t.match(await assign('Blue'), faultOf(/no such team/))
  const { rows: [row] } = await service.database.pool.query<{ keys: string[] }>(
    'select array(select jsonb_object_keys(snapshot)) as keys from directory_copy where id = $1',
    [made]
  )
  t.same(row!.keys.sort(), Object.keys(team).sort(), 'no more is kept than events say')
  const askedTeams = asked.filter((path) => path !== '/v1/me')
  const paths = [made, made.replace('c1', 'c2')].map((id) => `/v1/teams/${id}`)
  t.same(askedTeams, paths, 'the answer is kept, a text not asked')
})
