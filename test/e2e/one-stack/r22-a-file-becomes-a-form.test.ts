// R1, R2, R22: a file that the sales team has becomes a form of one format, through the gateway, a question has it, and
// the answers to it decide about tickets. A form comes back as a page, as a picture and filled in.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isProblem, type Client } from '@dueline/client'
import { eventually } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf, people, seedTenant } from '../../harness/short-agreement.ts'

/** What of a questionnaire this test looks into. */
interface Form {
  items: Array<{ name: string, list?: string }>
  lists: Record<string, Array<{ name: string }>>
}

const tenant = 'a-file-becomes-a-form'
const csv = Buffer.from('Question,Answer\nWho is affected?*,only me;everybody\nHow many?,number\n')

/** Sends a file to a new template, and waits for the draft that it becomes. */
async function draftOf (
  t: Test,
  api: Client,
  { bytes, fileName, contentType }: { bytes: Uint8Array, fileName: string, contentType: 'text/csv' | 'application/pdf' }
) {
  const { data: template } = await api.post('/v1/templates', { body: { name: fileName } })
  const path = { templateId: template.id }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const { data: reserved } = await api.post('/v1/templates/{templateId}/uploads', {
    path,
    body: { fileName, contentType, sizeBytes: bytes.length, sha256 }
  })
  const { url, method, headers } = reserved.upload!
  const sent = await fetch(url, { method, headers, body: new Uint8Array(bytes) })
  t.equal(sent.status, 204, 'the gateway passes the bytes on, by the signed address alone')
  const uploadPath = { ...path, uploadId: reserved.id }
  await api.post('/v1/templates/{templateId}/uploads/{uploadId}/finish', { path: uploadPath })
  const templateVersionId = await eventually(async () => {
    const { data } = await api.get('/v1/templates/{templateId}/uploads/{uploadId}', { path: uploadPath })
    t.equal(data.fault, null)
    return data.templateVersionId ?? false
  }, { everyMs: 100 }) as string
  const { data: draft, etag } = await api.get('/v1/template-versions/{templateVersionId}', {
    path: { templateVersionId }
  })
  return { templateId: template.id, draft, etag: etag! }
}

t.test('a file becomes a form', async (t) => {
  const api = await apiOf(await oneStack(), tenant)
  await seedTenant(api, tenant)
  const { templateId, draft, etag } = await draftOf(t, api, {
    fileName: 'outage.csv',
    contentType: 'text/csv',
    bytes: csv
  })
  const templateVersionId = draft.id
  const versionPath = { templateVersionId }
  t.match(draft, { state: 'draft', faults: [], source: { kind: 'csv', fileName: 'outage.csv' } })
  const form = draft.questionnaire as unknown as Form
  const [who, howMany] = form.items
  const everybody = form.lists[who!.list!]![1]!.name
  const when = `${who!.name} == "${everybody}" && ${howMany!.name} > 100`
  const { etag: seen } = await api.patch('/v1/template-versions/{templateVersionId}', {
    path: versionPath,
    body: { confirmed: draft.issues.map(({ id }) => id), rules: [{ when, set: { priority: 'P0', tags: ['outage'] } }] },
    headers: { 'If-Match': etag }
  })
  const { data: version } = await api.post('/v1/template-versions/{templateVersionId}/publish', {
    path: versionPath,
    headers: { 'If-Match': seen! }
  })
  t.equal(version.state, 'published')

  const { data: product } = await api.post('/v1/products', { body: { name: 'Network' } })
  const { data: module } = await api.post('/v1/modules', { body: { name: 'WLAN', productId: product.id } })
  const { data: question } = await api.post('/v1/questions', { body: { name: 'It is down', moduleId: module.id } })
  const { data: tie } = await api.put('/v1/questions/{questionId}/template', {
    path: { questionId: question.id },
    body: { templateId }
  })
  t.match(tie, { templateId, templateVersionId })

  const open = async (answers: Record<string, unknown>) =>
    await api.post('/v1/tickets', {
      body: { subject: 'No network', customerId: people.customer, questionId: question.id, priority: 'P3', answers }
    })
  const refused = await open({ [howMany!.name]: 'many', colour: 'red' }).catch((error: unknown) => error)
  t.ok(isProblem(refused, 'validation_failed'))
  const pointers = (refused as { body: { errors: Array<{ pointer: string }> } }).body.errors.map(({ pointer }) =>
    pointer
  )
  t.same(pointers, ['/answers/colour', `/answers/${who!.name}`, `/answers/${howMany!.name}`], 'every fault is named')
  const { data: urgent } = await open({ [who!.name]: everybody, [howMany!.name]: '٢٥٠' })
  t.match(urgent, {
    priority: 'P0',
    tags: ['outage'],
    templateVersionId,
    answers: { [who!.name]: everybody, [howMany!.name]: 250 }
  })
  await api.post('/v1/sla-rows', {
    body: { name: 'Urgent', kind: 'sla', priority: 'P0', targets: { resolution: 'PT5M' } }
  })
  const ticket = { type: 'request', priority: 'P3', severity: 'low', questionId: question.id } as const
  const rowFor = async (answers: Record<string, unknown>) =>
    (await api.post('/v1/agreements/resolve', { body: { ticket, answers, draft: true } })).data.rowName
  t.equal(await rowFor({ [who!.name]: everybody, [howMany!.name]: 250 }), 'Urgent', 'before the ticket is there')
  t.equal(await rowFor({ [who!.name]: everybody, [howMany!.name]: 2 }), 'One second')
  const wrong = await rowFor({ [howMany!.name]: 'many' }).catch((error: unknown) => error)
  t.ok(isProblem(wrong, 'validation_failed'))
  const { data: usual } = await open({ [who!.name]: everybody })
  t.match(usual, { priority: 'P3', tags: [], templateVersionId })
  const { data: later } = await api.post('/v1/tickets', {
    body: { subject: 'No network', customerId: people.customer, questionId: question.id }
  })
  t.match(later, { answers: null, templateVersionId: null }, 'answers may come later')
})

t.test('a PDF becomes a form', async (t) => {
  const stack = await oneStack()
  const api = await apiOf(stack, tenant)
  const bytes = await readFile(new URL('../../../packages/pdf-form/test/forms/visit-ar.pdf', import.meta.url))
  const { draft, etag } = await draftOf(t, api, { fileName: 'زيارة.pdf', contentType: 'application/pdf', bytes })
  t.match(draft, { state: 'draft', faults: [], source: { kind: 'pdf', fileName: 'زيارة.pdf' } })
  t.match(draft.issues.find(({ code }) => code === 'label_guessed'), { severity: 'guess', place: /^page 1, field / })
  const path = { templateVersionId: draft.id }
  const headers = { 'If-Match': etag }
  const early = await api.post('/v1/template-versions/{templateVersionId}/publish', { path, headers })
    .catch((error: unknown) => error)
  t.ok(isProblem(early, 'version_unfinished'), 'a person confirms the guesses first')
  const confirmed = draft.issues.map(({ id }) => id)
  const patched = await api.patch('/v1/template-versions/{templateVersionId}', { path, body: { confirmed }, headers })
  const { data: version } = await api.post('/v1/template-versions/{templateVersionId}/publish', {
    path,
    headers: { 'If-Match': patched.etag! }
  })
  t.equal(version.state, 'published')

  const token = await stack.token({ tenant, personId: people.customer, roles: ['customer'] })
  const file = async (end: string, body?: object) => {
    const answer = await fetch(`${stack.url}/v1/template-versions/${draft.id}/${end}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...body === undefined ? {} : { 'content-type': 'application/json' }
      },
      ...body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    })
    return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
  }
  const preview = await file('preview')
  t.match(preview.bytes.toString(), /<html lang="ar" dir="rtl">/)
  t.match(preview.headers.get('content-security-policy'), /style-src 'sha256-.*sandbox$/, 'through the gateway too')
  t.equal((await file('page-image?widthPx=300')).bytes.readUInt32BE(16), 300, 'a picture, as wide as it was asked for')
  const [first] = (draft.questionnaire as unknown as Form).items
  const filled = await file('filled-form', { answers: { [first!.name]: 'أمل' }, partial: true })
  t.equal(filled.bytes.toString('latin1', 0, 5), '%PDF-')
  t.match(filled.headers.get('content-disposition'), /filename\*=UTF-8''%D8%B2/, 'under its own name')
})
