import t from 'tap'
import { fromFhir, type Questionnaire, toFhir } from '@dueline/questionnaire'
import { property } from '../../../../test/harness/property.ts'
import { samples } from './arbitrary.ts'
import { questionnaire } from './samples.ts'

function roundTrip (form: Questionnaire) {
  return fromFhir(JSON.parse(JSON.stringify(toFhir(form))))
}

property(t, 'out to FHIR and in again is the same', samples, ({ questionnaire }) => {
  const { questionnaire: back, issues, faults } = roundTrip(questionnaire)
  if (issues.length + faults.length > 0) throw new Error(JSON.stringify([issues, faults]))
  if (sorted(back) !== sorted(questionnaire)) throw new Error(`${sorted(back)} is not ${sorted(questionnaire)}`)
}, 300)

/** JSON with its keys in order. */
function sorted (value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1))
      : part)
}

t.test('every field of every kind comes back', async (t) => {
  const both = { en: 'Text', ar: 'نص' }
  const asked = { label: both, hint: { ar: 'تلميح' }, requiredMessage: both, constraintMessage: { en: 'No' } }
  const form = questionnaire([
    {
      kind: 'section',
      name: 's',
      label: both,
      items: [
        {
          kind: 'text',
          name: 'a',
          ...asked,
          required: 'b == 1',
          constraint: 'a != "x"',
          minLength: 1,
          maxLength: 9,
          pattern: 'a+'
        },
        { kind: 'integer', name: 'b', min: 1, max: 5, unit: 'h', required: true, readOnly: false, default: '2' }
      ]
    },
    { kind: 'decimal', name: 'c', min: 0.5, readOnly: 'b > 1' },
    { kind: 'date', name: 'd', min: '2026-01-01' },
    { kind: 'time', name: 'e', max: '17:00' },
    { kind: 'date_time', name: 'f', min: '2026-01-01T00:00:00Z' },
    { kind: 'yes_no', name: 'g', relevant: 'b == 1 || b == 2' },
    { kind: 'one_of', name: 'h', list: 'my_list', other: true, filter: 'choice.warm == a' },
    { kind: 'many_of', name: 'i', list: 'my_list', other: false, minChoices: 1, maxChoices: 2 },
    { kind: 'rating', name: 'j', max: 5 },
    { kind: 'file', name: 'k', mediaTypes: ['image/*', 'application/pdf'], maxBytes: 10, maxFiles: 2 },
    { kind: 'long_text', name: 'l' },
    { kind: 'calculated', name: 'm', calculation: 'c * 2', type: 'decimal', unit: 'kg' },
    { kind: 'note', name: 'n', label: both },
    { kind: 'repeat', name: 'o', min: 1, max: 3, items: [{ kind: 'text', name: 'p' }] },
    {
      kind: 'repeat',
      name: 'q',
      count: 'b',
      items: [{ kind: 'group', name: 'r', items: [{ kind: 'text', name: 't' }] }]
    }
  ], {
    version: '3',
    title: both,
    languages: [{ tag: 'en', name: 'English' }, { tag: 'ar' }],
    lists: { my_list: [{ name: 'x', label: both, attributes: { warm: 'yes' } }, { name: 'y', label: { ar: 'ص' } }] }
  })
  const { questionnaire: back, issues, faults } = roundTrip(form)
  t.strictSame([issues, faults], [[], []])
  t.strictSame(back, form)
})

t.test('what others write: enableWhen, options in place, other types, other languages of expressions', async (t) => {
  const { questionnaire: form, issues, faults } = fromFhir({
    resourceType: 'Questionnaire',
    status: 'active',
    name: 'Intake',
    item: [
      {
        linkId: '1.1',
        type: 'coding',
        text: 'Sex',
        answerOption: [{ valueCoding: { code: 'm', display: 'Male' } }, { valueString: 'n' }]
      },
      {
        linkId: '2',
        type: 'integer',
        text: 'Age',
        enableWhen: [{ question: '1.1', operator: '=', answerCoding: { code: 'm' } }]
      },
      {
        linkId: '3',
        type: 'boolean',
        enableBehavior: 'any',
        enableWhen: [{ question: '2', operator: '>', answerInteger: 5 }, {
          question: '1.1',
          operator: 'exists',
          answerBoolean: false
        }]
      },
      { linkId: '4', type: 'reference' },
      { linkId: '5', type: 'coding', answerValueSet: 'http://example.org/vs' },
      { linkId: '6', type: 'string', enableWhen: [{ question: 'none', operator: '=', answerString: 'x' }] },
      { linkId: '7', type: 'string', item: [{ linkId: '7.1', type: 'string' }] }
    ]
  })
  t.strictSame(faults, [])
  t.match(form?.items, [
    { kind: 'one_of', name: '_1_1' },
    { kind: 'integer', relevant: '_1_1 == "m"' },
    { kind: 'yes_no', relevant: '_2 > 5 || _1_1 == null' },
    { kind: 'text', name: '_6' },
    { name: '_7' },
    { name: '_7_1' }
  ])
  const reported = issues.filter(({ code }) => code !== 'renamed').map(({ linkId, code }) => `${linkId} ${code}`)
  t.strictSame(reported, ['4 type', '5 value_set', '5 type', '6 not_translated'])
  t.match(fromFhir({ resourceType: 'Patient' }), { questionnaire: null, issues: [{ code: 'not_a_questionnaire' }] })
})
