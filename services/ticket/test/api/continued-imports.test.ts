import t from 'tap'
import { idOfExternal } from '@dueline/service'
import { startTicket, tenant, type TestTicket } from './harness.ts'
import { admin, finish, importAll, line, ndjson } from './import-support.ts'

const at = (hour: number): string => `2016-03-01T${String(hour).padStart(2, '0')}:00:00Z`
const open = { at: at(1), kind: 'status_changed', to: 'open' }
const given = { at: at(2), kind: 'assigned', assignee: { externalId: 'r1' }, team: 'a' }
const wait = { at: at(3), kind: 'status_changed', to: 'waiting_on_customer' }
const wrote = { at: at(4), kind: 'message', messageKind: 'public', by: 'customer', body: 'here' }
const back = { at: at(4), kind: 'status_changed', to: 'open' }
const done = { at: at(9), kind: 'status_changed', to: 'resolved', reason: 'fixed' }
const history = [open, given, wait, wrote, back, done]

/** A ticket, its messages, timeline and events, without what is new with each ticket. */
async function historyOf (service: TestTicket, externalId: string): Promise<unknown> {
  const path = `/tickets?externalId=${encodeURIComponent(externalId)}`
  const { id, number: _n, externalId: _e, ...ticket } = (await service.get(path)).body.items[0]
  const messages = (await service.get(`/tickets/${id}/messages`)).body.items.map(
    ({ id: _, ticketId: __, ...message }: any) => message
  )
  const timeline = (await service.get(`/tickets/${id}/timeline`)).body.items.map(
    ({ messageId: _, ...entry }: any) => entry
  )
  const events = (await service.outbox()).filter(({ subject }) => subject === `ticket/${id}`)
  return {
    ticket,
    messages,
    timeline,
    events: events.map(({ type, time, sequence, historical }) => ({ type, time, sequence, historical }))
  }
}

void t.test('a ticket comes to the same in one import and in several, whole or in parts', async (t) => {
  const service = await startTicket(t)
  const part = (externalId: string, facts: unknown[]) => line(externalId, { subject: 'same', facts })
  await importAll(service, part('whole', history))
  const wanted = await historyOf(service, 'whole')
  for (const cuts of [[0], [1], [3], [5], [6], [2, 4], [1, 2, 3, 4, 5]]) {
    const ends = [...cuts, history.length]
    for (const [i, end] of ends.entries()) {
      const added = history.slice(ends[i - 1] ?? 0, end)
      await importAll(service, part(`all ${cuts.join()}`, history.slice(0, end)), part(`new ${cuts.join()}`, added))
    }
    for (const id of [`all ${cuts.join()}`, `new ${cuts.join()}`]) {
      t.same(await historyOf(service, id), wanted, id)
      const again = await importAll(service, part(id, history), part(id, history.slice(0, 2)))
      t.match(again.done, { imported: 0, continued: 0, duplicates: 2 }, 'and again adds nothing')
      t.same(await historyOf(service, id), wanted)
    }
  }
})

void t.test('parts of one import continue each other too', async (t) => {
  const service = await startTicket(t)
  const part = (externalId: string, facts: unknown[] = []) => line(externalId, { subject: 'same', facts })
  await importAll(service, part('whole', history))
  const { done, lines } = await importAll(
    service,
    part('A', history.slice(0, 2)),
    part('B'),
    part('A', history.slice(2)),
    part('A')
  )
  t.match(done, { state: 'done', lines: 4, accepted: 4, imported: 2, continued: 1, duplicates: 1, rejected: 0 })
  t.match(lines, [
    { state: 'imported', ticketVersion: 3 },
    { state: 'imported' },
    { state: 'continued', ticketVersion: 7 },
    { state: 'duplicate', ticketVersion: 7 }
  ])
  t.same(await historyOf(service, 'A'), await historyOf(service, 'whole'))
})

void t.test('events of what goes on are historical, and no longer importing: the clocks run', async (t) => {
  const service = await startTicket(t)
  await importAll(service, line('A', { facts: history.slice(0, 2) }))
  await service.clearOutbox()
  await importAll(service, line('A', { facts: history }))
  const sent = (await service.outbox()).filter(({ type }) => type.startsWith('ticket.'))
  t.same(
    sent.map(({ type, sequence, historical, data }) => [type, sequence, historical, data.ticket.importing]),
    [
      ['ticket.status-changed', 4, true, false],
      ['ticket.message-added', 5, true, false],
      ['ticket.status-changed', 6, true, false],
      ['ticket.status-changed', 7, true, false]
    ]
  )
})

void t.test('a line that cannot continue its ticket is refused as a whole, by name', async (t) => {
  const service = await startTicket(t)
  await importAll(service, line('A', { facts: [open, wait, back] }))
  const before = await historyOf(service, 'A')
  const early = { at: at(2), kind: 'priority_changed', to: 'P0' }
  const refused = await importAll(
    service,
    line('A', { facts: [open, early, wait, back, done] }),
    line('A', { customer: { externalId: 'somebody else' }, facts: [done] }),
    line('B')
  )
  t.match(refused.body, { accepted: 3, rejected: 0 })
  t.match(refused.done, { state: 'done', lines: 3, accepted: 1, rejected: 2, imported: 1 })
  t.match(refused.lines, [
    { state: 'rejected', ticketId: null, faults: [{ pointer: '/facts/1/at', message: /before what is known/ }] },
    { state: 'rejected', faults: [{ pointer: '/customer/externalId' }] },
    { state: 'imported' }
  ])
  t.same(await historyOf(service, 'A'), before, 'nothing of it was taken')
  t.match(
    (await importAll(service, line('A', { facts: [open, wait, back, { ...early, at: at(4) }] }))).done,
    { continued: 1 },
    'in the same instant it follows'
  )
  // what changed nothing counts as known too
  await importAll(service, line('C', { facts: [open, { ...open, at: at(8) }] }))
  t.match((await importAll(service, line('C', { facts: [{ ...wait, at: at(7) }] }))).done, { rejected: 1 })
})

void t.test(
  'imports go on with tickets that were opened here, and recognise messages by their external id',
  async (t) => {
    const service = await startTicket(t)
    const customerId = await service.person({ role: 'customer', externalId: 'c' })
    const { body: ticket } = await service.post('/tickets', {
      subject: 's',
      customerId,
      externalId: 'L',
      createdAt: at(1)
    })
    service.clock.advance(1_000_000)
    await service.post(`/tickets/${ticket.id}/messages`, { body: 'mail', author: 'customer', externalId: 'mail-1' })
    const now = service.now()
    const facts = [
      { at: now, kind: 'message', messageKind: 'public', by: 'customer', body: 'mail', externalId: 'mail-1' },
      { at: now, kind: 'status_changed', to: 'resolved' }
    ]
    const { done, lines } = await importAll(
      service,
      line('L', { customer: { externalId: 'c' }, createdAt: at(1), facts })
    )
    t.match(done, { continued: 1 })
    t.match(lines[0], { ticketId: ticket.id, ticketVersion: 3 })
    t.equal((await service.get(`/tickets/${ticket.id}/messages`)).body.items.length, 1)
    const path = `/tickets/${ticket.id}/messages`
    await importAll(
      service,
      line('L', {
        customer: { externalId: 'c' },
        createdAt: at(1),
        facts: [...facts, { ...facts[0], externalId: 'mail-2' }]
      })
    )
    t.match(
      await service.post(path, { body: 'mail', author: 'customer', externalId: 'mail-2' }),
      { status: 200 },
      'and the other way about'
    )
    const late = await importAll(service, line('L', { customer: { externalId: 'c' }, createdAt: at(1), facts: [open] }))
    t.match(late.lines[0], { state: 'rejected', faults: [{ pointer: '/facts/0/at' }] })
  }
)

void t.test('tickets imported before facts were written down are continued by what is later', async (t) => {
  const service = await startTicket(t)
  await importAll(service, line('A', { facts: [open, wait] }))
  await service.database.pool.query('delete from imported_history')
  t.match((await importAll(service, line('A', { facts: [open, wait] }))).done, { duplicates: 1 })
  t.match((await importAll(service, line('A', { facts: [open, wait, back] }))).done, { continued: 1 })
  t.match((await importAll(service, line('A', { facts: [open, wait, back] }))).done, { duplicates: 1 })
})

void t.test('two imports at once make one ticket, and lose nothing', async (t) => {
  const service = await startTicket(t)
  const ids = Array.from({ length: 30 }, (_, i) => `R${i}`)
  const posted = await Promise.all(
    [history.slice(0, 3), history].map(
      async (facts) =>
        (await service.post('/ticket-imports', ndjson(...ids.map((id) => line(id, { facts }))), admin)).body.importId
    )
  )
  for (const importId of posted) await finish(service, importId)
  const { body } = await service.get('/tickets?limit=200')
  t.equal(body.items.length, 30)
  t.ok(body.items.every(({ version, status }: any) => version === 7 && status === 'resolved'))
})

void t.test('who somebody is does not depend on the order of lines, nor of imports', async (t) => {
  const roles = async (imports: unknown[][]): Promise<unknown> => {
    const service = await startTicket(t)
    for (const lines of imports) t.match((await importAll(service, ...lines)).done, { rejected: 0 })
    const { rows } = await service.database.pool.query('select id, external_id, name, role from named_person')
    const events = (await service.outbox()).filter(({ type }) => type === 'people.named')
    const named = events.flatMap(({ data }) => data.people)
    for (const { id, external_id: externalId, name, role } of rows) {
      t.same(
        named.findLast((each) => each.id === id),
        { id, externalId, name, role },
        'what was said last is all of it'
      )
      const [copy] = (await service.database.pool.query('select role, version from person where id = $1', [id])).rows
      t.same(copy, { role, version: 0 }, 'until the directory says more')
    }
    return rows.map(({ external_id: externalId, role, name, id }) => [externalId, role, name, id]).sort()
  }
  const asked = line('A', { customer: { externalId: 'both' } })
  const worked = line('B', { facts: [{ ...given, assignee: { externalId: 'both', name: 'Both' } }] })
  const wanted = await roles([[asked, worked]])
  t.match(wanted, [
    ['Caller 1', 'customer'],
    ['both', 'agent', 'Both', idOfExternal(tenant, 'both')]
  ])
  t.same(await roles([[worked, asked]]), wanted)
  t.same(await roles([[asked], [worked]]), wanted)
  t.same(await roles([[worked], [asked]]), wanted)
})

void t.test('whom an import names again, with nothing new, is not named again', async (t) => {
  const service = await startTicket(t)
  await importAll(service, line('A'))
  await service.clearOutbox()
  await importAll(service, line('B'))
  t.same((await service.outbox()).filter(({ type }) => type === 'people.named'), [])
})

void t.test('whom an admin has entered is what the admin said: a customer is given no tickets', async (t) => {
  const service = await startTicket(t)
  await service.person({ role: 'customer', externalId: 'entered' })
  const boss = await service.person({ role: 'manager', externalId: 'boss' })
  const give = (externalId: string) => line(`to ${externalId}`, { facts: [{ ...given, assignee: { externalId } }] })
  const { done, lines } = await importAll(
    service,
    give('entered'),
    give('boss'),
    line('by boss', { customer: { externalId: 'boss' } }),
    give('new')
  )
  t.match(done, { imported: 3, rejected: 1 })
  t.match(lines[0], {
    state: 'rejected',
    faults: [{ pointer: '/facts/0/assignee/externalId', message: /is a customer/ }]
  })
  const named = (await service.outbox()).filter(({ type }) => type === 'people.named')
  const externalIds = named.flatMap(({ data }) => data.people.map(({ externalId }: any) => externalId))
  t.same(externalIds.sort(), ['Caller 1', 'new'], 'nobody else is named')
  t.equal((await service.get(`/tickets/${lines[2].ticketId}`)).body.customerId, boss, 'staff has requests')
})

void t.test('whom an import has named and somebody has changed since: a customer is given no tickets', async (t) => {
  const service = await startTicket(t)
  const give = (externalId: string) => line(`to ${externalId}`, { facts: [{ ...given, assignee: { externalId } }] })
  const named = ['was agent', 'still agent']
  t.match((await importAll(service, ...named.map(give))).done, { imported: 2 })
  await service.changePerson(idOfExternal(tenant, 'was agent'), { role: 'customer' })
  await service.clearOutbox()
  const { done, lines } = await importAll(
    service,
    ...named.map((externalId) => ({ ...give(externalId), externalId: `again ${externalId}` }))
  )
  t.match(done, { imported: 1, rejected: 1 })
  t.match(lines[0].faults, [{ pointer: '/facts/0/assignee/externalId', message: /is a customer/ }])
  t.equal(lines[1].state, 'imported')
  const sent = (await service.outbox()).filter(({ type }) => type === 'people.named')
  t.same(sent.flatMap(({ data }) => data.people.map(({ externalId }: any) => externalId)), [], 'nobody is renamed')
})
