import t from 'tap'
import fc from 'fast-check'
import { differences } from '../../src/domain/version-diff.ts'
import { form } from '../api/harness.ts'

const of = (change: object = {}, rules: object[] = []): never => ({ questionnaire: form(change), rules }) as never

t.test('nothing differs from itself, whatever the order of members', (t) => {
  t.same(differences(of(), of()), [])
  const { name, ...rest } = form()
  t.same(differences({ questionnaire: { ...rest, name }, rules: [] } as never, of()), [])
  t.end()
})

t.test('each thing that differs is one sentence', (t) => {
  const [impact, users] = form().items
  const lists = { impact: [{ name: 'one', label: { en: 'Only me' } }, { name: 'team' }] }
  t.same(differences(of(), of({ lists })), [
    'choice impact.team is new',
    'choice impact.all is gone',
    'choice impact.one has other texts'
  ])
  t.same(differences(of(), of({ items: [users, impact] })), ['the order at the top is another one'])
  const group = { kind: 'group', name: 'more', items: [users] }
  t.same(differences(of(), of({ items: [impact, group] })), [
    'group more is new',
    'question users (“How many?”) is moved to more'
  ])
  t.same(differences(of(), of({ languages: [{ tag: 'en' }], title: { en: 'New' } })), [
    'language ar is gone',
    'the title is another one'
  ])
  const rules = [{ when: 'users > 1', set: { priority: 'P0' } }, { when: 'users > 2', set: { tags: ['a', 'b'] } }]
  t.same(differences(of({}, rules), of({}, [rules[1]!])), ['rule is gone: priority P0 when users > 1'])
  t.same(differences(of({}, rules), of({}, [...rules].reverse())), ['the order of the rules is another one'])
  t.end()
})

t.test('two differ exactly when a change is said', (t) => {
  const label = fc.constantFrom('a', 'b')
  const node = fc.record({
    kind: fc.constant('text'),
    name: fc.constantFrom('x', 'y', 'z'),
    label: fc.record({ en: label })
  })
  const items = fc.uniqueArray(node, { selector: ({ name }) => name, minLength: 1 })
  fc.assert(
    fc.property(
      items,
      items,
      (before, after) =>
        (differences(of({ items: before }), of({ items: after })).length === 0) ===
          (JSON.stringify(before) === JSON.stringify(after))
    )
  )
  t.end()
})
