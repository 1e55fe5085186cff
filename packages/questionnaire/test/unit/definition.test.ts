import t from 'tap'
import { checkQuestionnaire, type Node, type Questionnaire } from '@dueline/questionnaire'
import { questionnaire } from './samples.ts'

const age: Node = { kind: 'integer', name: 'age' }
const text = (name: string, more = {}): Node => ({ kind: 'text', name, ...more })

/** Faults as `POINTER CODE`. */
function faultsOf (items: unknown[], more: Partial<Questionnaire> = {}): string[] {
  return checkQuestionnaire(questionnaire(items as Node[], more)).map(({ pointer, code }) => `${pointer} ${code}`)
}

t.test('a questionnaire is refused with each fault by its place', async (t) => {
  const refused: [string, unknown[], string[], Partial<Questionnaire>?][] = [
    ['kind', [{ kind: 'colour', name: 'a' }], ['/items/0/kind kind']],
    ['kind from the prototype', [{ kind: 'constructor', name: 'a' }], ['/items/0/kind kind']],
    ['unknown property', [{ ...age, colour: 1 }], ['/items/0/colour structure']],
    ['name', [text('two words')], ['/items/0/name structure']],
    ['name of the language itself', [text('__proto__')], ['/items/0/name structure']],
    ['word of expressions', [text('in'), text('choice')], [
      '/items/0/name reserved_name',
      '/items/1/name reserved_name'
    ]],
    ['double name', [age, { kind: 'group', name: 'g', items: [age] }], ['/items/1/items/0/name duplicate_name']],
    ['section inside', [{ kind: 'group', name: 'g', items: [{ kind: 'section', name: 's', items: [age] }] }], [
      '/items/0/items/0/kind section_inside'
    ]],
    ['empty group', [{ kind: 'group', name: 'g', items: [] }], ['/items/0/items structure']],
    ['list', [{ kind: 'one_of', name: 'a', list: 'none' }], ['/items/0/list unknown_list']],
    ['list from the prototype', [{ kind: 'one_of', name: 'a', list: 'toString' }], ['/items/0/list unknown_list']],
    ['choice twice', [age], ['/lists/l/1/name duplicate_choice'], { lists: { l: [{ name: 'a' }, { name: 'a' }] } }],
    [
      'other as a choice',
      [{ kind: 'one_of', name: 'a', list: 'l', other: true }],
      ['/items/0/other other_is_a_choice'],
      { lists: { l: [{ name: 'other' }] } }
    ],
    ['language', [text('a', { label: { fr: 'Nom' } })], ['/items/0/label/fr unknown_language']],
    ['language that is none', [text('a', { label: { english: 'Name' } })], ['/items/0/label/english structure']],
    ['bounds', [{ ...age, min: 5, max: 4 }], ['/items/0/max bounds']],
    ['bounds of a rating', [{ kind: 'rating', name: 'a', max: 0 }], ['/items/0/max bounds']],
    ['day that is none', [{ kind: 'date', name: 'a', min: '2026-02-30' }], ['/items/0/min bounds']],
    ['back-reference', [text('a', { pattern: '(a)\\1' })], ['/items/0/pattern pattern_refused']],
    ['look-ahead', [text('a', { pattern: '(?=a)' })], ['/items/0/pattern pattern_refused']],
    ['counts of counts', [text('a', { pattern: '((a{100}){100}){100}' })], ['/items/0/pattern pattern_refused']],
    ['syntax', [text('a', { relevant: 'age >' }), age], ['/items/0/relevant expression_syntax']],
    ['name that is not there', [text('a', { relevant: 'agee > 5' }), age], ['/items/0/relevant unknown_name']],
    ['type', [text('a', { relevant: 'age' }), age], ['/items/0/relevant expression_type']],
    ['function', [text('a', { relevant: 'eval(age)' }), age], ['/items/0/relevant unknown_function']],
    ['function from the prototype', [text('a', { relevant: 'toString(age)' }), age], [
      '/items/0/relevant unknown_function'
    ]],
    ['too long', [text('a', { relevant: `true ${'|| true '.repeat(300)}` })], ['/items/0/relevant structure']],
    ['too many parts', [text('a', { relevant: `true${'||true'.repeat(250)}` })], [
      '/items/0/relevant expression_too_large'
    ]],
    ['too deep', [text('a', { relevant: `${'('.repeat(60)}true${')'.repeat(60)}` })], [
      '/items/0/relevant expression_too_large'
    ]]
  ]
  for (const [name, items, faults, more] of refused) t.strictSame(faultsOf(items, more), faults, name)
})

t.test('what is near a fault and right passes', async (t) => {
  t.strictSame(faultsOf([{ ...age, min: 5, max: 5 }]), [])
  t.strictSame(faultsOf([text('a', { relevant: 'age > 5' }), age]), [], 'a condition may look at what comes later')
  t.strictSame(faultsOf([{ kind: 'one_of', name: 'a', list: 'l' }], { lists: { l: [{ name: 'other' }] } }), [])
  t.strictSame(faultsOf([text('a', { pattern: '(a*)*b' })]), [], 'what explodes elsewhere is linear here')
  t.strictSame(
    faultsOf([text('a', { constraint: 'a != b' }), text('b', { constraint: 'a != b' })]),
    [],
    'constraints may'
  )
})

t.test('what depends on itself is refused with the way round', async (t) => {
  const cycles: [unknown[], string][] = [
    [[{ kind: 'calculated', name: 'a', type: 'integer', calculation: 'a + 1' }], 'a → a'],
    [[
      { kind: 'calculated', name: 'a', type: 'integer', calculation: 'b + 1' },
      { kind: 'calculated', name: 'b', type: 'integer', calculation: 'c + 1' },
      { kind: 'calculated', name: 'c', type: 'integer', calculation: 'a + 1' }
    ], 'a → b → c → a'],
    [[text('a', { relevant: 'b == null' }), text('b', { relevant: 'a == null' })], 'a → b → a'],
    [[{ kind: 'group', name: 'g', relevant: 'a == null', items: [text('a')] }], 'g → a → g'],
    [[
      {
        kind: 'repeat',
        name: 'r',
        items: [{ kind: 'calculated', name: 'share', type: 'decimal', calculation: 'total / 2' }]
      },
      { kind: 'calculated', name: 'total', type: 'decimal', calculation: 'sum(r.map(x, x.share))' }
    ], 'share → total → share']
  ]
  for (const [items, way] of cycles) {
    const [fault] = checkQuestionnaire(questionnaire(items as Node[]))
    t.equal(fault?.code, 'cycle', way)
    t.ok(fault?.message.endsWith(way), way)
  }
})

t.test('a repetition’s answers are not one answer outside it', async (t) => {
  const repeat = { kind: 'repeat', name: 'r', items: [age] }
  t.strictSame(faultsOf([repeat, text('a', { relevant: 'age > 5' })]), ['/items/1/relevant name_out_of_scope'])
  t.strictSame(faultsOf([repeat, text('a', { relevant: 'r.exists(x, x.age > 5)' })]), [])
  t.strictSame(faultsOf([text('a', { relevant: 'position() > 1' })]), ['/items/0/relevant expression_type'])
  const deep = 'r.exists(x, r.exists(y, r.exists(z, true)))'
  t.strictSame(faultsOf([repeat, text('a', { relevant: deep })]), ['/items/1/relevant expression_too_large'])
})
