// PDFs with fields become drafts; those that cannot are refused, and say why.
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { startTemplate } from './harness.ts'
import { madeForms, pdf, smallForm, type PdfParts } from './pdfs.ts'

const on = await startTemplate(t)
const { call } = on
const pdfType = 'application/pdf'

t.test('a PDF becomes a draft whose guesses are confirmed by a person', async (t) => {
  const { upload, version } = await on.converted(smallForm, pdfType)
  t.match(upload, { state: 'done', fault: null })
  const { body: draft, etag } = version!
  t.match(draft, { state: 'draft', faults: [], source: { kind: 'pdf', uploadId: upload.id } })
  t.match(draft.questionnaire.items, [
    { kind: 'text', name: 'name', label: { en: 'Your name' }, required: true },
    { kind: 'yes_no', name: 'agreed' }
  ])
  const issues: Array<{ id: number, severity: string, code: string, place: string | null }> = draft.issues
  t.match(issues.find(({ code }) => code === 'scripts'), { severity: 'warning' }, 'reported, and not run')
  const guesses = issues.filter(({ severity }) => severity === 'guess')
  t.match(guesses, [{ place: 'page 1, field agreed' }])
  const path = `/template-versions/${draft.id}`
  t.match(await on.publish(path), { status: 409, body: { code: 'version_unfinished' } })
  await call('PATCH', path, { body: { confirmed: guesses.map(({ id }) => id) }, ifMatch: etag })
  t.match(await on.publish(path), { status: 200, body: { state: 'published' } })
})

t.test('forms of others, Arabic ones too', async (t) => {
  const counted = async (file: string) => {
    const { version } = await on.converted(await readFile(new URL(file, madeForms)), pdfType)
    return [version?.body.faults.length, version?.body.questionnaire.languages[0].tag]
  }
  t.same(await counted('visit.pdf'), [0, 'en-US'])
  t.same(await counted('visit-ar.pdf'), [0, 'ar'])
})

t.test('what cannot be read is refused with its reason', async (t) => {
  const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex')
  const key = `<${'00'.repeat(32)}>`
  const encrypt = `/Encrypt << /Filter /Standard /V 1 /R 2 /O ${key} /U ${key} /P -4 >> /ID [<00> <00>]`
  const field = ['/FT /Tx /T (name)']
  const refused = async (bytes: Buffer | PdfParts, code: string, message: RegExp): Promise<void> => {
    const file = Buffer.isBuffer(bytes) ? bytes : pdf(bytes)
    const { upload, version } = await on.converted(file, pdfType)
    t.match(upload, { state: 'refused', templateVersionId: null, fault: { code, message } }, code)
    t.equal(version, undefined)
    const [event] = (await on.outbox()).filter(({ type }) => type === 'dueline.template.refused.v1').slice(-1)
    t.match(event?.data, { uploadId: upload.id, code })
  }
  await refused(png, 'type_differs', /bytes are not of the media type/)
  await refused({ fields: field, trailer: encrypt }, 'encrypted', /^the file is protected by a password/)
  await refused({ form: '/XFA []' }, 'dynamic_form', /^the file is a dynamic XFA form/)
  await refused({ fields: field, pages: 201 }, 'too_many_pages', /^the file has more than 200 pages/)
  await refused({}, 'no_questions', /^the file has no fields/)
  await refused(Buffer.from('%PDF-1.7\nand nothing else'), 'broken', /^the file /)
  const most = await on.converted(pdf({ fields: field, pages: 200 }), pdfType)
  t.equal(most.upload.state, 'done', 'as many pages as may be')
})

t.test('of more issues than are listed, those to be confirmed are, and the rest are counted', async (t) => {
  const fields = Array.from({ length: 510 }, (_, index) => `/FT /Btn /T (f${index})`)
  const script = '/OpenAction << /S /JavaScript /JS (1) >>'
  const { version } = await on.converted(pdf({ fields, catalog: script }), pdfType)
  const issues: Array<{ severity: string, code: string, message: string }> = version!.body.issues
  t.equal(issues.length, 500)
  t.same([...new Set(issues.map(({ severity }) => severity))], ['guess'])
  t.match(issues.at(-1), { code: 'more_issues', message: /^has 13 more issues/ })
})
