import fc from 'fast-check'
import t from 'tap'
import { periodsOf, standing, type AgreementVersion } from '../../src/domain/agreements.ts'
import { HOUR, nine, agreementVersion, roundTheClock, withdrawn } from './timeline-builder.ts'

const targets = (hours: number) => ({ resolution: hours * HOUR })
const periods = (...agreementVersions: AgreementVersion[]) =>
  periodsOf('sla', standing(agreementVersions), roundTheClock).map(
    ({ from, terms }) => [from, terms?.targets.resolution ?? null]
  )

t.test("agreements hold in the order of the ticket's versions, whatever the order of arrival", async (t) => {
  const [first, last] = [
    agreementVersion({ version: 1, targets: targets(4) }),
    agreementVersion({ version: 2, ticketVersion: 3, madeAt: nine + 3 * HOUR, effect: 'from_now', targets: targets(1) })
  ]
  const between = agreementVersion(
    { version: 3, ticketVersion: 2, madeAt: nine + 2 * HOUR, effect: 'from_now', targets: targets(2) }
  )
  const expected = [[-Infinity, 4 * HOUR], [nine + 2 * HOUR, 2 * HOUR], [nine + 3 * HOUR, HOUR]]
  fc.assert(
    fc.property(
      fc.shuffledSubarray([first, last, between], { minLength: 3 }),
      (order) => JSON.stringify(periods(...order)) === JSON.stringify(expected)
    )
  )
  t.same(
    periods(first, last, { ...between, effect: 'retroactive' }),
    [[-Infinity, 2 * HOUR], [nine + 3 * HOUR, HOUR]],
    'a retroactive one rules over what is before its place only'
  )
  const published = {
    ...agreementVersion({ version: 4, ticketVersion: 1, effect: 'from_now', madeAt: nine + HOUR, targets: targets(9) }),
    policyVersion: 2
  }
  t.same(
    periods(first, last, published),
    [[-Infinity, 4 * HOUR], [nine + HOUR, 9 * HOUR], [nine + 3 * HOUR, HOUR]],
    'of one ticket version the older policy comes first'
  )
})

t.test('what is superseded does not count, whichever of the two was received first', async (t) => {
  const [first, wrong] = [
    agreementVersion({ version: 1, targets: targets(4) }),
    agreementVersion({ version: 2, ticketVersion: 3, targets: targets(1) })
  ]
  const right = agreementVersion({ version: 3, ticketVersion: 2, targets: targets(2), supersedes: [2] })
  t.same(standing([wrong, right, first]), [right, first])
  t.same(standing([right, first]), [right, first])
  t.same(standing([first, { ...wrong, kind: 'ola' }, right]).length, 3, 'of its own kind only')
  const chained = agreementVersion({ version: 4, ticketVersion: 2, targets: targets(3), supersedes: [3] })
  t.same(
    standing([first, wrong, right, chained]),
    [first, chained],
    'what supersedes and is superseded keeps its effect'
  )
})

t.test('effects: from_now and new_tickets leave what held before, retroactive rules over it', async (t) => {
  const first = agreementVersion({ version: 1, targets: targets(4) })
  const second = (effect: AgreementVersion['effect']) =>
    agreementVersion(
      { version: 2, madeAt: nine + HOUR, effect, targets: targets(1) }
    )
  for (const effect of ['from_now', 'new_tickets'] as const) {
    t.same(
      periods(first, second(effect)),
      [[-Infinity, 4 * HOUR], [nine + HOUR, HOUR]],
      effect
    )
  }
  t.same(periods(first, second('retroactive')), [[-Infinity, HOUR]])
  t.same(periods(second('from_now')), [[-Infinity, HOUR]], 'the first holds from the beginning, whatever its effect')
})

t.test('withdrawals', async (t) => {
  const made = agreementVersion({ version: 3, madeAt: nine + 2 * HOUR, effect: 'from_now', targets: targets(1) })
  t.same(
    periods(agreementVersion({ targets: targets(4) }), withdrawn(2, nine + HOUR), made),
    [[-Infinity, 4 * HOUR], [nine + HOUR, null], [nine + 2 * HOUR, HOUR]]
  )
  t.same(periods(withdrawn(2, nine + HOUR), made), [[-Infinity, HOUR]], 'a withdrawal of nothing is nothing')
  t.same(periods(withdrawn(2, nine + HOUR)), [])
})
