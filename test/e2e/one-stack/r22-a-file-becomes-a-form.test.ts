// R1, R22: a file that the sales team has becomes a form of one format, through the gateway, and a question has it.
import { createHash } from 'node:crypto'
import { eventually } from '@dueline/testkit'
import t from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf, seedTenant } from '../../harness/short-agreement.ts'

const tenant = 'a-file-becomes-a-form'
const bytes = Buffer.from('Question,Answer\nWho is affected?*,only me;everybody\nHow many?,number\n')

t.test('a file becomes a form', async (t) => {
  const api = await apiOf(await oneStack(), tenant)
  await seedTenant(api, tenant)
  const { data: template } = await api.post('/v1/templates', { body: { name: 'Outage' } })
  const path = { templateId: template.id }
  const { data: reserved } = await api.post('/v1/templates/{templateId}/uploads', {
    path,
    body: {
      fileName: 'outage.csv',
      contentType: 'text/csv',
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex')
    }
  })
  const { url, method, headers } = reserved.upload!
  const sent = await fetch(url, { method, headers, body: new Uint8Array(bytes) })
  t.equal(sent.status, 204, 'the gateway passes the bytes on, by the signed address alone')
  const uploadPath = { ...path, uploadId: reserved.id }
  await api.post('/v1/templates/{templateId}/uploads/{uploadId}/finish', { path: uploadPath })
  const templateVersionId = await eventually(async () => {
    const { data } = await api.get('/v1/templates/{templateId}/uploads/{uploadId}', { path: uploadPath })
    return data.templateVersionId ?? false
  }, { everyMs: 100 }) as string
  const versionPath = { templateVersionId }
  const { data: draft, etag } = await api.get('/v1/template-versions/{templateVersionId}', { path: versionPath })
  t.match(draft, { state: 'draft', faults: [], source: { kind: 'csv', fileName: 'outage.csv' } })
  await api.patch('/v1/template-versions/{templateVersionId}', {
    path: versionPath,
    body: { confirmed: draft.issues.map(({ id }) => id) },
    headers: { 'If-Match': etag! }
  })
  const { data: version } = await api.post('/v1/template-versions/{templateVersionId}/publish', { path: versionPath })
  t.equal(version.state, 'published')

  const { data: product } = await api.post('/v1/products', { body: { name: 'Network' } })
  const { data: module } = await api.post('/v1/modules', { body: { name: 'WLAN', productId: product.id } })
  const { data: question } = await api.post('/v1/questions', { body: { name: 'It is down', moduleId: module.id } })
  const { data: tie } = await api.put('/v1/questions/{questionId}/template', {
    path: { questionId: question.id },
    body: { templateId: template.id }
  })
  t.match(tie, { templateId: template.id, templateVersionId })
})
