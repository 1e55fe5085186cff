// Versions go out as files: workbook, FHIR, HTML, pictures of pages, the form filled in.
import { createHash } from 'node:crypto'
import { importXlsx } from '@dueline/questionnaire/import'
import { fromFhir } from '@dueline/questionnaire'
import { readForm } from '@dueline/pdf-form'
import t from 'tap'
import { form, startTemplate, tenant, type Call } from './harness.ts'
import { labelledForm, smallForm } from './pdfs.ts'

const on = await startTemplate(t)
const { call } = on

/** A file that is answered, with its headers. */
async function file (path: string, { method = 'GET', as = 'sales', body }: Call & { method?: 'GET' | 'POST' } = {}) {
  const answer = await on.service.http.inject({
    method,
    url: `/v1/template-versions/${path}`,
    headers: { authorization: `Bearer ${await on.issuer.token({ tenant, roles: [as!] })}` },
    ...body === undefined ? {} : { payload: body as object }
  })
  const { statusCode: status, headers, rawPayload: bytes } = answer
  return { status, headers, bytes, problem: status < 400 ? undefined : answer.json() }
}

/** A published version of a PDF. */
async function publishedPdf (): Promise<string> {
  const { version } = await on.converted(labelledForm, 'application/pdf')
  const { id } = version!.body
  await on.publish(`/template-versions/${id}`)
  return id as string
}

t.test('a version comes back from a workbook and from FHIR', async (t) => {
  const { version } = await on.published()
  const xlsx = await file(`${version.id}/export?format=xlsx`)
  t.match(xlsx.headers['content-type'], /spreadsheetml/)
  t.match(xlsx.headers['content-disposition'], /^attachment; filename="outage-1.xlsx"/)
  const read = await importXlsx(xlsx.bytes)
  t.same(read.questionnaire?.items.map(({ name }) => name), ['impact', 'users'])
  const fhir = await file(`${version.id}/export?format=fhir`)
  t.match(fhir.headers['content-type'], /^application\/fhir\+json/)
  t.same(fromFhir(JSON.parse(fhir.bytes.toString())).questionnaire, form())
  t.equal((await file(`${version.id}/export?format=docx`)).status, 400)
  t.equal((await file(`${version.id}/export?format=xlsx`, { as: 'customer' })).status, 403)
})

t.test('a preview is a page that may do nothing but be looked at', async (t) => {
  const hostile = form({ title: { en: '<script>1</script>' } })
  const { version } = await on.published(hostile)
  const { status, headers, bytes } = await file(`${version.id}/preview`, { as: 'customer' })
  t.equal(status, 200)
  t.equal(headers['content-type'], 'text/html; charset=utf-8')
  const page = bytes.toString()
  t.match(page, /&lt;script/)
  t.notMatch(page, /<script|<link|<img|style=| on\w+=/)
  const style = /<style>([^]*)<\/style>/.exec(page)![1]!
  const hash = createHash('sha256').update(style).digest('base64')
  t.equal(
    headers['content-security-policy'],
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; ` +
      "frame-ancestors 'none'; sandbox"
  )
  t.match(page, /<html lang="en" dir="ltr">/)
  const arabic = (await file(`${version.id}/preview?language=ar`)).bytes.toString()
  t.match(arabic, /<html lang="ar" dir="rtl">/)
  t.match(arabic, /من؟/)
  t.equal((await file(`${version.id}/preview?language=1`)).status, 400)
})

t.test('a draft is shown to the staff alone, and not while it has faults', async (t) => {
  const { body: template } = await call('POST', '/templates', { body: { name: 'Drafted' } })
  const path = `/templates/${template.id}/versions`
  const { body: whole } = await call('POST', path, { body: { questionnaire: form() } })
  t.equal((await file(`${whole.id}/preview`)).status, 200)
  t.equal((await file(`${whole.id}/preview`, { as: 'customer' })).status, 404)
  const { body: broken } = await call('POST', path, { body: { questionnaire: form({ lists: {} }) } })
  t.match(await file(`${broken.id}/preview`), { status: 409, problem: { code: 'version_unfinished' } })
})

t.test('pages of a PDF are drawn', async (t) => {
  const id = await publishedPdf()
  const small = await file(`${id}/page-image?widthPx=200`, { as: 'customer' })
  t.equal(small.headers['content-type'], 'image/png')
  t.equal(small.bytes.toString('latin1', 1, 4), 'PNG')
  t.equal(small.bytes.readUInt32BE(16), 200, 'as wide as it was asked for')
  t.equal((await file(`${id}/page-image`)).bytes.readUInt32BE(16), 900)
  t.match(await file(`${id}/page-image?page=2`), { status: 404, problem: { detail: 'the file has 1 pages' } })
  for (
    const wrong of ['page-image?page=0', 'page-image?page=one', 'page-image?widthPx=2001', 'page-image?widthPx=49']
  ) {
    t.equal((await file(`${id}/${wrong}`)).status, 400, wrong)
  }
  const { version: draft } = await on.converted(smallForm, 'application/pdf')
  t.equal((await file(`${draft!.body.id}/page-image`)).status, 200, 'a draft, to confirm its guesses by')
  t.equal((await file(`${draft!.body.id}/page-image`, { as: 'customer' })).status, 404)
  const { version } = await on.published()
  t.match(await file(`${version.id}/page-image`), { status: 404, problem: { detail: /does not come from a PDF/ } })
})

t.test('a PDF is filled in with answers that are valid', async (t) => {
  const id = await publishedPdf()
  const filled = async (body: object) => await file(`${id}/filled-form`, { method: 'POST', as: 'customer', body })
  const { status, headers, bytes } = await filled({ answers: { name: 'أمل' } })
  t.equal(status, 200)
  t.equal(headers['content-type'], 'application/pdf')
  const [question] = (await readForm(bytes)).questionnaire!.items
  t.match(question, { default: 'أمل' }, 'what is filled in is what a reader finds')
  t.match(await filled({ answers: {} }), { status: 400, problem: { errors: [{ pointer: '/answers/name' }] } })
  t.equal((await filled({ answers: {}, partial: true })).status, 200)
  t.match(await filled({ answers: { nom: 'Amal', name: 'Amal' } }), {
    status: 400,
    problem: { errors: [{ pointer: '/answers/nom' }] }
  })
  const { version } = await on.published()
  const none = await file(`${version.id}/filled-form`, { method: 'POST', body: { answers: { impact: 'one' } } })
  t.match(none, { status: 404, problem: { detail: /does not come from a PDF/ } })
})
