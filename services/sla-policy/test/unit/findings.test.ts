import { agreementKinds, priorities, severities } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { findingBounds, findingsOf } from '../../src/domain/findings.ts'
import { rankRows, winner } from '../../src/domain/match.ts'
import { overlapsOf } from '../../src/domain/overlaps.ts'
import type { PolicyRow } from '../../src/domain/policy.ts'
import { idOf, instants, row, subjects, tables } from './generators.ts'

const look = (rows: readonly PolicyRow[], now = 5) => findingsOf({ rows, products: [], nodeOf: () => undefined, now })
const shadowed = (rows: readonly PolicyRow[]) => look(rows).findings.filter(({ code }) => code === 'shadowed')

t.test('a row that is said never to win never wins, for any ticket at any time', async (t) => {
  let [tried, found] = [0, 0]
  fc.assert(fc.property(tables, subjects, instants, (table, subject, at) => {
    // the same rows again, with other priorities and severities, so that some are hidden
    const rows = [...table, ...table.map((one, index) => row({ ...one, id: idOf(500 + index), priority: null }))]
    const never = new Set(shadowed(rows).map(({ rowId }) => rowId))
    tried += rows.length
    found += never.size
    return agreementKinds.every((kind) => !never.has(winner(rankRows(rows)[kind], subject, at)?.id ?? null))
  }))
  t.ok(found > tried / 100, 'there were such rows')
})

t.test('rows that are hidden by one, by many together, and by none', async (t) => {
  const all = row({ id: idOf(1), name: 'All' })
  const perPriority = priorities.map((priority, index) => row({ id: idOf(10 + index), priority }))
  t.match(shadowed([all, ...perPriority]), [{ rowId: all.id, otherRowIds: [idOf(13), idOf(12), idOf(11), idOf(10)] }])
  t.same(shadowed([all, ...perPriority.slice(1)]), [], 'P0 is left')
  const perCell = severities.map((severity, index) => row({ id: idOf(20 + index), priority: 'P0', severity }))
  t.match(shadowed([all, ...perPriority.slice(1), ...perCell]), [{ rowId: all.id }])
  const newer = row({ id: idOf(2) })
  t.match(shadowed([all, newer]), [{ rowId: all.id, otherRowIds: [newer.id] }])
  t.same(shadowed([all, row({ ...newer, validTo: 9 })]), [], 'not valid as long')
  t.same(shadowed([all, row({ ...newer, kind: 'ola' })]), [], 'of another kind')
  t.same(shadowed([all, row({ ...newer, customerId: idOf(9) })]), [], 'for one customer only')
  const [module, questionable] = [
    row({ id: idOf(3), moduleId: idOf(7) }),
    row({ id: idOf(4), moduleId: idOf(7), productId: idOf(6) })
  ]
  t.match(shadowed([module, questionable]), [], 'a ticket of the module may name no product')
  t.match(shadowed([row({ ...questionable, id: idOf(2) }), row({ ...module, id: idOf(5) })]), [{ rowId: idOf(2) }])
})

t.test('overlaps are those that a look at each pair finds', async (t) => {
  fc.assert(fc.property(tables, (rows) => {
    const found = overlapsOf(rows)
    return rows.every((a) => {
      const expected = rows.filter((b) =>
        a.id !== b.id &&
        overlapsOf([{ ...a, validFrom: null, validTo: null }, { ...b, validFrom: null, validTo: null }]).size > 0 &&
        (a.validFrom ?? -Infinity) < (b.validTo ?? Infinity) && (b.validFrom ?? -Infinity) < (a.validTo ?? Infinity)
      ).map(({ id }) => id).sort()
      return JSON.stringify((found.get(a.id) ?? []).toSorted()) === JSON.stringify(expected)
    })
  }))
})

t.test('gaps by priority and severity; rows for some customers or cases close none', async (t) => {
  const product = { id: idOf(1), name: 'Printer', active: true }
  const gaps = (rows: PolicyRow[], products = [product]) =>
    findingsOf({ rows, products, nodeOf: () => undefined, now: 5 }).findings.filter(({ code }) => code === 'gap')
  t.same(gaps([]), [], 'a table without rows')
  t.same(gaps([row({})]), [])
  t.match(
    gaps([row({ priority: 'P1' }), row({ id: idOf(3), priority: 'P0', severity: 'high', productId: product.id })]),
    [
      {
        priority: 'P0',
        severities: ['low', 'medium', 'critical'],
        message: /P0 of product "Printer" with severity low/
      },
      { priority: 'P2', severities: [] },
      { priority: 'P3' }
    ]
  )
  t.equal(gaps([row({ customerId: idOf(4) })]).length, 4)
  t.equal(gaps([row({ validFrom: 6 })]).length, 4, 'not valid yet')
  t.same(gaps([row({ priority: 'P1' })], [{ ...product, active: false }]), [])
})

t.test('a table too large to compare says so', async (t) => {
  const rows = Array.from(
    { length: 3_000 },
    (_, index) => row({ id: idOf(index), validFrom: 2 * index, validTo: 2 * index + 1 })
  )
  const { findings, complete } = look(rows, -1)
  t.equal(complete, false)
  t.equal(findings.length, 0)
  t.ok(rows.length ** 2 / 2 > findingBounds.comparisonsMax)
})
