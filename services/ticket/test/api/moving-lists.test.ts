import { formatInstant } from '@dueline/business-time'
import { systemIds } from '@dueline/runtime'
import { encodeCursor } from '@dueline/http'
import { asOwner } from '@dueline/testkit'
import t from 'tap'
import { ticketSorts } from '../../src/store/ticket-list.ts'
import { startTicket, type TestTicket } from './harness.ts'

/** Reads a list to its end, doing something between its pages; answers what was on each page. */
async function readAll (
  service: TestTicket,
  path: string,
  between: (page: number) => Promise<unknown> = async () => {}
): Promise<string[][]> {
  const pages: string[][] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { status, body }: any = await service.get(`${path}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`, {
      as: 'admin'
    })
    if (status !== 200) throw new Error(JSON.stringify(body))
    pages.push(body.items.map(({ id }: any) => id))
    cursor = body.nextCursor
    if (cursor !== null) await between(pages.length)
  }
  return pages
}

/** Tickets whose subjects have this word. */
async function tickets (service: TestTicket, count: number, word = 'n'): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) {
    service.clock.advance(1_000_000)
    ids.push((await service.open({ subject: `${word} ${i}`, priority: `P${i % 4}` })).id)
  }
  return ids
}

void t.test('a ticket that moves while somebody pages through is on one page at least', async (t) => {
  const service = await startTicket(t)
  for (const [i, sort] of ticketSorts.entries()) {
    const ids = await tickets(service, 7, `word${i}`)
    const pages = await readAll(service, `/tickets?q=word${i}&sort=${sort}`, async (page) => {
      if (page !== 1) return
      // the last in any order, by one change or the other
      for (const id of [ids[0]!, ids[6]!]) await service.post(`/tickets/${id}/messages`, { body: 'x' })
      for (
        const [id, priority] of [
          [ids[0]!, 'P3'],
          [ids[3]!, 'P0']
        ] as const
      ) {
        const { etag } = await service.get(`/tickets/${id}`)
        await service.patch(`/tickets/${id}`, { priority }, etag)
      }
    })
    t.same([...new Set(pages.flat())].sort(), [...ids].sort(), sort)
    for (const page of pages) t.equal(new Set(page).size, page.length, `${sort}: none twice on a page`)
    if (sort.endsWith('createdAt')) t.equal(pages.flat().length, 7, 'nothing moves by creation')
  }
})

void t.test('only what was written since comes again', async (t) => {
  const service = await startTicket(t)
  const ids = await tickets(service, 7)
  const once = await readAll(service, '/tickets?sort=-updatedAt')
  t.same(
    once.map((page) => page.length),
    [3, 3, 1]
  )
  const pages = await readAll(service, '/tickets?sort=-updatedAt', async (page) => {
    if (page === 1) await service.post(`/tickets/${ids[0]}/messages`, { body: 'x' })
  })
  t.same(pages.flat(), [ids[6], ids[5], ids[4], ids[3], ids[2], ids[1], ids[0]], 'seven of seven, each once')
  const again = await readAll(service, '/tickets?sort=-updatedAt&status=new', async (page) => {
    if (page === 1) await service.post(`/tickets/${ids[6]}/transitions`, { to: 'resolved' })
  })
  t.notOk(again.slice(1).flat().includes(ids[6]!), 'what no longer fits the filter does not come again')
  const added = await readAll(service, '/tickets?sort=-updatedAt', async (page) => {
    if (page === 1) await tickets(service, 5)
  })
  t.equal(added.flat().length, 12, 'what was added meanwhile comes at the end, however many pages that takes')
})

void t.test('a change whose transaction was open when the list began is not missed', async (t) => {
  const service = await startTicket(t)
  const ids = await tickets(service, 7)
  const writer = await service.database.pool.connect()
  try {
    // as slow as can be: begun before the first page, committed after it, dated before both
    await writer.query('begin')
    await writer.query(
      "update ticket set updated_at = updated_at + interval '10 minutes', version = version + 1 where id = $1",
      [ids[0]]
    )
    // so that transactions younger than that one are over
    await service.post(`/tickets/${ids[6]}/messages`, { body: 'x' })
    const pages = await readAll(service, '/tickets?sort=-updatedAt', async (page) => {
      if (page === 1) await writer.query('commit')
    })
    t.same([...new Set(pages.flat())].sort(), [...ids].sort())
    t.equal(pages.flat().length, 7)
  } finally {
    writer.release()
  }
})

void t.test('rows that were restored from another cluster are no changes', async (t) => {
  const service = await startTicket(t)
  const ids = await tickets(service, 7)
  await asOwner(service.database, 'alter table ticket disable trigger ticket_written_in')
  await service.database.pool.query('update ticket set written_in = 1::bigint << 50')
  await asOwner(service.database, 'alter table ticket enable trigger ticket_written_in')
  t.equal((await readAll(service, '/tickets?sort=-updatedAt')).flat().length, 7)
  const pages = await readAll(service, '/tickets?sort=-updatedAt', async (page) => {
    if (page === 1) await service.post(`/tickets/${ids[0]}/messages`, { body: 'x' })
  })
  t.same([...new Set(pages.flat())].sort(), [...ids].sort())
})

void t.test('many who write do not make a reader miss anything', async (t) => {
  const service = await startTicket(t)
  const ids = await tickets(service, 30)
  for (const sort of ['-updatedAt', 'priority']) {
    const pages = await readAll(service, `/tickets?sort=${sort}`, async (page) => {
      if (page > 9) return
      await Promise.all(
        ids
          .filter((_, i) => (i * 7 + page) % 5 === 0)
          .map(async (id) => {
            service.clock.advance(1_000)
            await service.post(`/tickets/${id}/messages`, { body: 'x', kind: 'internal' })
            const { etag } = await service.get(`/tickets/${id}`)
            await service.patch(`/tickets/${id}`, { priority: `P${page % 4}` }, etag)
          })
      )
    })
    t.same([...new Set(pages.flat())].sort(), [...ids].sort(), sort)
  }
})

void t.test('a cursor that no page gave is refused, in every order', async (t) => {
  const service = await startTicket(t)
  await tickets(service, 4)
  const id = systemIds.next()
  const at = 1_772_438_400_000_000
  const seen = { to: 5, open: [3] }
  const ask = async (sort: string, position: unknown, path = '/tickets') =>
    (await service.get(`${path}?sort=${sort}&cursor=${encodeCursor(position)}`)).status
  for (const sort of ticketSorts) {
    const right = sort.endsWith('priority') ? ['P1', at, id] : [at, id]
    const wrap = (position: unknown): unknown => ({
      sort,
      at: sort.endsWith('createdAt') ? position : { seen, after: position }
    })
    t.equal(await ask(sort, wrap(right)), 200, `${sort} ${JSON.stringify(right)}`)
    const wrong = [
      [...right.slice(0, -1), '-'.repeat(36)],
      [...right.slice(0, -1), '0'.repeat(36)],
      [...right.slice(0, -1), id.toUpperCase()],
      [...right.slice(0, -1), null],
      right.slice(1),
      [...right, 1],
      [],
      null,
      {},
      [...right.slice(0, -2), at + 0.5, id],
      [...right.slice(0, -2), 9_007_199_254_740_992, id],
      [...right.slice(0, -2), -1, id],
      [...right.slice(0, -2), formatInstant(at), id]
    ]
    if (sort.endsWith('priority')) wrong.push(['\u0000', at, id], ['P4', at, id], [1, at, id], ['p1', at, id])
    for (const position of wrong) t.equal(await ask(sort, wrap(position)), 400, `${sort} ${JSON.stringify(position)}`)
    t.equal(await ask(sort, { sort: 'other', at: right }), 400)
    if (sort.endsWith('createdAt')) continue
    t.equal(await ask(sort, { sort, at: { seen, writtenAfter: null } }), 200)
    t.equal(await ask(sort, { sort, at: { seen, writtenAfter: id } }), 200)
    for (
      const odd of [
        { to: -1, open: [] },
        { to: 1.5, open: [] },
        { to: 2 ** 60, open: [] },
        { to: 1, open: ['1'] },
        { to: 1, open: new Array(51).fill(1) },
        { to: 1 },
        null
      ]
    ) {
      t.equal(await ask(sort, { sort, at: { seen: odd, writtenAfter: null } }), 400, JSON.stringify(odd))
    }
    t.equal(await ask(sort, { sort, at: { seen, writtenAfter: '-'.repeat(36) } }), 400)
  }
})
