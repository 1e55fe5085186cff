import { agreementKeyOf, type AgreementSubject } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { builtInPolicy, compilePolicy, resolve } from '../../src/domain/resolve.ts'
import { canonical, sameTerms } from '../../src/domain/same-terms.ts'
import { withParents } from '../../src/domain/subject.ts'
import { idOf, row } from './generators.ts'

const request: AgreementSubject = {
  type: 'request',
  priority: 'P1',
  severity: 'low',
  productId: null,
  moduleId: null,
  questionId: null,
  customerId: null,
  channel: 'api'
}

t.test("fallback: rows, then the tenant's default, then the built-in one, for sla only", async (t) => {
  const policy = compilePolicy(
    {
      version: 3,
      rows: [row({ priority: 'P0' }), row({ id: idOf(98), kind: 'ola', priority: 'P0' })],
      defaults: { P1: { targets: { resolution: 'PT5H' }, calendarId: idOf(5) } }
    }
  )
  t.match(
    resolve(policy, 'sla', { ...request, priority: 'P0' }, 0),
    { origin: 'row', rowId: idOf(99), policyVersion: 3 }
  )
  t.match(
    resolve(policy, 'sla', request, 0),
    { origin: 'tenant_default', rowId: null, terms: { targets: { resolution: 'PT5H' }, calendarId: idOf(5) } }
  )
  t.match(
    resolve(policy, 'sla', { ...request, priority: 'P3' }, 0),
    { origin: 'built_in', terms: { targets: { first_response: 'PT24H', resolution: 'PT72H' }, calendarId: null } }
  )
  t.match(resolve(policy, 'ola', { ...request, priority: 'P0' }, 0), { origin: 'row', rowId: idOf(98) })
  t.equal(resolve(policy, 'ola', request, 0), undefined)
  t.equal(
    resolve(builtInPolicy, 'sla', { ...request, type: 'appreciation' }, 0),
    undefined,
    'an appreciation has no agreement'
  )
})

t.test('every priority has built-in targets', async (t) => {
  const targets = (['P0', 'P1', 'P2', 'P3'] as const).map(
    (priority) => resolve(builtInPolicy, 'sla', { ...request, priority }, 0)?.terms.targets
  )
  t.same(targets, [
    { first_response: 'PT30M', resolution: 'PT4H' },
    { first_response: 'PT2H', resolution: 'PT24H' },
    { first_response: 'PT8H', resolution: 'PT48H' },
    { first_response: 'PT24H', resolution: 'PT72H' }
  ])
})

t.test('terms compare by value whatever the order of keys', async (t) => {
  const terms = row({ targets: { first_response: 'PT1H', resolution: 'PT2H' } })
  t.ok(sameTerms(terms, { ...terms, targets: { resolution: 'PT2H', first_response: 'PT1H' }, effect: 'from_now' }))
  t.notOk(sameTerms(terms, { ...terms, escalationPolicyId: idOf(1) }))
  const { nextResponse: _, ...older } = terms
  t.ok(sameTerms({ ...terms, nextResponse: 'after_first' }, older), 'what an older release stored is after_first')
  t.notOk(sameTerms({ ...terms, nextResponse: 'always' }, older))
  fc.assert(fc.property(fc.jsonValue(), (value) => canonical(value) === canonical(JSON.parse(JSON.stringify(value)))))
})

t.test('a subject gets the parents of its question and module, and keeps what it says itself', async (t) => {
  const parents = new Map(
    [[idOf(3), { productId: idOf(1), moduleId: idOf(2) }], [idOf(2), { productId: idOf(1), moduleId: null }]]
  )
  const parentsOf = (id: string) => parents.get(id)
  t.match(withParents({ ...request, questionId: idOf(3) }, parentsOf), { productId: idOf(1), moduleId: idOf(2) })
  t.match(withParents({ ...request, moduleId: idOf(2) }, parentsOf), { productId: idOf(1) })
  t.match(
    withParents({ ...request, productId: idOf(9), questionId: idOf(3) }, parentsOf),
    { productId: idOf(9), moduleId: idOf(2) }
  )
  t.match(withParents({ ...request, questionId: idOf(8) }, parentsOf), { productId: null, moduleId: null })
  t.not(agreementKeyOf(request), agreementKeyOf({ ...request, severity: 'high' }))
})
