import t from 'tap'
import { compileQuestionnaire, exampleAnswers, questionnaireHtml, validateAnswers } from '@dueline/questionnaire'
import { samples } from './arbitrary.ts'
import { property } from '../../../../test/harness/property.ts'
import { compiled, moment } from './samples.ts'

const hostile = `<script>alert(1)</script>" onclick='x' &amp;`
const form = compiled([
  {
    kind: 'section',
    name: 'place',
    label: { en: 'The place', ar: 'الموقع' },
    items: [
      {
        kind: 'text',
        name: 'address',
        label: { en: 'Address', ar: 'العنوان' },
        hint: { en: 'Street' },
        required: true
      },
      { kind: 'one_of', name: 'size', list: 'sizes', label: { en: 'Size', ar: 'الحجم' }, other: true },
      { kind: 'date', name: 'day', label: { en: 'Day' }, required: 'size == "large"', readOnly: true }
    ]
  },
  {
    kind: 'repeat',
    name: 'visits',
    label: { en: 'Visits' },
    items: [
      { kind: 'yes_no', name: 'urgent', label: { en: 'Urgent?' } },
      { kind: 'long_text', name: 'reason', label: { en: hostile }, relevant: 'urgent' }
    ]
  }
], { title: { en: 'Site visit', ar: 'زيارة' }, lists: { sizes: [{ name: 'small' }, { name: 'large' }] } })

/** Every control without a label, and every label, description or double id that leads nowhere. */
function loose (page: string): string[] {
  const all = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, id = '']) => id)
  const ids = all(/ id="([^"]*)"/g)
  const labels = all(/<label for="([^"]*)"/g)
  const controls = all(/<(?:input|textarea|select|output)\b[^>]* id="([^"]*)"/g)
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is there twice`),
    ...controls.filter((id) => !labels.includes(id)).map((id) => `${id} has no label`),
    ...labels.filter((id) => !controls.includes(id)).map((id) => `the label of ${id} leads nowhere`),
    ...all(/aria-describedby="([^"]*)"/g).filter((id) => !ids.includes(id))
  ]
}

t.test('labels, fieldsets and words', async (t) => {
  const page = questionnaireHtml(form.questionnaire)
  t.match(page, /^<!doctype html>\n<html lang="en" dir="ltr">/)
  t.strictSame(loose(page), [])
  t.match(page, '<bdi>Address</bdi> <span class="mark">(required)</span></label>')
  t.match(page, /<input id="q-place-address"[^>]* required aria-describedby="q-place-address-hint"/)
  t.match(page, '<legend><bdi>The place</bdi></legend>')
  t.match(page, '(required in some cases, cannot be changed)')
  t.match(page, 'Only asked in some cases')
})

t.test('in Arabic, from the right', async (t) => {
  const page = questionnaireHtml(form.questionnaire, { language: 'ar' })
  t.match(page, '<html lang="ar" dir="rtl">')
  t.match(page, '<bdi>العنوان</bdi> <span class="mark">(إلزامي)</span>')
  t.match(page, '<bdi>Day</bdi>', 'what has no Arabic text is in the first language')
})

t.test('no text becomes markup', async (t) => {
  const answers = { address: hostile, size: { other: hostile }, visits: [{ urgent: true, reason: hostile }] }
  const page = questionnaireHtml(form.questionnaire, { answers })
  t.notMatch(page, '<script')
  t.notMatch(page, "'x'")
  t.match(page, '&lt;script&gt;alert(1)&lt;/script&gt;&quot; onclick=&#39;x&#39; &amp;amp;')
  t.strictSame(loose(page), [])
})

t.test('filled in with made up answers', async (t) => {
  const answers = exampleAnswers(form, moment)
  t.strictSame(answers, {
    address: 'Example',
    size: 'small',
    visits: [{ urgent: true, reason: 'Example' }]
  })
  const page = questionnaireHtml(form.questionnaire, { answers })
  t.match(page, 'value="Example"')
  t.match(page, /value="small"[^>]* checked/)
  t.match(page, '>Example</textarea>')
  t.equal(exampleAnswers(form, moment, 'ar').address, 'مثال')
})

property(
  t,
  'of any questionnaire each control has its label, and the example holds',
  samples,
  ({ questionnaire: made }) => {
    const form = compileQuestionnaire(made)
    const answers = exampleAnswers(form, moment)
    const again = validateAnswers(form, answers, { ...moment, partial: true })
    if (again.faults.length > 0) throw new Error(JSON.stringify(again.faults))
    const faults = loose(questionnaireHtml(made, { answers }))
    if (faults.length > 0) throw new Error(faults.join('; '))
  },
  300
)
