/* eslint no-template-curly-in-string: off -- XLSForm writes answers so */
// A questionnaire that goes out as an XLSForm and comes back means the same: it judges any answers alike.
import t from 'tap'
import { compileQuestionnaire, FORMAT, type Questionnaire, validateAnswers } from '@dueline/questionnaire'
import { exportCsv, exportXlsx, importCsv, importXlsx } from '@dueline/questionnaire/import'
import { property } from '../../../../test/harness/property.ts'
import { samples } from './arbitrary.ts'
import { moment } from './samples.ts'

/** What it makes of answers; the faults without their texts. */
function judged (form: Questionnaire, answers: unknown) {
  const { faults, ...rest } = validateAnswers(compileQuestionnaire(form), answers, moment)
  return JSON.stringify({ ...rest, faults: faults.map(({ pointer, code }) => `${pointer} ${code}`) })
}

let compared = 0
property(t, 'out to CSV and in again', samples, ({ questionnaire, answers }) => {
  const { text, issues } = exportCsv(questionnaire)
  // What XLSForm cannot say, as `exists`, is reported; then the rest is not the same.
  if (issues.length > 0) return
  const back = importCsv(text)
  const wrong = back.issues.filter(({ severity }) => severity === 'error')
  if (wrong.length > 0 || back.questionnaire === null) throw new Error(JSON.stringify(wrong))
  const [before, after] = [judged(questionnaire, answers), judged(back.questionnaire, answers)]
  if (before !== after) throw new Error(`${before} is not ${after}`)
  compared++
}, 300)
t.ok(compared > 100, `${compared} of them could be said`)

const every: Questionnaire = {
  format: FORMAT,
  name: 'every_kind',
  version: '2.1',
  title: { en: 'Every kind', ar: 'كل الأنواع' },
  languages: [{ tag: 'en', name: 'English (en)' }, { tag: 'ar', name: 'Arabic (ar)' }],
  lists: {
    sizes: [
      { name: 'small', label: { en: 'Small', ar: 'صغير' }, attributes: { floor: '1' } },
      { name: 'large', label: { en: 'Large', ar: 'كبير' }, attributes: { floor: '2' } }
    ]
  },
  items: [
    {
      kind: 'section',
      name: 'first',
      label: { en: 'First', ar: 'أولا' },
      items: [
        {
          kind: 'text',
          name: 'who',
          label: { en: '=1+1', ar: "it's" },
          required: true,
          requiredMessage: { en: 'Say who', ar: 'من؟' },
          default: '"a b"'
        },
        { kind: 'long_text', name: 'why', label: { en: '-', ar: 'لماذا' }, relevant: '(who == "x")' }
      ]
    },
    { kind: 'date', name: 'day', constraint: 'day >= today()', constraintMessage: { en: 'later' }, default: 'today()' },
    { kind: 'time', name: 'hour' },
    { kind: 'date_time', name: 'moment' },
    { kind: 'yes_no', name: 'sure', default: 'true' },
    { kind: 'one_of', name: 'size', list: 'sizes', other: true, filter: 'choice.floor == who' },
    { kind: 'many_of', name: 'sizes_seen', list: 'sizes', default: '["small", "large"]' },
    { kind: 'rating', name: 'stars', min: 1, max: 5 },
    { kind: 'file', name: 'picture', mediaTypes: ['image/*'] },
    { kind: 'repeat', name: 'visits', count: 'stars', items: [{ kind: 'decimal', name: 'cost', readOnly: true }] },
    { kind: 'calculated', name: 'total', calculation: 'sum(visits.map(r, r.cost))', type: 'decimal' },
    {
      kind: 'note',
      name: 'thanks',
      relevant: 'sure == true && "small" in sizes_seen',
      label: { en: 'Thanks', ar: 'شكرا' }
    }
  ]
}
delete every.items[0]?.label

t.test('every kind goes out and comes back, as XLSX and as CSV', async (t) => {
  const xlsx = await exportXlsx(every)
  t.strictSame(xlsx.issues, [])
  const back = await importXlsx(xlsx.bytes)
  t.strictSame(back.issues.filter(({ severity }) => severity !== 'warning'), [])
  const expected = JSON.parse(
    JSON.stringify(every)
      .replace('"en":"-",', '')
      .replace('(who == \\"x\\")', 'who == \\"x\\"')
  )
  t.strictSame(JSON.parse(JSON.stringify(back.questionnaire)), expected)
  const csv = exportCsv(every)
  t.notMatch(csv.text, /(^|,)"?[=+@-]/m, 'no cell that a program would run')
  t.strictSame(importCsv(csv.text).questionnaire, back.questionnaire)
})

t.test('what XLSForm cannot say is reported', async (t) => {
  const { issues } = exportCsv({
    ...every,
    items: [
      { kind: 'integer', name: 'n', unit: 'kg', min: 1 },
      { kind: 'repeat', name: 'r', min: 1, items: [{ kind: 'integer', name: 'x' }] },
      { kind: 'note', name: 'a', relevant: 'r.exists(o, o.x > 1)' }
    ]
  })
  t.strictSame(issues.map(({ column, row }) => `${column} ${row}`), ['type 2', 'repeat_count 4', 'relevant 6'])
})
