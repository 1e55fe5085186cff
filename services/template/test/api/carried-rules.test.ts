// The rules of a template outlive its versions.
import t from 'tap'
import { form, startTemplate } from './harness.ts'

const on = await startTemplate(t)
const { call } = on
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const wide = { when: 'impact == "all"', set: { priority: 'P1' } }
const many = { when: 'users > 100', set: { priority: 'P0', tags: ['outage'] } }
const rules = [many, wide]
const [impact, users] = form().items
const upload = async (template: { id: string }, questionnaire: object) =>
  (await on.converted(json(questionnaire), 'application/json', template)).version!
const publish = async ({ body }: { body: { id: string } }) => await on.publish(`/template-versions/${body.id}`)
const confirmAll = async ({ body, etag }: Awaited<ReturnType<typeof upload>>) =>
  await call('PATCH', `/template-versions/${body.id}`, {
    body: { confirmed: body.issues.map(({ id }: { id: number }) => id) },
    ifMatch: etag
  })

t.test('a corrected file takes over the rules of the version before', async (t) => {
  const { template } = await on.published(form(), rules)
  const draft = await upload(template, form({ title: { en: 'Outage' } }))
  t.match(draft.body, { faults: [], issues: [] })
  t.same(draft.body.rules, rules, 'in their order')
  t.same(draft.body.changes, ['the title is another one'])
  t.match(await publish(draft), { status: 200, body: { rules } })
})

t.test('a rule that does not fit is an issue that a person confirms, and the others stay', async (t) => {
  const { template } = await on.published(form(), rules)
  const draft = await upload(template, form({ items: [impact] }))
  t.same(draft.body.rules, [wide])
  t.match(draft.body.issues, [{ id: 1, severity: 'error', code: 'rule_dropped', confirmedBy: null }])
  t.match(draft.body.issues[0].message, /users > 100/)
  t.notOk('rule' in draft.body.issues[0])
  t.match(await publish(draft), { status: 409, body: { errors: [{ pointer: '/issues/0' }] } })
  await confirmAll(draft)
  t.match(await publish(draft), { status: 200, body: { rules: [wide] } })
  const next = await upload(template, form())
  t.same(next.body.rules, [wide], 'what was confirmed as gone stays gone')
})

t.test('a rule that a wrong file could not take comes back with the right one', async (t) => {
  const { template } = await on.published(form(), rules)
  await upload(template, form({ items: [users] }))
  const draft = await upload(template, form())
  t.same(draft.body.rules.length, 2)
  t.match(draft.body.issues, [])
  const broken = await upload(template, form({ items: [impact, { ...users, relevant: 'nowhere == 1' }] }))
  t.match(broken.body, { rules: draft.body.rules, faults: [{ pointer: '/questionnaire/items/1/relevant' }] })
})

t.test('more rules than faults are listed: each that does not fit is an issue', async (t) => {
  const wrong = Array.from({ length: 99 }, (_, index) => ({ ...many, when: `users > ${index} || users < -${index}` }))
  const { template } = await on.published(form(), [...wrong, wide])
  const draft = await upload(template, form({ items: [impact] }))
  t.same(draft.body.rules, [wide])
  t.equal(draft.body.issues.length, 99)
})

t.test('a version from JSON takes them over when it says nothing of rules', async (t) => {
  const { template } = await on.published(form(), rules)
  const path = `/templates/${template.id}/versions`
  const taken = await call('POST', path, { body: { questionnaire: form({ items: [impact] }) } })
  t.match(taken.body, { rules: [wide], issues: [{ code: 'rule_dropped' }] })
  t.match((await call('POST', path, { body: { questionnaire: form(), rules: [] } })).body, { rules: [], issues: [] })
})
