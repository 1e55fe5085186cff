/* eslint no-template-curly-in-string: off -- XLSForm writes answers so */
// Expressions of XLSForm in CEL: what they become, and which are refused.
import t from 'tap'
import { importCsv } from '@dueline/questionnaire/import'

const head = 'survey,,,,\n,type,name,relevant,constraint,calculation,choice_filter'
const rows = [
  ',integer,n,,,,',
  ',decimal,d,,,,',
  ',text,s,,,,',
  ',date,day,,,,',
  ',select_one colours,one,,,,',
  ',select_multiple colours,many,,,,',
  ',acknowledge,ok,,,,',
  ',begin repeat,rows,,,,',
  ',integer,amount,,,,',
  ',end repeat,,,,,'
]
const choices = 'choices,,,,\n,list_name,name,label,warm\n,colours,red,Red,yes\n,colours,blue,Blue,no'

function imported (row: string) {
  return importCsv([head, ...rows, row, choices].join('\n'))
}
const cell = (text: string) => `"${text.replaceAll('"', '""')}"`

/** What a condition becomes, or the reason why it is refused. */
function condition (xpath: string): string {
  const { questionnaire, issues } = imported(`,text,q,${cell(xpath)},,,`)
  const [issue] = issues.filter(({ severity }) => severity === 'error')
  if (issue !== undefined) return `${issue.code} ${issue.column}${issue.row}`
  return questionnaire?.items.find(({ name }) => name === 'q')?.relevant ?? ''
}

const conditions: [string, string][] = [
  ["${one} = 'red'", 'one == "red"'],
  ["selected(${many}, 'red') and not(selected(${many}, 'blue'))", '"red" in many && !("blue" in many)'],
  ['${n} > 5 or ${d} <= 2.5', 'n > 5 || d <= 2.5'],
  ['${n} > ١٠', 'n > 10'],
  ["${s} = '١٠'", 's == "١٠"'],
  ["${n} = '5'", 'n == 5'],
  ["${s} = ''", 's == null'],
  ["${s} != ''", 's != null'],
  ['${s}', 's != null'],
  ['${n}', 'n != null && n != 0'],
  ["${day} >= '2026-01-31'", 'day >= date("2026-01-31")'],
  ['today() - ${day} > 30', 'daysBetween(day, today()) > 30'],
  ['${day} + 7 < today()', 'addDays(day, 7) < today()'],
  ['${n} div 2 = 1.5', '(double(n) / 2) == 1.5'],
  ['${n} mod 2 = 0', 'n % 2 == 0'],
  ["${ok} = 'OK'", 'ok == true'],
  ['(${n} + 1) * 2 = 4', '(n + 1) * 2 == 4'],
  ['${n} - 1 - 2 = 0', 'n - 1 - 2 == 0'],
  ['-${n} < 0', '-n < 0'],
  ['count-selected(${many}) > 1', 'size(coalesce(many, [])) > 1'],
  ['string-length(${s}) > 3', 'size(coalesce(s, "")) > 3'],
  ["if(${n} > 1, 'a', 'b') = 'a'", '(n > 1 ? "a" : "b") == "a"'],
  ['sum(${amount}) > 10', 'sum(rows.map(r, r.amount)) > 10'],
  ['count(${rows}) > 1', 'size(rows) > 1'],
  ['max(${amount}) > 1', 'max(rows.map(r, r.amount)) > 1'],
  ["regex(${s}, '^[a-z]+$')", 's.matches("^(?:^[a-z]+$)$")'],
  ['1 < 2', '1 < 2'],
  ['${s} > 5', 'double(s) > 5'],
  ["concat(${s}, '-', ${n}) = 'a-1'", 'coalesce(s, "") + "-" + coalesce(string(n), "") == "a-1"'],
  ['', ''],
  ['${nope} = 1', 'not_translated D13'],
  ['../n = 1', 'not_translated D13'],
  ['/data/n = 1', 'not_translated D13'],
  ['${amount} > 1', 'not_translated D13'],
  ['${n} >', 'not_translated D13'],
  ["jr:choice-name(${one}, '${one}') = 'Red'", 'not_translated D13'],
  ["regex(${s}, '(a)\\1')", 'not_translated D13'],
  ['. > 5 5', 'not_translated D13'],
  [`${'('.repeat(100)}1${')'.repeat(100)} = 1`, 'not_translated D13'],
  ["pulldata('file', 'a', 'b', ${s}) = 'x'", 'not_translated D13']
]

t.test('conditions become CEL or are refused by their cell', async (t) => {
  for (const [xpath, cel] of conditions) {
    const became = condition(xpath)
    // A pattern that RE2 refuses is found when the questionnaire is checked, at the same cell.
    t.equal(became.replace('pattern_refused', 'not_translated'), cel, xpath)
  }
})

t.test('the own answer, calculations and filters', async (t) => {
  const of = (row: string) => {
    const { questionnaire, issues } = imported(row)
    t.strictSame(issues.filter(({ severity }) => severity === 'error'), [], row)
    return questionnaire?.items.at(-1)
  }
  t.match(of(',integer,q,,. >= 18 and . < 100,,'), { constraint: 'q >= 18 && q < 100' })
  t.match(of(',calculate,q,,,${n} * 2,'), { kind: 'calculated', type: 'integer', calculation: 'n * 2' })
  t.match(of(',calculate,q,,,${n} div 2,'), { type: 'decimal', calculation: 'double(n) / 2' })
  t.match(of(',calculate,q,,,"concat(${s}, \'x\')",'), { type: 'text' })
  t.match(of(',select_one colours,q,,,,warm = ${s}'), { filter: 'choice.warm == s' })
  t.match(of(',select_one colours,q,,,,"selected(${many}, name)"'), { filter: 'choice.name in many' })
})

t.test('a cycle, a repeat without end and an unknown type are named by their row', async (t) => {
  const issuesOf = (...rows: string[]) =>
    importCsv([head, ...rows].join('\n')).issues.filter(({ severity }) => severity === 'error')
      .map(({ code, column, row }) => `${code} ${column}${row}`)
  t.strictSame(issuesOf(',calculate,a,,,${b} + 1,', ',calculate,b,,,${a} + 1,'), ['cycle undefined3'])
  t.strictSame(issuesOf(',begin repeat,r,,,,', ',text,a,,,,'), ['not_ended B3'])
  t.strictSame(issuesOf(',text,a,,,,', ',end group,,,,,'), ['not_begun B4'])
  t.strictSame(issuesOf(',text,a,,,,', ',colour,b,,,,'), ['unknown_type B4'])
  t.strictSame(issuesOf(',text,a,,,,', ',select_one none,b,,,,'), ['unknown_list B4'])
})
