import fc from 'fast-check'
import t from 'tap'
import { canonical, decide, sameTerms, type Held } from '../../src/domain/decide.ts'
import { newestFacts } from '../../src/domain/newest-facts.ts'
import { builtInPolicy, compilePolicy, resolve } from '../../src/domain/resolve.ts'
import { subjectKey, withParents, type Subject } from '../../src/domain/subject.ts'
import { idOf, instants, row, subjects, tables } from './generators.ts'

const request: Subject = { type: 'request', priority: 'P1', severity: 'low', productId: null, moduleId: null, questionId: null, customerId: null, channel: 'api' }
const held = (partial: Partial<NonNullable<Held['agreement']>> = {}, version = 1): Held => ({
  kind: 'sla',
  version,
  agreement: { id: idOf(7), origin: 'row', rowId: idOf(99), calendarVersion: 1, terms: row(), ...partial }
})

t.test('fallback: rows, then the tenant\'s default, then the built-in one, for sla only', async (t) => {
  const policy = compilePolicy({ version: 3, rows: [row({ priority: 'P0' }), row({ id: idOf(98), kind: 'ola', priority: 'P0' })], defaults: { P1: { targets: { resolution: 'PT5H' }, calendarId: idOf(5) } } })
  t.match(resolve(policy, 'sla', { ...request, priority: 'P0' }, 0), { origin: 'row', rowId: idOf(99), policyVersion: 3 })
  t.match(resolve(policy, 'sla', request, 0), { origin: 'tenant_default', rowId: null, terms: { targets: { resolution: 'PT5H' }, calendarId: idOf(5) } })
  t.match(resolve(policy, 'sla', { ...request, priority: 'P3' }, 0), { origin: 'built_in', terms: { targets: { first_response: 'PT24H', resolution: 'PT72H' }, calendarId: null } })
  t.match(resolve(policy, 'ola', { ...request, priority: 'P0' }, 0), { origin: 'row', rowId: idOf(98) })
  t.equal(resolve(policy, 'ola', request, 0), undefined)
  t.equal(resolve(builtInPolicy, 'sla', { ...request, type: 'appreciation' }, 0), undefined, 'an appreciation is promised nothing')
})

t.test('every priority has built-in targets', async (t) => {
  const targets = (['P0', 'P1', 'P2', 'P3'] as const).map((priority) => resolve(builtInPolicy, 'sla', { ...request, priority }, 0)?.terms.targets)
  t.same(targets, [
    { first_response: 'PT30M', resolution: 'PT4H' }, { first_response: 'PT2H', resolution: 'PT24H' },
    { first_response: 'PT8H', resolution: 'PT48H' }, { first_response: 'PT24H', resolution: 'PT72H' }
  ])
})

t.test('made, changed, withdrawn, made again: versions go on counting', async (t) => {
  const policy = compilePolicy({ version: 1, rows: [row()], defaults: {} })
  const now = (subject: Subject) => (kind: 'sla' | 'ola' | 'underpinning') => resolve(policy, kind, subject, 0)
  t.match(decide([], now(request)), [{ type: 'made', kind: 'sla', version: 1 }])
  t.same(decide([held()], now(request)), [], 'the same promise is not told twice')
  t.match(decide([held({ rowId: idOf(1) })], now(request)), [{ type: 'changed', version: 2, previousId: idOf(7) }])
  t.match(decide([held({ terms: { ...row(), targets: { resolution: 'PT2H' } } })], now(request)), [{ type: 'changed', version: 2 }])
  t.same(decide([held()], now({ ...request, type: 'appreciation' })), [{ type: 'withdrawn', kind: 'sla', version: 2, previousId: idOf(7) }])
  t.match(decide([{ kind: 'sla', version: 2, agreement: null }], now(request)), [{ type: 'made', version: 3 }])
  t.same(decide([{ kind: 'sla', version: 2, agreement: null }], now({ ...request, type: 'appreciation' })), [])
})

t.test('a newer version of the calendar counts only when asked for', async (t) => {
  const terms = row({ calendarId: idOf(5) })
  const policy = compilePolicy({ version: 1, rows: [terms], defaults: {} })
  const resolved = (kind: 'sla' | 'ola' | 'underpinning') => resolve(policy, kind, request, 0)
  t.same(decide([held({ terms })], resolved), [])
  t.same(decide([held({ terms })], resolved, () => 1), [])
  t.match(decide([held({ terms })], resolved, () => 2), [{ type: 'changed' }])
})

t.test('what was decided is settled: deciding again says nothing', async () => {
  fc.assert(fc.property(tables, subjects, instants, (table, subject, at) => {
    const policy = compilePolicy({ version: 1, rows: table, defaults: {} })
    const resolved = (kind: 'sla' | 'ola' | 'underpinning') => resolve(policy, kind, subject, at)
    const after: Held[] = decide([], resolved).flatMap((change) => change.type === 'withdrawn'
      ? []
      : [{ kind: change.kind, version: change.version, agreement: { id: idOf(1), calendarVersion: 1, ...change.resolution } }])
    return decide(after, resolved, () => 1).length === 0
  }))
})

t.test('terms compare by value whatever the order of keys', async (t) => {
  const terms = row({ targets: { first_response: 'PT1H', resolution: 'PT2H' } })
  t.ok(sameTerms(terms, { ...terms, targets: { resolution: 'PT2H', first_response: 'PT1H' }, effect: 'from_now' }))
  t.notOk(sameTerms(terms, { ...terms, ladderId: idOf(1) }))
  const { nextResponse: _, ...older } = terms
  t.ok(sameTerms({ ...terms, nextResponse: 'after_first' }, older), 'what an older release stored is after_first')
  t.notOk(sameTerms({ ...terms, nextResponse: 'always' }, older))
  fc.assert(fc.property(fc.jsonValue(), (value) => canonical(value) === canonical(JSON.parse(JSON.stringify(value)))))
})

t.test('a batch folds to the newest state of each ticket and the moment it began', async (t) => {
  const fact = (ticketKey: string, version: number, key: string) => ({ ticketKey, version, key })
  t.same(newestFacts([fact('a', 3, 'x'), fact('b', 1, 'y'), fact('a', 1, 'z'), fact('a', 2, 'x'), fact('a', 2, 'x')]), [
    { last: fact('a', 3, 'x'), since: fact('a', 2, 'x') },
    { last: fact('b', 1, 'y'), since: fact('b', 1, 'y') }
  ])
  const facts = fc.array(fc.record({ ticketKey: fc.constantFrom('a', 'b'), version: fc.integer({ min: 1, max: 4 }) }).map((one) => ({ ...one, key: `k${one.version >> 1}` })), { maxLength: 8 })
  fc.assert(fc.property(facts.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))), ([a, b]) => {
    const byKey = (list: typeof a) => newestFacts(list).sort((x, y) => (x.last.ticketKey < y.last.ticketKey ? -1 : 1))
    return JSON.stringify(byKey(a)) === JSON.stringify(byKey(b))
  }))
})

t.test('a subject gets the parents of its question and module, and keeps what it says itself', async (t) => {
  const parents = new Map([[idOf(3), { productId: idOf(1), moduleId: idOf(2) }], [idOf(2), { productId: idOf(1), moduleId: null }]])
  const parentsOf = (id: string) => parents.get(id)
  t.match(withParents({ ...request, questionId: idOf(3) }, parentsOf), { productId: idOf(1), moduleId: idOf(2) })
  t.match(withParents({ ...request, moduleId: idOf(2) }, parentsOf), { productId: idOf(1) })
  t.match(withParents({ ...request, productId: idOf(9), questionId: idOf(3) }, parentsOf), { productId: idOf(9), moduleId: idOf(2) })
  t.match(withParents({ ...request, questionId: idOf(8) }, parentsOf), { productId: null, moduleId: null })
  t.not(subjectKey(request), subjectKey({ ...request, severity: 'high' }))
})
