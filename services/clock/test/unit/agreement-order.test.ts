import t from 'tap'
import { periodsOf, type AgreementVersion } from '../../src/domain/agreements.ts'
import { alwaysOpen } from '../../src/domain/open-time.ts'
import { agreementVersion, at } from './timeline-builder.ts'

/** Who rules in the end, and since when, by the target of each. */
function ruling (...versions: AgreementVersion[]): unknown[] {
  const of = (given: AgreementVersion[]): unknown[] =>
    periodsOf('sla', given, () => alwaysOpen).map(({ from, terms }) => [from, terms?.targets.resolution ?? null])
  const found = of(versions)
  for (const other of [versions.toReversed(), [...versions.slice(1), versions[0]!]]) {
    if (JSON.stringify(of(other)) !== JSON.stringify(found)) throw new Error('the order of arrival matters')
  }
  return found
}
const made = (target: number, change: Partial<AgreementVersion>): AgreementVersion => ({
  ...agreementVersion({ targets: { resolution: target } }),
  effect: 'retroactive',
  ...change
})

t.test('agreements hold by the version of the ticket, then of the policy, then by their own', (t) => {
  const place = (ticketVersion: number, policyVersion: number | null, version: number) => ({
    ticketVersion,
    policyVersion,
    version,
    madeAt: at(version)
  })
  t.same(ruling(made(1, place(2, 1, 1)), made(2, place(1, 9, 2))), [[-Infinity, 1]], 'a later ticket')
  t.same(ruling(made(1, place(1, 5, 1)), made(2, place(1, 3, 2))), [[-Infinity, 1]], 'a later policy')
  t.same(ruling(made(1, place(1, 3, 1)), made(2, place(1, 3, 2))), [[-Infinity, 2]], 'announced later')
  t.same(
    ruling(made(1, place(1, null, 1)), made(2, place(1, 3, 2))),
    [[-Infinity, 2]],
    'one that does not say its policy'
  )
  t.same(ruling(made(1, place(1, 3, 1)), made(2, place(1, null, 2))), [[-Infinity, 2]])
  t.same(ruling(made(1, place(1, null, 1)), made(2, place(1, null, 2))), [[-Infinity, 2]])
  t.end()
})

t.test('one from the same instant on takes the place of what began there', (t) => {
  const now = { effect: 'from_now' as const, ticketVersion: 1, policyVersion: 1 }
  const found = ruling(
    made(1, { ...now, version: 1, madeAt: at(0) }),
    made(2, { ...now, version: 2, madeAt: at(1) }),
    made(3, { ...now, version: 3, madeAt: at(1) })
  )
  t.same(found, [[-Infinity, 1], [at(1), 3]])
  t.end()
})
