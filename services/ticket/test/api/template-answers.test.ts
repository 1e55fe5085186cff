// Tickets about a question that has a template: who must answer it. Both other services are one stand-in here.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { answersMax } from '../../src/domain/texts.ts'
import { people, startTicket } from './harness.ts'

const id = (end: string): string => `01900000-0000-7000-8000-00000000${end}`
const [product, module, question, version] = [id('a001'), id('b001'), id('c001'), id('d001')]
const catalogue = { active: true, version: 1, name: 'x', productId: product, moduleId: module }
const questionnaire = {
  format: 'dueline.questionnaire.v1',
  name: 'outage',
  languages: [{ tag: 'en' }],
  items: [
    { kind: 'text', name: 'who', label: { en: 'Who?' }, required: true },
    { kind: 'text', name: 'where', label: { en: 'Where?' }, required: true }
  ]
}
const things: Record<string, object> = {
  [`/v1/products/${product}`]: { ...catalogue, id: product },
  [`/v1/modules/${module}`]: { ...catalogue, id: module },
  [`/v1/questions/${question}`]: { ...catalogue, id: question },
  [`/v1/questions/${question}/template`]: { id: question, templateVersionId: version },
  [`/v1/template-versions/${version}`]: {
    id: version,
    questionnaire,
    rules: [{ when: 'who == "tagged"', set: { tags: ['outage', 'wide'] } }]
  }
}

void t.test('customers cannot leave out what is required, staff and integrators may answer later', async (t) => {
  const server = createServer(({ url = '' }, response) => {
    const thing = things[url]
    response.writeHead(thing === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(thing ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const service = await startTicket(t, { config: { SLA_POLICY_URL: url, TEMPLATE_URL: url } })
  const open = async (fields: object, as: 'customer' | 'agent' | 'integrator' = 'customer') =>
    await service.post(
      '/tickets',
      { subject: 'x', questionId: question, ...fields },
      as === 'integrator' ? { as: 'agent', roles: [as] } : { as }
    )
  const faults = [{ pointer: '/answers/who' }, { pointer: '/answers/where' }]
  for (const fields of [{}, { answers: null }, { answers: {} }]) {
    const refused = await open(fields)
    t.match(refused, { status: 400, body: { errors: faults } }, JSON.stringify(fields))
    t.equal(refused.body.errors.length, 2)
  }
  t.match(await open({ answers: { who: 'me', where: 'here' } }), { status: 201, body: { templateVersionId: version } })
  const tags = Array.from({ length: 49 }, (_, i) => `tag ${i}`)
  const tagged = await open(
    { customerId: people.customer.id, answers: { who: 'tagged', where: 'here' }, tags },
    'agent'
  )
  t.same(tagged.body.tags, [...tags, 'outage'], 'a ticket has 50 tags at most, those that were sent first')
  t.match(await service.post('/tickets', { subject: 'x' }, { as: 'customer' }), {
    status: 201,
    body: { answers: null }
  })
  for (const as of ['agent', 'integrator'] as const) {
    const later = await open({ customerId: people.customer.id }, as)
    t.match(later, { status: 201, body: { answers: null, templateVersionId: null } }, as)
    t.match(await open({ customerId: people.customer.id, answers: {} }, as), { status: 400, body: { errors: faults } })
  }
})

void t.test('a ticket takes as many answers as a questionnaire can ask for', async (t) => {
  const service = await startTicket(t)
  const open = async (count: number) => {
    const answers = Object.fromEntries(Array.from({ length: count }, (_, i) => [`q${i}`, 1]))
    return await service.post('/tickets', { subject: 'x', customerId: people.customer.id, answers })
  }
  t.equal((await open(answersMax)).status, 201)
  t.match(await open(answersMax + 1), { status: 400, body: { errors: [{ pointer: '/answers' }] } })
})
