import t from 'tap'
import { initialAnswers, type Node, type Questionnaire, validateAnswers } from '@dueline/questionnaire'
import { compiled, moment } from './samples.ts'

const lists = {
  colours: [
    { name: 'red', attributes: { warm: 'yes' } },
    { name: 'blue', attributes: { warm: 'no' } },
    { name: 'green', attributes: { warm: 'no' } }
  ]
}

function result (items: Node[], answers: unknown, more: Partial<Questionnaire> = {}, language = 'en') {
  return validateAnswers(compiled(items, { lists, ...more }), answers, { ...moment, language })
}
const codes = (items: Node[], answers: unknown) =>
  result(items, answers).faults.map(({ pointer, code }) => `${pointer} ${code}`)

const text: Node = { kind: 'text', name: 'q', minLength: 2, maxLength: 4, pattern: '[a-zé]+' }
const one: Node = { kind: 'one_of', name: 'q', list: 'colours' }
const many: Node = { kind: 'many_of', name: 'q', list: 'colours', maxChoices: 2 }
const file: Node = { kind: 'file', name: 'q', mediaTypes: ['image/*'], maxBytes: 10 }
const image = { id: 'f1', name: 'a.png', mediaType: 'image/png', bytes: 10 }

/** Of each kind: an answer, and how it is stored or why it is refused. */
const answersOfKinds: [Node, unknown, unknown][] = [
  [text, 'abé', 'abé'],
  [text, 'a', 'too_short'],
  [text, 'abcde', 'too_long'],
  [text, 'AB', 'pattern'],
  [text, 12, 'not_text'],
  [text, 'a\0', 'text_characters'],
  [text, 'a\ud800', 'text_characters'],
  [text, '   ', undefined],
  [{ kind: 'integer', name: 'q', min: 0, max: 50 }, 50, 50],
  [{ kind: 'integer', name: 'q', min: 0, max: 50 }, 51, 'too_large'],
  [{ kind: 'integer', name: 'q', min: 0 }, -1, 'too_small'],
  [{ kind: 'integer', name: 'q' }, '٤٢', 42],
  [{ kind: 'integer', name: 'q' }, '۴۲', 42],
  [{ kind: 'integer', name: 'q' }, 4.5, 'not_integer'],
  [{ kind: 'integer', name: 'q' }, '4x', 'not_integer'],
  [{ kind: 'integer', name: 'q' }, 2 ** 53, 'not_integer'],
  [{ kind: 'integer', name: 'q' }, true, 'not_integer'],
  [{ kind: 'decimal', name: 'q' }, '١٬٢٣٤٫٥', 1234.5],
  [{ kind: 'decimal', name: 'q' }, '0x10', 'not_number'],
  [{ kind: 'decimal', name: 'q' }, Infinity, 'not_number'],
  [{ kind: 'date', name: 'q', min: '2026-01-01' }, '2026-02-28', '2026-02-28'],
  [{ kind: 'date', name: 'q' }, '2026-02-29', 'not_date'],
  [{ kind: 'date', name: 'q' }, '2028-02-29', '2028-02-29'],
  [{ kind: 'date', name: 'q', min: '2026-01-01' }, '2025-12-31', 'too_small'],
  [{ kind: 'time', name: 'q', max: '17:00' }, '17:00', '17:00:00'],
  [{ kind: 'time', name: 'q', max: '17:00' }, '17:00:01', 'too_large'],
  [{ kind: 'time', name: 'q' }, '24:00', 'not_time'],
  [{ kind: 'date_time', name: 'q' }, '2026-11-29T10:00:00+03:00', '2026-11-29T07:00:00.000Z'],
  [{ kind: 'date_time', name: 'q' }, '2026-11-29T10:00:00', 'not_date_time'],
  [{ kind: 'date_time', name: 'q' }, '2026-11-31T10:00:00Z', 'not_date_time'],
  [{ kind: 'yes_no', name: 'q' }, false, false],
  [{ kind: 'yes_no', name: 'q' }, 'yes', 'not_yes_no'],
  [one, 'red', 'red'],
  [one, 'pink', 'not_a_choice'],
  [one, 'toString', 'not_a_choice'],
  [one, { other: 'pink' }, 'other_not_allowed'],
  [{ ...one, other: true }, { other: 'pink' }, { other: 'pink' }],
  [{ ...one, other: true }, { other: '' }, 'not_text'],
  [{ ...one, other: true }, 'other', 'not_a_choice'],
  [many, ['red', 'blue'], ['red', 'blue']],
  [many, ['red', 'blue', 'green'], 'too_many_choices'],
  [many, ['red', 'red'], 'choice_twice'],
  [many, 'red', 'not_choices'],
  [many, [], undefined],
  [{ ...many, other: true }, ['red', { other: 'pink' }], ['red', { other: 'pink' }]],
  [{ kind: 'rating', name: 'q', max: 5 }, 5, 5],
  [{ kind: 'rating', name: 'q', max: 5 }, 0, 'too_small'],
  [file, [image], [image]],
  [file, [image, image], 'too_many_files'],
  [file, [{ ...image, bytes: 11 }], 'file_size'],
  [file, [{ ...image, mediaType: 'text/html' }], 'file_type'],
  [file, [{ ...image, path: '/etc' }], 'not_files'],
  [file, 'a.png', 'not_files']
]

t.test('answers of each kind are stored in one form or refused by their rule', async (t) => {
  for (const [node, given, wanted] of answersOfKinds) {
    const { faults, answers, valid } = result([node], { q: given })
    const name = `${node.kind} ${JSON.stringify(given)}`
    if (faults.length > 0) t.strictSame(faults.map(({ pointer, code }) => [pointer, code]), [['/q', wanted]], name)
    else t.strictSame(answers.q, wanted, name)
    t.equal(valid, faults.length === 0)
  }
})

t.test('every fault is reported, in the order of the questionnaire', async (t) => {
  const items: Node[] = [
    { kind: 'text', name: 'a', required: true },
    { kind: 'group', name: 'g', items: [{ kind: 'integer', name: 'b' }] },
    { kind: 'note', name: 'n', label: { en: 'Hello' } },
    { kind: 'repeat', name: 'r', min: 3, items: [{ kind: 'integer', name: 'c', constraint: 'c > 1' }] }
  ]
  const answers = JSON.parse('{"b": "x", "r": [{"c": 1}, 5], "g": {}, "n": 1, "~/": 1, "__proto__": 1}')
  t.strictSame(codes(items, answers), [
    '/g unknown_question',
    '/n unknown_question',
    '/~0~1 unknown_question',
    '/__proto__ unknown_question',
    '/a required',
    '/b not_integer',
    '/r too_few_repetitions',
    '/r/0/c constraint',
    '/r/1 not_an_object'
  ])
  for (const answers of [null, [], 'x', 5]) t.strictSame(codes(items, answers), [' not_an_object'])
  t.match(codes(items, { a: 'x', r: { length: 3 } }), ['/r not_a_list'])
})

t.test('a condition in a repeat looks at its own repetition', async (t) => {
  const items: Node[] = [
    { kind: 'yes_no', name: 'detailed' },
    {
      kind: 'repeat',
      name: 'visits',
      items: [
        { kind: 'yes_no', name: 'urgent' },
        { kind: 'text', name: 'reason', relevant: 'urgent && detailed', required: true },
        { kind: 'calculated', name: 'row', type: 'integer', calculation: 'position() * 10' }
      ]
    }
  ]
  const visits = [{ urgent: true }, { urgent: false, reason: 'left over' }, { urgent: true, reason: 'fire' }]
  const { faults, answers, removed } = result(items, { detailed: true, visits })
  t.match(faults, [{ pointer: '/visits/0/reason', code: 'required' }])
  t.strictSame(removed, [{ pointer: '/visits/1/reason', reason: 'not_relevant' }])
  t.strictSame(answers.visits, [{ urgent: true, row: 10 }, { urgent: false, row: 20 }, {
    urgent: true,
    reason: 'fire',
    row: 30
  }])
  t.strictSame(result(items, { detailed: false, visits: [{ urgent: true }] }).faults, [], 'and at what is outside')
})

t.test('what is inside of what is not relevant is not relevant, and its answers count for nothing', async (t) => {
  const items: Node[] = [
    { kind: 'yes_no', name: 'a' },
    {
      kind: 'section',
      name: 's',
      relevant: 'a',
      items: [{ kind: 'group', name: 'g', items: [{ kind: 'integer', name: 'b', required: true }] }]
    },
    { kind: 'text', name: 'c', relevant: 'b > 5', required: true },
    { kind: 'repeat', name: 'r', relevant: 'a', min: 1, items: [{ kind: 'integer', name: 'd' }] },
    { kind: 'calculated', name: 'sum', type: 'integer', calculation: 'sum(r.map(x, x.d))' }
  ]
  const given = { b: 9, c: 'why', r: [{ d: 4 }] }
  t.strictSame(result(items, { a: false, ...given }), {
    valid: true,
    faults: [],
    answers: { a: false, sum: 0 },
    removed: ['/b', '/c', '/r'].map((pointer) => ({ pointer, reason: 'not_relevant' }))
  })
  t.strictSame(result(items, { a: true, ...given }).answers, { a: true, ...given, sum: 4 })
  t.strictSame(codes(items, { a: true }), ['/b required', '/r too_few_repetitions'])
})

t.test('calculated values are computed, and another one is reported', async (t) => {
  const items: Node[] = [
    { kind: 'calculated', name: 'twice', type: 'integer', calculation: 'n * 2' },
    { kind: 'integer', name: 'n' }
  ]
  t.strictSame(result(items, { n: 4, twice: 8 }).removed, [])
  const { answers, removed } = result(items, { n: 4, twice: 9 })
  t.strictSame([answers, removed], [{ twice: 8, n: 4 }, [{ pointer: '/twice', reason: 'calculated' }]])
})

t.test('filters, counts, read-only answers and conditions of being required', async (t) => {
  const items: Node[] = [
    { kind: 'yes_no', name: 'warm' },
    { kind: 'one_of', name: 'colour', list: 'colours', filter: 'choice.warm == (warm ? "yes" : "no")' },
    { kind: 'many_of', name: 'more', list: 'colours', filter: 'choice.name != colour', required: 'warm' },
    { kind: 'integer', name: 'times' },
    { kind: 'repeat', name: 'r', count: 'times', items: [{ kind: 'text', name: 'x' }] },
    { kind: 'text', name: 'code', readOnly: true, default: '"A-" + "1"' }
  ]
  t.strictSame(codes(items, { warm: true, colour: 'blue' }), ['/colour choice_not_offered', '/more required'])
  t.strictSame(codes(items, { warm: false, colour: 'blue', more: ['red', 'green'] }), [])
  t.strictSame(codes(items, { colour: 'blue', more: ['red', 'blue'] }), ['/more choice_not_offered'])
  t.strictSame(codes(items, { times: 2, r: [{}] }), ['/r too_few_repetitions'])
  t.strictSame(codes(items, { times: 1, r: [{}, {}] }), ['/r too_many_repetitions'])
  t.strictSame(codes(items, { times: 2, r: [{}, {}] }), [])
  t.strictSame(codes(items, { code: 'A-1' }), [])
  t.strictSame(codes(items, { code: 'A-2' }), ['/code read_only'])
})

t.test('texts are in the language asked for, the author’s own first', async (t) => {
  const items: Node[] = [{
    kind: 'integer',
    name: 'age',
    label: { en: 'Age', ar: 'العمر' },
    max: 130,
    constraint: 'age >= 18',
    constraintMessage: { en: 'adults only', ar: 'للبالغين فقط' }
  }]
  const shown = (age: unknown, language: string) =>
    result(items, { age }, {}, language).faults.map(({ message, label }) => [label, message])
  t.strictSame(shown(5, 'ar-SA'), [['العمر', 'للبالغين فقط']])
  t.strictSame(shown(5, 'fr'), [['Age', 'adults only']])
  t.strictSame(shown(131, 'ar'), [['العمر', 'يجب ألا تزيد القيمة على 130']])
  t.strictSame(shown(131, 'en'), [['Age', 'must be at most 130']])
})

t.test('a draft may lack answers, and a form begins with its defaults', async (t) => {
  const form = compiled([
    { kind: 'date', name: 'day', default: 'today()', required: true },
    { kind: 'text', name: 'why', required: true },
    { kind: 'decimal', name: 'share', default: '5' },
    { kind: 'text', name: 'late', relevant: 'share > 9', default: '"x"' }
  ])
  t.strictSame(validateAnswers(form, {}, { ...moment, partial: true }).faults, [])
  t.strictSame(initialAnswers(form, moment), { day: '2026-11-29', share: 5 })
})
