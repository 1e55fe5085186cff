import t from 'tap'
import { byOccurrence, inOrder, type StoredFact } from '../../src/domain/facts.ts'

const fact = (id: string, at: number, sequence: number, kind = 'status'): StoredFact => ({
  id,
  at,
  sequence,
  kind,
  data: { to: `of ${id}` }
})

t.test('facts go by instant, then by sequence, then by id', (t) => {
  const facts = [fact('d', 1, 9), fact('c', 2, 1), fact('a', 2, 3), fact('b', 2, 3)]
  for (const given of [facts, facts.toReversed(), [facts[2]!, facts[0]!, facts[3]!, facts[1]!]]) {
    t.same(inOrder(given).map(({ id }) => id), ['d', 'c', 'a', 'b'])
  }
  const [a, b] = [fact('a', 2, 3), fact('b', 2, 3)]
  t.same([byOccurrence(a, b), byOccurrence(b, a), byOccurrence(a, a)].map(Math.sign), [-1, 1, 0])
  t.end()
})

t.test('each fact counts once, as it came first; kinds that no clock knows are left out', (t) => {
  const first = fact('a', 1, 1)
  const again = { ...fact('a', 5, 1), data: { to: 'something else' } }
  t.same(inOrder([first, again, fact('b', 2, 2, 'dueline.ticket.updated.v1')]), [first])
  t.same(inOrder([fact('b', 2, 2, 'toString')]), [])
  t.end()
})
