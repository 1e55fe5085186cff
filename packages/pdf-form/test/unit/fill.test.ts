import { decodePDFRawStream, PDFDict, PDFDocument, PDFName, PDFRawStream } from '@cantoo/pdf-lib'
import t from 'tap'
import { fillForm, readForm } from '../../src/index.ts'
import { entry, textOf } from '../../src/objects.ts'
import { fieldsOf, inherited, loadObjects } from '../../src/structure.ts'
import { pdfLimits } from '../../src/limits.ts'
import { form } from './forms.ts'
import { addField, made, text } from './made.ts'

async function filled (bytes: Uint8Array, answers: Record<string, unknown>) {
  const { questionnaire } = await readForm(bytes)
  if (questionnaire === null) throw new Error('nothing was read')
  const { pdf, issues } = await fillForm(bytes, answers, questionnaire)
  const document = await loadObjects(pdf)
  const fields = new Map(fieldsOf(document, pdfLimits).map((field) => [field.name, field]))
  const value = (name: string) =>
    textOf(inherited(fields.get(name)?.dict ?? PDFDict.withContext(document.context), 'V'))
  return { pdf, issues, document, fields, value }
}

/** What a widget draws. */
function drawing (dict: PDFDict | undefined): string {
  const appearance = dict === undefined ? undefined : entry(dict, 'AP')
  const stream = appearance instanceof PDFDict ? entry(appearance, 'N') : undefined
  return stream instanceof PDFRawStream ? Buffer.from(decodePDFRawStream(stream).decode()).toString('latin1') : ''
}
const said = (words: string) => `<FEFF${Buffer.from(words, 'utf16le').swap16().toString('hex').toUpperCase()}>`

t.test('values, ticks and choices of an English form', async (t) => {
  const { value, fields, issues, document } = await filled(form('visit.pdf'), {
    Full_name: 'Jane Doe',
    what: 'one\ntwo',
    day: '2026-11-29',
    floors: 3,
    area: 120.5,
    urgent: 'yes',
    city: 'Jeddah',
    trades: ['Power', 'Air'],
    material: { other: 'Glass' },
    terms: true,
    copy: false,
    elsewhere: 1
  })
  t.equal(value('Full name'), 'Jane Doe')
  t.equal(value('what'), 'one\ntwo')
  t.equal(value('area'), '120.50', 'with the decimals of the field’s own format')
  t.equal(value('urgent'), 'yes')
  t.equal(value('material'), 'Glass')
  t.equal(value('terms'), 'accepted', 'by its own state')
  t.equal(value('copy'), 'Off')
  t.equal(value('reference'), '', 'what has no answer is emptied')
  const states = fields.get('urgent')?.widgets.map(({ dict }) => textOf(entry(dict, 'AS')))
  t.strictSame(states, ['yes', 'Off'])
  for (const [name, words] of [['Full name', 'Jane Doe'], ['city', 'Jeddah'], ['trades', 'Water'], ['floors', '3']]) {
    t.ok(drawing(fields.get(name ?? '')?.widgets[0]?.dict).includes(said(words ?? '')), `${name} shows ${words}`)
  }
  t.match(issues, [{ code: 'no_field', question: 'elsewhere' }])
  t.equal(document.catalog.getOrCreateAcroForm().dict.has(PDFName.of('NeedAppearances')), false)
})

t.test('an Arabic form: names, states and texts as LibreOffice wrote them', async (t) => {
  const words = 'تذكرة 12345 من Acme Corp'
  const { value, fields, issues, pdf } = await filled(form('visit-ar.pdf'), {
    question: 'محمد',
    ticket: words,
    question_3: 'نعم',
    city: 'جدة',
    terms: true
  })
  t.strictSame(issues, [])
  t.equal(value('ticket'), words)
  t.ok(drawing(fields.get('ticket')?.widgets[0]?.dict).includes(said(words)))
  const again = await readForm(pdf)
  const defaults = again.questionnaire?.items.map((node) => 'default' in node ? node.default : undefined)
  t.strictSame(defaults, ['"محمد"', JSON.stringify(words), undefined, undefined, undefined, '"نعم"', '"جدة"', 'true'])
})

t.test('a form of XFA stays an ordinary form', async (t) => {
  const { document, value } = await filled(form('with_xfa_fields.pdf'), { f1_02: 'Jane' })
  t.equal(document.catalog.getOrCreateAcroForm().dict.has(PDFName.of('XFA')), false)
  t.equal(value('topmostSubform[0].Page1[0].f1_02[0]'), 'Jane')
})

t.test('turned fields, and values of their own for buttons', async (t) => {
  const answers = { LastName: 'Turned', Historical_Figures: 'Ada_Lovelace_💻', First_Name: '🚀' }
  const { value, fields, issues } = await filled(form('fancy_fields.pdf'), answers)
  t.equal(value('Historical Figures 🐺'), '1', 'the state, whose text is Ada Lovelace')
  t.ok(drawing(fields.get('LastName 🛩')?.widgets[0]?.dict).includes(said('Turned')))
  t.match(issues, [{ code: 'letters_missing', question: 'First_Name' }])
})

t.test('dates and times as the field writes them, and a text that does not fit', async (t) => {
  const bytes = await made((document) => {
    const format = (js: string) => ({ F: { S: 'JavaScript', JS: text(js) } })
    const at = (y: number) => [100, y, 200, y + 20]
    addField(document, { FT: 'Tx', T: text('a'), Rect: at(500), AA: format('AFDate_FormatEx("dd/mm/yyyy")') })
    addField(document, { FT: 'Tx', T: text('b'), Rect: at(460), AA: format('AFDate_FormatEx("mmm d, yy")') })
    addField(document, { FT: 'Tx', T: text('c'), Rect: at(420), AA: format('AFTime_FormatEx("h:MM tt")') })
    addField(document, { FT: 'Tx', T: text('d'), Rect: at(380) })
  })
  const { value, issues } = await filled(bytes, { a: '2026-03-09', b: '2026-03-09', c: '14:05', d: 'long '.repeat(40) })
  t.strictSame(['a', 'b', 'c'].map(value), ['09/03/2026', 'Mar 9, 26', '2:05 pm'])
  t.match(issues, [{ code: 'cut_off', question: 'd' }])
})

t.test('what is filled in can be opened and filled in again', async (t) => {
  const first = await filled(form('visit.pdf'), { Full_name: 'one', terms: true })
  const second = await filled(first.pdf, { Full_name: 'two' })
  t.equal(second.value('Full name'), 'two')
  t.equal(second.value('terms'), 'Off')
  t.equal((await PDFDocument.load(second.pdf)).getPageCount(), 1)
})
