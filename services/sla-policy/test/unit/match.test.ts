import { agreementKinds } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { byPrecedence, matches, rankRows, specificityOf, verdictsOf, winner } from '../../src/domain/match.ts'
import { idOf, instants, row, subjects, tables } from './generators.ts'

t.test('the order in which rows are written never matters', async (t) => {
  const shuffled = tables.chain((table) =>
    fc.tuple(fc.constant(table), fc.shuffledSubarray(table, { minLength: table.length }))
  )
  fc.assert(
    fc.property(
      shuffled,
      subjects,
      instants,
      fc.constantFrom(...agreementKinds),
      ([a, b], subject, at, kind) =>
        winner(rankRows(a)[kind], subject, at)?.id === winner(rankRows(b)[kind], subject, at)?.id
    )
  )
})

t.test('a row that does not cover the ticket changes nothing', async (t) => {
  fc.assert(fc.property(tables, subjects, instants, fc.constantFrom(...agreementKinds), (table, subject, at, kind) => {
    const covering = table.filter((one) => matches(one, subject, at))
    return winner(rankRows(table)[kind], subject, at)?.id === winner(rankRows(covering)[kind], subject, at)?.id
  }))
})

t.test('the winner covers the ticket, and no covering row comes before it', async (t) => {
  fc.assert(fc.property(tables, subjects, instants, fc.constantFrom(...agreementKinds), (table, subject, at, kind) => {
    const won = winner(rankRows(table)[kind], subject, at)
    const covering = table.filter((one) => one.kind === kind && matches(one, subject, at))
    return won === undefined
      ? covering.length === 0
      : covering.includes(won) && covering.every((one) => one === won || byPrecedence(won, one) < 0)
  }))
})

t.test('the verdicts say the same as the match', async (t) => {
  fc.assert(
    fc.property(
      tables,
      subjects,
      instants,
      (table, subject, at) =>
        table.every((one) => verdictsOf(one, subject, at).every((verdict) => verdict.met) === matches(one, subject, at))
    )
  )
})

t.test('specificity is the documented lexicographic order', async (t) => {
  const steps = [
    row({ customerId: idOf(1) }),
    row({ questionId: idOf(1), when: { field: 'ticket.channel', op: 'exists' }, severity: 'high', priority: 'P0' }),
    row({ questionId: idOf(1) }),
    row({ moduleId: idOf(1), when: { field: 'ticket.channel', op: 'exists' }, severity: 'high', priority: 'P0' }),
    row({ moduleId: idOf(1) }),
    row({ productId: idOf(1) }),
    row({ when: { field: 'ticket.channel', op: 'exists' } }),
    row({ severity: 'low', priority: 'P1' }),
    row({ severity: 'low' }),
    row({ priority: 'P1' }),
    row()
  ].map(specificityOf)
  t.same(steps, [...steps].sort((a, b) => b - a))
  t.equal(new Set(steps).size, steps.length)
  t.equal(
    specificityOf(row({ questionId: idOf(1), productId: idOf(2) })),
    specificityOf(row({ questionId: idOf(1) })),
    'a parent named besides adds nothing'
  )
})

t.test('rank decides between equals, then the newer row', async (t) => {
  const [older, newer, ranked] = [row({ id: idOf(1) }), row({ id: idOf(2) }), row({ id: idOf(0), rank: 1 })] as const
  const subject = {
    type: 'request',
    priority: 'P1',
    severity: 'low',
    productId: null,
    moduleId: null,
    questionId: null,
    customerId: null,
    channel: 'api'
  } as const
  t.equal(winner(rankRows([older, newer]).sla, subject, 0), newer)
  t.equal(winner(rankRows([older, newer, ranked]).sla, subject, 0), ranked)
})

t.test('validity includes its start and excludes its end', async (t) => {
  const one = row({ validFrom: 5, validTo: 7 })
  const subject = {
    type: 'request',
    priority: 'P1',
    severity: 'low',
    productId: null,
    moduleId: null,
    questionId: null,
    customerId: null,
    channel: 'api'
  } as const
  t.same([4, 5, 6, 7].map((at) => matches(one, subject, at)), [false, true, true, false])
})
