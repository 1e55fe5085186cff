// What answers are worth, and which template a question has.
import t from 'tap'
import { form, questionId, startTemplate } from './harness.ts'

const on = await startTemplate(t)
const { call } = on
const rules = [
  { when: 'users > 100', set: { priority: 'P0', tags: ['outage'] } },
  { when: 'impact == "all"', set: { priority: 'P1', severity: 'high', tags: ['outage', 'wide'] } }
]

t.test('answers are checked in the language of the caller, and say what they make of a ticket', async (t) => {
  const { version } = await on.published(form(), rules)
  const path = `/template-versions/${version.id}/answers/validate`
  const asked = async (body: object) => await call('POST', path, { as: 'customer', body })
  const wrong = await asked({ answers: { impact: 'all', users: 0, why: 'x' }, language: 'ar' })
  t.match(wrong.body, { valid: false, effect: { priority: 'P1', severity: 'high' } })
  t.same(wrong.body.faults.map(({ pointer }: { pointer: string }) => pointer), ['/why', '/users'])
  t.match(wrong.body.faults[1], { code: 'too_small', message: /1/, label: 'كم؟' })
  t.match((await asked({ answers: {} })).body, { valid: false, faults: [{ pointer: '/impact', code: 'required' }] })
  t.match((await asked({ answers: {}, partial: true })).body, { valid: true })
  const right = await asked({ answers: { impact: 'all', users: '٢٥٠' } })
  t.match(right.body, {
    valid: true,
    answers: { impact: 'all', users: 250 },
    effect: { priority: 'P0', severity: 'high' }
  })
  t.same(right.body.effect.tags, [], 'labels are of the staff')
  const byStaff = await call('POST', path, { body: { answers: { impact: 'all', users: 250 } } })
  t.same(byStaff.body.effect.tags, ['outage', 'wide'])
  const one = await asked({ answers: { impact: 'one', users: 3 } })
  t.match(one.body, { valid: true, removed: [{ pointer: '/users', reason: 'not_relevant' }] })
  t.same(one.body.answers, { impact: 'one' })
  t.same(one.body.effect, { priority: null, severity: null, tags: [] })
})

t.test('each version has a JSON Schema of its answers', async (t) => {
  const { version } = await on.published()
  const { status, body } = await call('GET', `/template-versions/${version.id}/answers-schema`, { as: 'customer' })
  t.equal(status, 200)
  t.match(body, { type: 'object', required: ['impact'], properties: { impact: { enum: ['one', 'all'] } } })
  t.match((await call('GET', '/questionnaire-schema')).body, { title: 'Questionnaire' })
})

t.test('a question is tied to a template, and follows what is published', async (t) => {
  const { template, version } = await on.published()
  const path = `/questions/${questionId}/template`
  t.equal((await call('GET', path)).status, 404)
  const tie = await call('PUT', path, { body: { templateId: template.id } })
  t.match(tie.body, { id: questionId, templateId: template.id, templateVersionId: version.id, version: 1 })
  t.same((await call('PUT', path, { body: { templateId: template.id } })).body, tie.body, 'the same changes nothing')
  const next = await call('POST', `/templates/${template.id}/versions`, { body: { questionnaire: form(), rules } })
  t.equal((await call('GET', path, { as: 'customer' })).body.templateVersionId, version.id, 'not by a draft')
  t.equal((await call('GET', `/templates/${template.id}`)).body.inForceVersionId, version.id)
  await on.publish(`/template-versions/${next.body.id}`)
  t.match((await call('GET', path)).body, { templateVersionId: next.body.id, version: 2 })
  const read = await call('GET', `/templates/${template.id}`)
  t.equal(read.body.inForceVersionId, next.body.id)
  const renamed = await call('PATCH', `/templates/${template.id}`, { body: { name: 'Tied' }, ifMatch: read.etag })
  t.match(renamed, { status: 200, body: { inForceVersionId: next.body.id } })
  t.match((await call('GET', '/templates?q=Tied')).body.items, [{ inForceVersionId: next.body.id }])
  const stale = await call('PUT', path, { body: { templateId: null }, ifMatch: tie.etag })
  t.equal(stale.status, 412, 'a publish is a change of the tie')
  const seen = await call('GET', path)
  t.match((await call('PUT', path, { body: { templateId: null }, ifMatch: seen.etag })).body, {
    templateId: null,
    version: 3
  })
  const events = (await on.outbox()).filter(({ type }) => type === 'dueline.question-template.changed.v1')
  t.same(events.map(({ data, sequence }) => [data.version, Number(sequence), data.templateVersionId]), [
    [1, 1, version.id],
    [2, 2, next.body.id],
    [3, 3, null]
  ])
  const unknown = `/questions/${questionId.replace('d001', 'd002')}/template`
  t.equal((await call('PUT', unknown, { body: { templateId: template.id } })).status, 404)
})
