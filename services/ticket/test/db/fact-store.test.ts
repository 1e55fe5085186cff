import { createOutbox } from '@dueline/messaging'
import { systemIds } from '@dueline/runtime'
import t from 'tap'
import { testDatabase } from '@dueline/testkit'
import { migrations, schema } from '../../src/app.ts'
import { created, factTime, messageAdded, moved } from '../../src/domain/changes.ts'
import { systemActor, type TicketFact } from '../../src/domain/ticket.ts'
import { createFactStore } from '../../src/store/fact-store.ts'
import { findTicket, lockTicket } from '../../src/store/ticket-store.ts'

const customer = '01900000-0000-7000-8000-000000000001'
const at = 1_700_000_000_123_457
let counter = 0
const opened = (fields: { externalId?: string } = {}): TicketFact =>
  created(
    {
      id: systemIds.next(),
      number: `T-${++counter}`,
      subject: 'Quotes " \' \\ and 😀',
      description: 'line\nline\ttab',
      type: 'request',
      priority: 'P2',
      severity: 'medium',
      productId: null,
      moduleId: null,
      questionId: null,
      customerId: customer,
      assigneeId: null,
      teamId: null,
      answers: { list: [1, 'two', null] },
      templateVersionId: null,
      tags: ['a,b', '{c}', 'NULL', ''],
      custom: { 'k"': { deep: [true] } },
      customerFields: ['k"', 'a,b'],
      channel: 'api',
      externalId: fields.externalId ?? null
    },
    at,
    systemActor
  )

void t.test('a ticket comes back as it was stored, to the microsecond', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const facts = createFactStore({ outbox: createOutbox(), ids: systemIds })
  const fact = opened()
  let statements = 0
  await database.forTenant('acme').tx(async (tx) => {
    const query = tx.$client.query.bind(tx.$client)
    tx.$client.query = ((...args: never[]) => {
      statements++
      return (query as any)(...args)
    }) as never
    await facts.create(tx, 'acme', [[fact]])
    tx.$client.query = query
  })
  t.equal(statements, 2, 'one statement for ticket and timeline, one for the outbox')
  t.same(await findTicket(database.read, 'acme', fact.ticket.id, null), fact.ticket)
  t.equal(await findTicket(database.read, 'globex', fact.ticket.id, null), null)
  t.equal(await findTicket(database.read, 'acme', fact.ticket.id, systemIds.next()), null)
})

void t.test('what is rolled back leaves nothing', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const facts = createFactStore({ outbox: createOutbox(), ids: systemIds })
  await t.rejects(
    database.forTenant('acme').tx(async (tx) => {
      await facts.create(tx, 'acme', [[opened()]])
      throw new Error('no')
    })
  )
  for (const table of ['ticket', 'ticket_timeline', 'outbox']) {
    t.equal((await database.pool.query(`select 1 from ${table}`)).rowCount, 0, table)
  }
})

void t.test('changes at the same time get consecutive versions, and their events the same order', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const facts = createFactStore({ outbox: createOutbox(), ids: systemIds })
  const fact = opened()
  await database.forTenant('acme').tx(async (tx) => await facts.create(tx, 'acme', [[fact]]))
  await Promise.all(Array.from({ length: 20 }, async () =>
    await database.forTenant('acme').tx(async (tx) => {
      const ticket = (await lockTicket(tx, 'acme', fact.ticket.id, null))!
      const written = messageAdded(
        ticket,
        {
          id: systemIds.next(),
          kind: 'public',
          authorKind: 'agent',
          authorId: null,
          body: 'x',
          externalId: null,
          postedBy: null
        },
        factTime(ticket, at),
        systemActor
      )
      await facts.append(tx, 'acme', [[
        written,
        moved(
          written.ticket,
          written.ticket.status === 'open' ? 'waiting_on_vendor' : 'open',
          null,
          factTime(written.ticket, at),
          systemActor
        )
      ]])
    })))
  t.equal((await findTicket(database.read, 'acme', fact.ticket.id, null))!.version, 41)
  const { rows } = await database.pool.query<{ headers: string }>('select headers from outbox order by seq')
  t.same(
    rows.map(({ headers }) => Number(JSON.parse(headers).ce_sequence)),
    Array.from({ length: 41 }, (_, i) => i + 1)
  )
  const times = rows.map(({ headers }) => JSON.parse(headers).ce_time as string)
  t.same(times, [...new Set(times)].sort())
})

void t.test('a history is imported once, also when two transactions bring it', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const facts = createFactStore({ outbox: createOutbox(), ids: systemIds })
  const made = await Promise.all([1, 2, 3].map(async () =>
    await database.tx(async (tx) => {
      const batches = [opened({ externalId: 'A' }), opened({ externalId: 'B' })].map((fact) =>
        [fact, moved(fact.ticket, 'open', null, fact.at, systemActor)] as const
      )
      return (await facts.importHistories(tx, 'acme', batches)).size
    })
  ))
  t.equal(made.reduce((a, b) => a + b), 2)
  t.equal((await database.pool.query('select 1 from ticket')).rowCount, 2)
  t.equal((await database.pool.query('select 1 from ticket_timeline')).rowCount, 4)
  t.equal((await database.pool.query('select 1 from outbox')).rowCount, 4)
  await database.tx(async (tx) => await facts.importHistories(tx, 'globex', [[opened({ externalId: 'A' })]]))
  t.equal(
    (await database.pool.query('select 1 from ticket')).rowCount,
    3,
    'another tenant may have the same external id'
  )
})

void t.test('a history of more facts than one statement writes is written whole', async (t) => {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const facts = createFactStore({ outbox: createOutbox(), ids: systemIds })
  const first = opened({ externalId: 'long' })
  const history: [TicketFact, ...TicketFact[]] = [first]
  const author = { authorKind: 'customer', authorId: customer } as const
  for (let i = 0; i < 2_300; i++) {
    const message = { id: systemIds.next(), kind: 'public', ...author, body: `${i}`, externalId: null, postedBy: null }
    history.push(messageAdded(history.at(-1)!.ticket, message as never, at + i, systemActor))
  }
  await database.tx(async (tx) => await facts.importHistories(tx, 'acme', [history]))
  const versions = async (table: string): Promise<number[]> =>
    (await database.pool.query<{ version: number }>(`select version from ${table} order by version`)).rows
      .map(({ version }) => version)
  const all = Array.from({ length: 2_301 }, (_, i) => i + 1)
  t.strictSame(await versions('ticket_timeline'), all)
  t.strictSame(await versions('ticket_message'), all.slice(1))
  t.equal((await database.pool.query('select 1 from outbox')).rowCount, 2_301)
})
