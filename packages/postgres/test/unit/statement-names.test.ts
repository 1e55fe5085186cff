import t from 'tap'
import { statementNames } from '../../src/statement-names.ts'

t.test('a statement has a name from its third use on, and keeps it', async (t) => {
  const nameOf = statementNames(10)
  t.same([nameOf('select 1'), nameOf('select 1')], [undefined, undefined])
  const name = nameOf('select 1')
  t.match(name, /^statement-\d+$/)
  t.equal(nameOf('select 1'), name)
  const others = [nameOf('select 2'), nameOf('select 2'), nameOf('select 2')]
  t.same(others.slice(0, 2), [undefined, undefined])
  t.not(others[2], name, 'no two statements have one name')
})

t.test('there are at most so many names', async (t) => {
  const nameOf = statementNames(2)
  const named = (text: string): string | undefined => [1, 2, 3].map(() => nameOf(text)).at(-1)
  t.same([named('a'), named('b'), named('c')].map((name) => name !== undefined), [true, true, false])
  t.ok(nameOf('a'), 'who has one keeps it')
})

t.test('however many rare statements pass, those used often get their names', async (t) => {
  const nameOf = statementNames(10)
  for (let i = 0; i < 10_000; i++) nameOf(`rare ${i}`)
  t.same([1, 2, 3].map(() => nameOf('often') !== undefined), [false, false, true])
})
