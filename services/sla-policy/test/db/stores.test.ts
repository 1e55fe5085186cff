import { randomInt } from 'node:crypto'
import t from 'tap'
import { testDatabase } from '@dueline/testkit'
import { migrations, schema } from '../../src/app.ts'
import { builtInReminders } from '../../src/domain/policy.ts'
import type { Run } from '../../src/domain/ticket-history.ts'
import {
  alterAgreements,
  deleteAgreements,
  insertAgreements,
  readAgreements,
  type AgreementRecord
} from '../../src/store/agreement-store.ts'
import { insertItem, type CatalogueItem } from '../../src/store/catalogue-store.ts'
import { findPeople, savePeople } from '../../src/store/person-store.ts'
import { insertVersion } from '../../src/store/policy-store.ts'
import { createPolicyCache } from '../../src/store/policy-cache.ts'
import {
  insertTickets,
  lockOpenTicketsBefore,
  lockTickets,
  pinTickets,
  ticketKey,
  updateTickets,
  type TicketRecord
} from '../../src/store/ticket-store.ts'
import { idOf, row } from '../unit/generators.ts'

const ticket = (partial: Partial<TicketRecord> = {}): TicketRecord => ({
  tenantId: 'acme',
  id: idOf(1),
  version: 1,
  number: 'T-1',
  subject: 'Größe "5" \\ 日本',
  type: 'complaint',
  status: 'open',
  priority: 'P1',
  severity: 'high',
  productId: null,
  moduleId: idOf(2),
  questionId: null,
  customerId: idOf(3),
  assigneeId: null,
  channel: 'email',
  importing: false,
  createdAt: 1_772_438_400_000_001,
  policyVersion: 0,
  history: { runs: [run()], pinnedAt: 1_772_438_400_000_001, basePolicyVersion: 0, finalVersion: 0 },
  ...partial
})

const run = (partial: Partial<Run> = {}): Run => ({
  from: 1,
  to: 1,
  at: 1_772_438_400_000_001,
  historical: false,
  open: true,
  subject: {
    type: 'complaint',
    priority: 'P1',
    severity: 'high',
    productId: null,
    moduleId: idOf(2),
    questionId: null,
    customerId: idOf(3),
    channel: 'email'
  },
  ...partial
})

const agreement = (partial: Partial<AgreementRecord> = {}): AgreementRecord => ({
  tenantId: 'acme',
  id: idOf(10),
  ticketId: idOf(1),
  kind: 'sla',
  version: 1,
  ticketVersion: 1,
  policyVersion: 1,
  agreed: {
    origin: 'row',
    rowId: idOf(4),
    rowName: 'row',
    calendarVersion: 3,
    terms: {
      targets: { resolution: 'PT1H' },
      calendarId: idOf(5),
      reminders: builtInReminders,
      pauseRules: {},
      escalationPolicyId: null,
      reopen: 'restart',
      nextResponse: 'always',
      effect: 'from_now'
    }
  },
  madeAt: 1_772_438_400_000_001,
  endedAt: null,
  endedBy: null,
  ...partial
})

t.test('stores', async (t) => {
  const { database } = await testDatabase(t, { sources: migrations, schema })
  const key = { tenantId: 'acme', id: idOf(1) }

  await t.test('a ticket is kept whole, to the microsecond', async (t) => {
    const retained = async () => await database.tx(async (tx) => (await lockTickets(tx, [key])).get(ticketKey(key)))
    const history = (runs: readonly Run[]) => ({ runs, pinnedAt: 5, basePolicyVersion: 3, finalVersion: 1 })
    await database.tx(async (tx) => {
      await insertTickets(tx, [ticket(), ticket({ tenantId: 'other', policyVersion: 4 })])
      t.equal((await lockTickets(tx, [{ tenantId: 'nobody', id: idOf(1) }])).size, 0)
    })
    t.same(await retained(), ticket())
    const closed = ticket(
      {
        version: 3,
        status: 'closed',
        policyVersion: 9,
        history: history([run({ to: 2 }), run({ from: 3, to: 3, open: false })])
      }
    )
    await database.tx(async (tx) => await updateTickets(tx, [{ ticket: closed, runsChanged: true }]))
    t.same(await retained(), closed)
    await t.rejects(
      database.tx(async (tx) => await insertTickets(tx, [ticket({ version: 7 })])),
      { code: '23505', constraint: 'ticket_pkey' },
      'who thought it new missed something'
    )

    const later = ticket({ version: 8, subject: 'new', history: history([]) })
    await database.tx(async (tx) => await updateTickets(tx, [{ ticket: later, runsChanged: false }]))
    const runs = [run({ to: 2 }), run({ from: 3, to: 8, open: false })]
    t.same(
      await retained(),
      { ...later, history: history(runs) },
      'runs that were not written stay, and the last goes on to the newest version'
    )
    await database.pool.query('update ticket set version = 9 where tenant_id = $1', ['acme'])
    t.equal((await retained())?.history, null, 'an older release does not write the history: then there is none')
  })

  await t.test('open tickets under an older version, in the order of their ids', async (t) => {
    await database.tx(async (tx) => {
      await insertTickets(
        tx,
        Array.from(
          { length: 5 },
          (_, index) => ticket({ tenantId: 'many', id: idOf(index + 1), status: index === 2 ? 'resolved' : 'new' })
        )
      )
      const next = async (after: string | null) =>
        (
          await lockOpenTicketsBefore(tx, 'many', 1, after, 2)
        ).map(({ id }) => id)
      t.same(await next(null), [idOf(1), idOf(2)])
      t.same(await next(idOf(2)), [idOf(4), idOf(5)])
      await pinTickets(tx, [1, 4].map((n) => ticket({ tenantId: 'many', id: idOf(n), policyVersion: 1 })))
      t.same(await next(null), [idOf(2), idOf(5)])
    })
  })

  await t.test('agreements are kept whole, in the order in which they hold', async (t) => {
    const retained = async () => await database.tx(async (tx) => (await readAgreements(tx, [key])).get(ticketKey(key)))
    const first = agreement({ endedAt: 5, endedBy: 'withdrawn' })
    const none = agreement({ id: idOf(11), version: 2, ticketVersion: 2, agreed: null })
    await database.tx(async (tx) => await insertAgreements(tx, [none, first, agreement({ id: idOf(12), kind: 'ola' })]))
    t.same(await retained(), [agreement({ id: idOf(12), kind: 'ola' }), first, none])
    const moved = { ...none, version: 3, endedAt: 7, endedBy: 'changed' as const }
    const last = agreement({ id: idOf(13), version: 4, ticketVersion: 2, policyVersion: 2 })
    await database.tx(async (tx) => {
      await deleteAgreements(tx, [{ tenantId: 'acme', id: idOf(12) }])
      await alterAgreements(tx, [moved])
      await insertAgreements(tx, [last])
    })
    t.same(await retained(), [first, moved, last])
    await t.rejects(
      database.tx(async (tx) => await insertAgreements(tx, [agreement({ id: idOf(14), version: 5 })])),
      { code: '23505', constraint: 'agreement_current' }
    )
    await t.rejects(
      database.tx(async (tx) => await insertAgreements(tx, [agreement({ id: idOf(15), version: 4, endedAt: 5 })])),
      { code: '23505', constraint: 'agreement_version_unique' }
    )
  })

  await t.test('people: the newest version of a batch and of all batches', async (t) => {
    const person = (version: number, role: 'agent' | 'customer') => (
      { tenantId: 'acme', id: idOf(3), role, active: true, version }
    )
    await database.tx(async (tx) => await savePeople(tx, [person(2, 'customer'), person(1, 'agent')]))
    await database.tx(async (tx) => await savePeople(tx, [person(1, 'agent')]))
    const found = await findPeople(database.read, 'acme', [idOf(3)])
    t.match(found.get(idOf(3)), { role: 'customer', version: 2 })
    t.equal((await findPeople(database.read, 'other', [idOf(3)])).size, 0)
  })

  await t.test("the catalogue's links are enforced by the database", async (t) => {
    const item = (partial: Partial<CatalogueItem>): CatalogueItem => (
      {
        kind: 'product',
        id: idOf(20),
        name: `n${randomInt(1e9)}`,
        productId: null,
        moduleId: null,
        active: true,
        version: 1,
        createdAt: 1,
        updatedAt: 1,
        ...partial
      }
    )
    await database.forTenant('acme').tx(async (tx) => {
      await insertItem(tx, item({}))
      await insertItem(tx, item({ id: idOf(21) }))
      await insertItem(tx, item({ kind: 'module', id: idOf(22), productId: idOf(20) }))
    })
    const refused = async (tenant: string, one: Partial<CatalogueItem>, constraint: string) => {
      await t.rejects(
        database.forTenant(tenant).tx(async (tx) => await insertItem(tx, item(one))),
        { code: '23503', constraint }
      )
    }
    await refused('acme', { kind: 'module', id: idOf(23), productId: idOf(29) }, 'module_product_fkey')
    await refused('other', { kind: 'module', id: idOf(23), productId: idOf(20) }, 'module_product_fkey')
    await refused(
      'acme',
      { kind: 'question', id: idOf(24), productId: idOf(21), moduleId: idOf(22) },
      'question_module_fkey'
    )
  })

  await t.test('published versions and links are read once and then remembered', async (t) => {
    const published = { effect: 'new_tickets' as const, note: null, defaults: {}, publishedAt: 1, publishedBy: 'p' }
    await database.forTenant('acme').tx(
      async (tx) =>
        await insertVersion(
          tx,
          { ...published, version: 1, rows: [row({ validFrom: 7, when: { field: 'ticket.type', op: 'exists' } })] }
        )
    )
    const cache = createPolicyCache()
    const wanted = { tenantId: 'acme', version: 1 }
    await database.tx(async (tx) => {
      const first = (await cache.policies(tx, [wanted, wanted, { tenantId: 'acme', version: 0 }]))(wanted)
      t.match(first.ranked.sla, [{ validFrom: 7, when: { op: 'exists' } }])
      t.equal((await cache.policies(tx, [wanted]))(wanted), first)
      const links = await cache.parents(tx, [{ tenantId: 'acme', id: idOf(22) }, { tenantId: 'acme', id: idOf(28) }])
      t.same(links({ tenantId: 'acme', id: idOf(22) }), { productId: idOf(20), moduleId: null })
      t.equal(links({ tenantId: 'acme', id: idOf(28) }), undefined)
      await t.rejects(
        cache.policies(tx, [{ tenantId: 'acme', version: 2 }]).then((of) => of({ tenantId: 'acme', version: 2 })),
        { message: /acme\/2 is not stored/ }
      )
    })
  })
})
