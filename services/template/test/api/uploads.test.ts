// From bytes to a published version, and what is refused on the way.
import { exportXlsx } from '@dueline/questionnaire/import'
import { toFhir } from '@dueline/questionnaire'
import t from 'tap'
import { form, said, startTemplate } from './harness.ts'

const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const on = await startTemplate(t)
const { call } = on
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const plain = Buffer.from('Question,Answer\nHow many users?*,number\nWho?,me;all\n')

t.test('JSON is uploaded, becomes a draft, is published and never changes', async (t) => {
  const { path, finished } = await on.uploaded(json(form()), 'application/json')
  t.match(finished, { status: 202, body: { state: 'checking', templateVersionId: null, upload: null } })
  t.equal((await call('POST', `${path}/finish`)).body.state, 'checking', 'twice is once')
  await on.work()
  const { body: upload } = await call('GET', path)
  t.match(upload, { state: 'done', fault: null, fileName: 'form.csv' })
  const draft = await call('GET', `/template-versions/${upload.templateVersionId}`)
  t.match(draft.body, { state: 'draft', number: 1, faults: [], issues: [], source: { kind: 'questionnaire' } })
  t.same(draft.body.questionnaire, form())
  t.equal((await call('GET', `/template-versions/${upload.templateVersionId}`, { as: 'customer' })).status, 404)

  const answer = await on.publish(`/template-versions/${upload.templateVersionId}`)
  t.match(answer, { status: 200, body: { state: 'published', publishedAt: String } })
  const read = await call('GET', `/template-versions/${upload.templateVersionId}`, { as: 'customer' })
  t.equal(read.status, 200)
  const rules = { body: { rules: [] }, ifMatch: read.etag }
  t.match(await call('PATCH', `/template-versions/${upload.templateVersionId}`, rules), {
    status: 409,
    body: { code: 'version_published' }
  })
  const [event] = (await on.outbox()).filter(({ type }) => type === 'dueline.template.published.v1')
  t.match(event?.data, { number: 1, templateVersionId: upload.templateVersionId, languages: ['en', 'ar'] })
})

t.test('workbooks, CSV and FHIR become the same kind of draft', async (t) => {
  const { bytes } = await exportXlsx(form() as never)
  for (
    const [content, type, kind] of [
      [Buffer.from(bytes), xlsxType, 'xlsx'],
      [plain, 'text/csv', 'csv'],
      [json(toFhir(form() as never)), 'application/json', 'fhir']
    ] as const
  ) {
    const { upload, version } = await on.converted(content, type)
    t.match(upload, { state: 'done', fault: null }, kind)
    t.match(version?.body, { state: 'draft', faults: [], source: { kind } })
    t.equal(version?.body.questionnaire.items.length, 2)
  }
})

t.test('guesses and errors are confirmed by a person before it is published', async (t) => {
  const survey = ['type,name,label', 'text,why,Why?', 'geoshape,area,Where?', 'integer,how many,How many?']
  const { upload, version } = await on.converted(Buffer.from(survey.join('\n')))
  t.equal(upload.state, 'done')
  const open = version!.body.issues.filter(({ severity }: { severity: string }) => severity !== 'warning')
  t.ok(open.length > 0)
  t.match(open[0], { place: /row/, confirmedBy: null })
  const path = `/template-versions/${version!.body.id}`
  const refused = await on.publish(path)
  t.match(refused, { status: 409, body: { code: 'version_unfinished' } })
  t.equal(refused.body.errors.length, open.length, 'each of them is named')
  const wrong = await call('PATCH', path, { body: { confirmed: [400] }, ifMatch: version!.etag })
  t.match(wrong, { status: 400, body: { errors: [{ pointer: '/confirmed' }] } })
  const confirmed = open.map(({ id }: { id: number }) => id)
  const patched = await call('PATCH', path, { body: { confirmed }, ifMatch: version!.etag })
  t.equal(patched.status, 200)
  t.equal((await on.publish(path)).status, 200)
  t.match((await call('GET', path)).body, { source: { fileName: 'form.csv' }, issues: [{ place: /row/ }] })
  const byCustomer = await call('GET', path, { as: 'customer' })
  t.match(byCustomer.body, { source: { kind: 'csv', uploadId: null, fileName: null }, state: 'published' })
  t.same([byCustomer.body.issues, byCustomer.body.changes], [[], []], 'what editors saw, and who, is not for customers')
})

t.test('a draft with faults says where, and is published when they are put right', async (t) => {
  const { body: template } = await call('POST', '/templates', { body: { name: 'Faulty' } })
  const [one, users] = form().items
  const questionnaire = form({ items: [one, { ...users, relevant: 'impcat == "all"' }] })
  const rules = [{ when: 'users >', set: { priority: 'P0' } }]
  const made = await call('POST', `/templates/${template.id}/versions`, { body: { questionnaire, rules } })
  t.match(made.body.faults, [{ pointer: '/questionnaire/items/1/relevant' }])
  const path = `/template-versions/${made.body.id}`
  const half = await call('PATCH', path, { body: { questionnaire: form() }, ifMatch: made.etag })
  t.match(half.body.faults, [{ pointer: '/rules/0/when' }], 'a rule is looked at when the questions are right')
  t.match(await on.publish(path), { status: 409, body: { errors: [{ pointer: '/rules/0/when' }] } })
  t.equal((await call('POST', `${path}/publish`)).status, 428, 'nobody publishes what he has not read')
  const body = { rules: [{ when: 'users > 100', set: { priority: 'P0' } }] }
  t.equal((await call('PATCH', path, { body, ifMatch: made.etag })).status, 412, 'not without the newest version')
  t.same((await call('PATCH', path, { body, ifMatch: half.etag })).body.faults, [])
  t.equal((await call('POST', `${path}/publish`, { ifMatch: half.etag })).status, 412, 'nor what has changed since')
  t.equal((await on.publish(path)).status, 200)
})

t.test('a template that is not active takes no file and publishes no draft', async (t) => {
  const { template, path, finished } = await on.uploaded(json(form()), 'application/json')
  t.equal(finished.status, 202)
  const draft = await call('POST', `/templates/${template.id}/versions`, { body: { questionnaire: form() } })
  const reserved = await call('POST', `/templates/${template.id}/uploads`, { body: said(plain) })
  const templatePath = `/templates/${template.id}`
  const off = await call('PATCH', templatePath, { body: { active: false }, ifMatch: '"1"' })
  const inactive = { status: 409, body: { code: 'template_inactive' } }
  await on.send(reserved.body.upload, plain)
  t.match(await call('POST', `${templatePath}/uploads/${reserved.body.id}/finish`), inactive)
  t.equal((await call('POST', `${path}/finish`)).status, 202, 'what is finished stays so')
  const version = `/template-versions/${draft.body.id}`
  t.match(await on.publish(version), inactive)
  await call('PATCH', templatePath, { body: { active: true }, ifMatch: off.etag })
  t.equal((await on.publish(version)).status, 200)
})

t.test('the next version says in words what it changes', async (t) => {
  const { template, version } = await on.published()
  const [impact, users] = form().items
  const items = [{ ...impact, required: false }, { kind: 'text', name: 'why', label: { en: 'Why?' } }]
  const body = { questionnaire: form({ items }), rules: [{ when: 'impact == "all"', set: { priority: 'P0' } }] }
  const draft = await call('POST', `/templates/${template.id}/versions`, { body })
  const words = [
    'question impact (“Who?”): whether it is required is false, was true',
    'question why (“Why?”) is new',
    `question ${users!.name} (“How many?”) is gone`,
    'rule is new: priority P0 when impact == "all"'
  ]
  t.same(draft.body.changes, words)
  const answer = await on.publish(`/template-versions/${draft.body.id}`)
  t.same(answer.body.changes, words)
  const list = await call('GET', `/templates/${template.id}/versions`)
  t.same(list.body.items.map(({ number }: { number: number }) => number), [2, 1])
  t.same(version.changes, [], 'the first one changes nothing')
})

t.test('what is not what it says is refused, and nothing of it stays', async (t) => {
  const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex')
  const wrongType = await on.converted(png, xlsxType)
  t.match(wrongType.upload, { state: 'refused', templateVersionId: null, fault: { code: 'type_differs' } })
  const [event] = (await on.outbox()).filter(({ type }) => type === 'dueline.template.refused.v1').slice(-1)
  t.match(event?.data, { uploadId: wrongType.upload.id, code: 'type_differs', fileName: 'form.csv' })

  for (
    const [content, code] of [
      [Buffer.from('{"format":'), 'json_broken'],
      [Buffer.from('[1]'), 'not_a_questionnaire'],
      [json({ ...form(), items: [{ kind: 'riddle', name: 'a' }] }), 'not_a_questionnaire'],
      [json({ ...form(), items: Array.from({ length: 5_001 }, (_, index) => question(index)) }), 'not_a_questionnaire'],
      [json({ resourceType: 'Patient' }), 'no_questions'],
      [Buffer.from('{"a":"\xff"}', 'latin1'), 'charset']
    ] as const
  ) {
    const { upload, version } = await on.converted(content, 'application/json')
    t.match(upload, { state: 'refused', fault: { code, message: String } }, code)
    t.equal(version, undefined)
  }
  const empty = await on.converted(Buffer.from('\n\n'))
  t.match(empty.upload, { state: 'refused' }, 'no rows')
})

t.test('5,000 questions are taken', async (t) => {
  const items = Array.from({ length: 5_000 }, (_, index) => question(index))
  const { upload, version } = await on.converted(json({ ...form(), items }), 'application/json')
  t.equal(upload.state, 'done')
  t.same(version?.body.faults, [])
})

t.test('an address takes the bytes that were said, again too, and no others', async (t) => {
  const { signed, path } = await on.uploaded(plain)
  const other = Buffer.from(plain.toString().replace('users', 'peers'))
  t.match(await on.send(signed, other), { status: 400, body: { code: 'content_refused' } })
  t.match(await on.send(signed, plain), { status: 204 }, 'the same again')
  const pdf = { ...signed, headers: { ...signed.headers, 'content-type': 'application/pdf' } }
  t.match(await on.send(pdf, plain), { status: 400, body: { code: 'content_refused' } })
  const forged = { ...signed, url: signed.url.replace(/signature=./, 'signature=_') }
  t.match(await on.send(forged, plain), { status: 403, body: { code: 'signature_refused' } })
  await on.work()
  t.equal((await call('GET', path)).body.state, 'done')
})

t.test('a reservation is refused for what cannot be taken', async (t) => {
  const { body: template } = await call('POST', '/templates', { body: { name: 'Reserved' } })
  const path = `/templates/${template.id}/uploads`
  const refused = async (change: object, pointer: string): Promise<void> => {
    const answer = await call('POST', path, { body: { ...said(plain), ...change } })
    t.match(answer, { status: 400, body: { errors: [{ pointer }] } }, pointer)
  }
  await refused({ contentType: 'image/png' }, '/contentType')
  await refused({ sizeBytes: 20_000_001 }, '/sizeBytes')
  await refused({ sizeBytes: 0 }, '/sizeBytes')
  await refused({ sha256: 'A'.repeat(64) }, '/sha256')
  const { body } = await call('POST', path, { body: said(plain) })
  t.match(await call('POST', `${path}/${body.id}/finish`), { status: 409, body: { code: 'file_not_uploaded' } })
})

t.test('what cannot be kept is no questionnaire', async (t) => {
  const { body: template } = await call('POST', '/templates', { body: { name: 'Unkept' } })
  const path = `/templates/${template.id}/versions`
  const zero = form({ title: { en: 'a\u0000b' } })
  t.match(await call('POST', path, { body: { questionnaire: zero } }), {
    status: 400,
    body: { errors: [{ pointer: '/questionnaire/title/en' }] }
  })
})

function question (index: number): object {
  return { kind: 'text', name: `q${index}`, label: { en: 'Why?', ar: 'لماذا؟' } }
}
