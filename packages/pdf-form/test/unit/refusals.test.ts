import { deflateSync } from 'node:zlib'
import { PDFDocument, PDFName } from '@cantoo/pdf-lib'
import t from 'tap'
import { drawPage, pdfLimits, readForm } from '../../src/index.ts'
import { form, refusalOf } from './forms.ts'
import { addField, made, text } from './made.ts'

const oneField = (document: PDFDocument) => void addField(document, { FT: 'Tx', T: text('name') })
const emptyPages = (count: number) =>
  made((document) => {
    oneField(document)
    for (let page = 1; page < count; page++) document.addPage([100, 100])
  })
const manyFields = (count: number) =>
  made((document) => {
    for (let index = 0; index < count; index++) addField(document, { FT: 'Tx', T: text(`f${index}`) })
  })

t.test('what is no PDF, or broken', async (t) => {
  const png = (await drawPage(form('form_evince.pdf'), 1)).png
  t.equal(await refusalOf(readForm(png)), 'not_a_pdf', 'a picture, whatever its name')
  t.equal(await refusalOf(readForm(new Uint8Array())), 'not_a_pdf')
  t.equal(await refusalOf(readForm(Buffer.from('%PDF-1.7\nand nothing else'))), 'broken')
  t.equal(await refusalOf(drawPage(Buffer.from('%PDF-1.7\nand nothing else'), 1)), 'broken')
})

t.test('a password', async (t) => {
  const encrypted = async (password: string) => {
    const document = await PDFDocument.load(form('visit.pdf'))
    document.encrypt({ userPassword: password, ownerPassword: 'the owner’s' })
    return await document.save({ updateFieldAppearances: false })
  }
  const closed = await encrypted('secret')
  t.equal(await refusalOf(readForm(closed)), 'encrypted')
  t.equal(await refusalOf(drawPage(closed, 1)), 'encrypted')
  const open = await readForm(await encrypted(''))
  t.equal(open.places.length, 12, 'that only guards against changes does not hinder reading')
  t.strictSame(open.places, (await readForm(form('visit.pdf'))).places)
})

t.test('a dynamic XFA form, which has no fields for others', async (t) => {
  const dynamic = await made((document) => {
    document.catalog.getOrCreateAcroForm().dict.set(PDFName.of('XFA'), document.context.obj([]))
  })
  t.equal(await refusalOf(readForm(dynamic)), 'dynamic_form')
})

t.test('more than a file may hold', async (t) => {
  t.equal(await refusalOf(readForm(await emptyPages(pdfLimits.pages + 1))), 'too_many_pages')
  t.equal((await readForm(await emptyPages(pdfLimits.pages))).pages, pdfLimits.pages)
  t.equal(await refusalOf(readForm(await manyFields(pdfLimits.fields + 1))), 'too_many_fields')
  t.equal((await readForm(await manyFields(pdfLimits.fields))).places.length, pdfLimits.fields)
  const bytes = form('visit.pdf')
  t.equal(await refusalOf(readForm(bytes, { ...pdfLimits, bytes: bytes.length - 1 })), 'too_large')
  t.equal((await readForm(bytes, { ...pdfLimits, bytes: bytes.length })).places.length, 12)
})

t.test('streams that unpack to more than they may', async (t) => {
  const limits = { ...pdfLimits, unpackedBytes: 1_000_000 }
  const withStream = (packed: Buffer) =>
    made((document) => {
      oneField(document)
      document.context.register(document.context.stream(packed))
    })
  const zeros = (count: number) => deflateSync(Buffer.alloc(count))
  t.equal(await refusalOf(readForm(await withStream(zeros(1_100_000)), limits)), 'too_large')
  t.equal(await refusalOf(drawPage(await withStream(zeros(1_100_000)), 1, { limits })), 'too_large')
  t.equal(
    await refusalOf(readForm(await withStream(deflateSync(zeros(1_100_000))), limits)),
    'too_large',
    'twice packed'
  )
  t.equal(await refusalOf(readForm(await withStream(zeros(900_000)), limits)), 'not refused')
})

t.test('a page that is not there', async (t) => {
  for (const page of [0, 2, 1.5]) t.equal(await refusalOf(drawPage(form('visit.pdf'), page)), 'no_such_page')
})

t.test('a PDF without fields is read, and says so', async (t) => {
  const { questionnaire, issues } = await readForm(await made(() => {}))
  t.equal(questionnaire, null)
  t.match(issues.at(-1), { severity: 'error', code: 'no_fields' })
})
