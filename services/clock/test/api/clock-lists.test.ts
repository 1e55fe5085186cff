import { systemIds } from '@dueline/runtime'
import t from 'tap'
import { customerId, TestTicket } from '../support/events.ts'
import { HOUR, MINUTE, start, startClock } from '../support/harness.ts'

const asCustomer = { as: customerId, roles: ['customer' as const] }
const everybodyElse = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator'] as const

t.test('customers see what was agreed with them, and not what staff and vendors agree among themselves', async (t) => {
  const { receive, call } = await startClock(t)
  const ticket = new TestTicket(start)
  await receive(
    ticket.created(start),
    ...(['sla', 'ola', 'underpinning'] as const).map((kind) =>
      ticket.agreement(start, { kind, targets: { resolution: 'PT4H' } })
    )
  )
  const all = (await call('GET', '/clocks')).body.items
  t.same(all.map(({ kind }: any) => kind).sort(), ['ola', 'sla', 'underpinning'])
  const kinds = async (query: string, options: object = asCustomer) =>
    (await call('GET', `/clocks${query}`, options)).body.items.map(({ kind }: any) => kind)
  t.same(await kinds(''), ['sla'])
  t.same(await kinds(`?ticketId=${ticket.id}`), ['sla'])
  t.same(await kinds('?kind=sla'), ['sla'])
  t.same(await kinds('?kind=ola'), [])
  t.same(await kinds('?kind=ola', { roles: ['agent'] }), ['ola'])
  t.same(await kinds(`?ticketId=${ticket.id}&waitFor=1`), ['sla'])
  for (const { id, kind } of all) {
    t.equal((await call('GET', `/clocks/${id}`, asCustomer)).status, kind === 'sla' ? 200 : 404, kind)
    for (const role of everybodyElse) {
      t.equal((await call('GET', `/clocks/${id}`, { roles: [role] })).status, 200, `${role}: ${kind}`)
    }
  }
  const { requestId: _, instance: __, ...missing } = (await call('GET', `/clocks/${systemIds.next()}`, asCustomer)).body
  const hidden = all.find(({ kind }: any) => kind === 'ola').id
  const { requestId: ___, instance: ____, ...answer } = (await call('GET', `/clocks/${hidden}`, asCustomer)).body
  t.same(answer, missing, 'as unknown as one that is not there')
})

t.test('a clock whose deadline moves while somebody pages through is on one page at least', async (t) => {
  for (const sort of ['dueAt', '-dueAt', 'startedAt']) {
    const { receive, call } = await startClock(t)
    const tickets = Array.from({ length: 7 }, () => new TestTicket(start))
    for (const [i, each] of tickets.entries()) {
      await receive(each.created(start), each.agreement(start, { targets: { resolution: `PT${i + 1}H` } }))
    }
    const wanted = (await call('GET', '/clocks?limit=200')).body.items.map(({ id }: any) => id).sort()
    t.equal(wanted.length, 7)
    const seen: string[][] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: any = (await call('GET', `/clocks?sort=${sort}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`))
        .body
      seen.push(page.items.map(({ id }: any) => id))
      cursor = page.nextCursor
      if (seen.length > 1) continue
      // the first comes last, the last first, and one loses its deadline
      const move = (i: number, resolution: string) =>
        tickets[i]!.agreement(start, { version: 2, targets: { resolution } })
      await receive(move(0, 'PT9H'), move(6, 'PT30M'), tickets[3]!.status(start, 'waiting_on_customer'))
    }
    t.same([...new Set(seen.flat())].sort(), wanted, sort)
    for (const page of seen) t.equal(new Set(page).size, page.length)
  }
})

t.test('cursors that no page gave are refused in every order', async (t) => {
  const { call } = await startClock(t)
  const ask = async (sort: string, at: unknown) => {
    const cursor = Buffer.from(JSON.stringify({ sort, at })).toString('base64url')
    return (await call('GET', `/clocks?sort=${sort}&cursor=${cursor}`)).status
  }
  const id = systemIds.next()
  const seen = { to: 5, open: [] }
  for (const sort of ['dueAt', '-dueAt', 'startedAt']) {
    t.equal(await ask(sort, { seen, after: { at: start, id } }), 200)
    t.equal(await ask(sort, { seen, after: { at: null, id } }), sort === 'startedAt' ? 400 : 200)
    t.equal(await ask(sort, { seen, writtenAfter: id }), 200)
    for (
      const after of [
        { at: start, id: '-'.repeat(36) },
        { at: -1, id },
        { at: 2 ** 53, id },
        { at: 0.5, id },
        { at: '1', id },
        { id },
        null
      ]
    ) {
      t.equal(await ask(sort, { seen, after }), 400, `${sort} ${JSON.stringify(after)}`)
    }
    t.equal(await ask(sort, { after: { at: start, id } }), 400)
    t.equal(await ask(sort, { at: start, id }), 400)
  }
})

t.test('an imported ticket that a later import goes on with: its clock runs on, or ends when it did', async (t) => {
  for (
    const [resolvedAfter, wanted] of [
      [HOUR, null],
      [3 * HOUR, '2026-03-02T10:00:00.000000Z']
    ] as const
  ) {
    const { receive, call, clock, fireUntil, sent } = await startClock(t)
    const ticket = new TestTicket(start)
    ticket.historical = true
    await receive(ticket.created(start), ticket.agreement(start, { targets: { resolution: 'PT2H' } }))
    const only = async () => (await call('GET', `/clocks?ticketId=${ticket.id}`)).body.items[0]
    t.match(await only(), { state: 'running', breachedAt: null })
    // nobody has recorded that the ticket was resolved: the deadline passes
    clock.set(start + 4 * HOUR)
    await fireUntil(start + 4 * HOUR)
    t.match(await only(), { state: 'running', breachedAt: '2026-03-02T10:00:00.000000Z' })
    await receive(ticket.message(start + 30 * MINUTE, 'agent'), ticket.status(start + resolvedAfter, 'resolved'))
    t.match(await only(), { state: 'met', breachedAt: wanted })
    const types = (await sent()).map(({ type }) => type.replace(/^dueline\.clock\.|\.v1$/g, ''))
    t.equal(types.filter((type) => type === 'breached').length, 1)
    t.equal(types.filter((type) => type === 'breach-withdrawn').length, wanted === null ? 1 : 0)
  }
})

void t.test('a clock says of which ticket it is, by number and subject', async (t) => {
  const { receive, call } = await startClock(t)
  const ticket = new TestTicket(start)
  await receive(ticket.created(start), ticket.agreement(start, { targets: { resolution: 'PT4H' } }))
  const about = { number: 'T-1', subject: 'Printer on fire', status: 'new', priority: 'P1', customerId }
  t.same((await call('GET', `/clocks?ticketId=${ticket.id}`)).body.items[0].ticket, about)
  await receive(ticket.updated(start + 1, { subject: 'Printer out' }))
  t.match((await call('GET', `/clocks?ticketId=${ticket.id}`)).body.items[0].ticket, { subject: 'Printer out' })
})
