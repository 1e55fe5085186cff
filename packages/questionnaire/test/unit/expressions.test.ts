import t from 'tap'
import { type Node, validateAnswers } from '@dueline/questionnaire'
import { compiled, moment } from './samples.ts'

const asked: Node[] = [
  { kind: 'integer', name: 'n' },
  { kind: 'decimal', name: 'd' },
  { kind: 'text', name: 's' },
  { kind: 'yes_no', name: 'b' },
  { kind: 'date', name: 'day' },
  { kind: 'date_time', name: 'at' },
  { kind: 'many_of', name: 'many', list: 'l' },
  { kind: 'integer', name: 'none' },
  { kind: 'repeat', name: 'rows', items: [{ kind: 'integer', name: 'amount' }] }
]
const answers = {
  n: 7,
  d: 2.5,
  s: 'abc',
  b: true,
  day: '2026-02-27',
  at: '2026-11-29T10:00:00+03:00',
  many: ['x', 'y'],
  rows: [{ amount: 1 }, { amount: 4 }, {}]
}
type ResultType = Extract<Node, { kind: 'calculated' }>['type']

function valueOf (calculation: string, type: ResultType): unknown {
  const form = compiled([...asked, { kind: 'calculated', name: 'result', calculation, type }], {
    lists: { l: [{ name: 'x' }, { name: 'y' }, { name: 'z' }] }
  })
  const { answers: clean, faults } = validateAnswers(form, answers, moment)
  return faults.length > 0 ? faults : clean.result ?? null
}

const table: [string, ResultType, unknown][] = [
  ['n + 1', 'integer', 8],
  ['n / 2', 'integer', 3],
  ['-n / 2', 'integer', -3],
  ['n % 4', 'integer', 3],
  ['n / 2.0', 'decimal', 3.5],
  ['n * d', 'decimal', 17.5],
  ['n / 0', 'integer', null],
  ['9007199254740991 + n', 'integer', null],
  ['n + none', 'integer', null],
  ['none > 1 || none <= 1', 'yes_no', false],
  ['!(none > 1)', 'yes_no', true],
  ['none == null', 'yes_no', true],
  ['none != 5', 'yes_no', true],
  ['none == none', 'yes_no', true],
  ['b && none > 1', 'yes_no', false],
  ['coalesce(none, n)', 'integer', 7],
  ['none > 1 ? "big" : "small"', 'text', 'small'],
  ['s + "-" + string(n)', 'text', 'abc-7'],
  ['s.matches("^a.c$")', 'yes_no', true],
  ['s.matches("^b")', 'yes_no', false],
  ['size(s)', 'integer', 3],
  ['size("سلام😀")', 'integer', 5],
  ['s.contains("b") && s.startsWith("a") && s.endsWith("c")', 'yes_no', true],
  ['substring(s, 1, 2)', 'text', 'b'],
  ['"x" in many', 'yes_no', true],
  ['"z" in many', 'yes_no', false],
  ['n in [1, 7]', 'yes_no', true],
  ['size(many)', 'integer', 2],
  ['many[1]', 'text', 'y'],
  ['many[9]', 'text', null],
  ['addDays(day, 2)', 'date', '2026-03-01'],
  ['addDays(date("9999-12-31"), 1)', 'date', null],
  ['daysBetween(day, today())', 'integer', 275],
  ['day < date("2026-03-01")', 'yes_no', true],
  ['date("2026-02-30")', 'date', null],
  ['at == timestamp("2026-11-29T07:00:00Z")', 'yes_no', true],
  ['at <= now()', 'yes_no', true],
  ['round(d)', 'integer', 3],
  ['round(d / 3, 2)', 'decimal', 0.83],
  ['floor(-d)', 'integer', -3],
  ['int("٤٢")', 'integer', 42],
  ['int(d)', 'integer', 2],
  ['min(n, d)', 'decimal', 2.5],
  ['max(rows.map(r, r.amount))', 'integer', 4],
  ['sum(rows.map(r, r.amount))', 'integer', 5],
  ['size(rows)', 'integer', 3],
  ['rows.exists(r, r.amount > 3)', 'yes_no', true],
  ['rows.all(r, r.amount > 0)', 'yes_no', false],
  ['size(rows.filter(r, r.amount > 1))', 'integer', 1],
  ['rows.exists(r, rows.exists(q, q.amount > r.amount))', 'yes_no', true],
  ['rows[0].amount', 'integer', 1],
  ['pow(2, 10)', 'decimal', 1024]
]

t.test('expressions give what the table says', async (t) => {
  for (const [source, type, wanted] of table) t.strictSame(valueOf(source, type), wanted, source)
})

t.test('types that do not fit are refused', async (t) => {
  const wrong = [
    'n + s',
    's < s',
    'b > 1',
    'n == s',
    's in n',
    'd % 2',
    'many == s',
    'day + 1',
    's.matches(s)',
    'n.foo',
    'rows == rows[0]',
    'sum(many)',
    'n ? 1 : 2',
    'size(n)',
    '{"a": 1}',
    'rows.exists(r, r.n > 1)',
    'rows.map(r.x, 1)'
  ]
  for (const source of wrong) t.throws(() => valueOf(source, 'yes_no'), { name: 'QuestionnaireError' }, source)
})

t.test('work over repetitions is counted, and ends', async (t) => {
  const form = compiled([
    { kind: 'repeat', name: 'rows', max: 1_000, items: [{ kind: 'integer', name: 'amount' }] },
    { kind: 'calculated', name: 'all', type: 'yes_no', calculation: 'rows.all(r, rows.all(q, q.amount == r.amount))' }
  ])
  const rows = (count: number) => ({ rows: Array.from({ length: count }, () => ({ amount: 1 })) })
  t.strictSame(validateAnswers(form, rows(400), moment).valid, true)
  t.match(validateAnswers(form, rows(1_000), moment).faults, [{ pointer: '', code: 'too_much_work' }])
})

t.test('texts do not grow without end', async (t) => {
  const doubling: Node[] = Array.from({ length: 40 }, (_, index) => ({
    kind: 'calculated',
    name: `c${index}`,
    type: 'text',
    calculation: index === 0 ? '"ab"' : `c${index - 1} + c${index - 1}`
  }))
  const { answers } = validateAnswers(compiled(doubling), {}, moment)
  t.equal(String(answers.c12).length, 8192)
  t.notOk('c13' in answers, 'beyond 10,000 characters there is no value')
})
