import t from 'tap'
import { compileQuestionnaire } from '@dueline/questionnaire'
import { readForm } from '../../src/index.ts'
import { form, questionsIn } from './forms.ts'

async function read (file: string) {
  const read = await readForm(form(file))
  if (read.questionnaire === null) throw new Error('nothing was read')
  return { ...read, questionnaire: read.questionnaire, questions: questionsIn(read.questionnaire) }
}

t.test('a form of LibreOffice in English', async (t) => {
  const { questionnaire, questions, issues } = await read('visit.pdf')
  t.strictSame(questions.map(({ name, kind, label }) => [name, kind, label?.['en-US']]), [
    ['Full_name', 'text', 'Full name'],
    ['reference', 'text', 'Your reference'],
    ['what', 'long_text', 'What happened'],
    ['day', 'date', 'Day of the visit'],
    ['floors', 'integer', 'Number of floors'],
    ['area', 'decimal', 'Area in square metres'],
    ['urgent', 'one_of', 'Urgent'],
    ['city', 'one_of', 'City'],
    ['trades', 'many_of', 'Trades'],
    ['material', 'one_of', 'Material'],
    ['terms', 'yes_no', 'I agree to the terms'],
    ['copy', 'yes_no', 'Send me a copy']
  ])
  t.match(questions[0], { maxLength: 40 })
  t.match(questions[1], { default: '"REF-1"' })
  t.match(questions[9], { other: true }, 'a box to write in takes an answer of one’s own')
  t.match(questions[11], { default: 'true' })
  t.strictSame(questionnaire.lists?.['urgent'], [
    { name: 'yes', label: { 'en-US': 'Yes' } },
    { name: 'no', label: { 'en-US': 'No' } }
  ])
  t.strictSame(questionnaire.title, { 'en-US': 'Site visit' })
  const guesses = issues.filter(({ severity }) => severity === 'guess')
  t.notOk(
    guesses.some(({ code, field }) => code === 'label_guessed' && field === 'reference'),
    'a tool tip is no guess'
  )
  t.ok(guesses.some(({ code, field }) => code === 'label_guessed' && field === 'city'))
  t.ok(guesses.some(({ code, question }) => code === 'filled' && question === 'reference'))
  t.ok(issues.some(({ code }) => code === 'scripts'), 'the scripts that check dates and numbers are reported')
  t.doesNotThrow(() => compileQuestionnaire(questionnaire))
})

t.test('a form of LibreOffice in Arabic', async (t) => {
  const { questionnaire, questions, issues, places } = await read('visit-ar.pdf')
  t.strictSame(questionnaire.languages, [{ tag: 'ar' }])
  t.strictSame(questions.map(({ kind, label }) => [kind, label?.['ar']]), [
    ['text', 'الاسم الكامل'],
    ['text', 'رقم التذكرة كما في الرسالة'],
    ['long_text', 'الوصف'],
    ['date', 'تاريخ الزيارة'],
    ['integer', 'عدد الطوابق'],
    ['one_of', 'هل الأمر عاجل'],
    ['one_of', 'المدينة'],
    ['yes_no', 'أوافق على الشروط']
  ])
  const urgent = questions[5]
  const list = urgent?.kind === 'one_of' ? questionnaire.lists?.[urgent.list] : undefined
  t.strictSame(list, [{ name: 'نعم', label: { ar: 'نعم' } }, { name: 'لا', label: { ar: 'لا' } }], 'from the right')
  t.equal(places[0]?.field, '#D8#A7#D9#84#D8#A7#D8#B3#D9#85', 'the name to write back is that of the file')
  t.ok(issues.some(({ code }) => code === 'language_guessed'), 'LibreOffice said en-US')
  t.doesNotThrow(() => compileQuestionnaire(questionnaire))
})

t.test('the shadow of a static XFA form, on two pages', async (t) => {
  const { questionnaire, questions, issues, pages } = await read('with_xfa_fields.pdf')
  t.equal(pages, 2)
  t.strictSame(questionnaire.items.map(({ kind, name, label }) => [kind, name, label?.['und']]), [
    ['section', 'page_1', 'Page 1'],
    ['section', 'page_2', 'Page 2']
  ])
  const labels = questions.map(({ label }) => label?.['und'])
  for (const label of ['Married filing jointly', 'Your first name and middle initial', 'Foreign country name']) {
    t.ok(labels.includes(label), label)
  }
  t.equal(new Set(questions.map(({ name }) => name)).size, questions.length)
  t.ok(issues.some(({ code }) => code === 'scripts'))
})

t.test('the same bytes give the same names', async (t) => {
  const [one, other] = [await readForm(form('fancy_fields.pdf')), await readForm(form('fancy_fields.pdf'))]
  t.strictSame(one, other)
})
