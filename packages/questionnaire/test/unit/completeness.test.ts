import t from 'tap'
import { missingTexts } from '@dueline/questionnaire'
import { questionnaire } from './samples.ts'

t.test('each text that a language lacks is named by its place', async (t) => {
  const both = { en: 'Yes', ar: 'نعم' }
  const form = questionnaire([
    { kind: 'group', name: 'g', items: [{ kind: 'text', name: 'a', label: { en: 'A' }, hint: { ar: 'أ' } }] },
    { kind: 'yes_no', name: 'b', label: both, constraintMessage: { en: 'no' } },
    { kind: 'note', name: 'c' },
    { kind: 'calculated', name: 'd', type: 'integer', calculation: '1' }
  ], { title: { en: 'Form' }, lists: { l: [{ name: 'x', label: both }, { name: 'y', label: { ar: 'ص' } }] } })
  t.strictSame(missingTexts(form).map(({ pointer, name }) => [pointer, name]), [
    ['/title/ar', undefined],
    ['/items/0/items/0/label/ar', 'a'],
    ['/items/0/items/0/hint/en', 'a'],
    ['/items/1/constraintMessage/ar', 'b'],
    ['/items/2/label/en', 'c'],
    ['/items/2/label/ar', 'c'],
    ['/lists/l/1/label/en', 'l.y']
  ])
})
