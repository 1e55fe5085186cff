import t from 'tap'
import { describeConfig, loadConfig } from '@dueline/runtime'
import { readFileSync } from 'node:fs'
import { ConfigSchema, mergeDocuments, routeTable, upstreamsOf, type GatewayRoute } from '../../src/app.ts'

type Document = Parameters<typeof mergeDocuments>[0][string]

function document (paths: Record<string, object>, schemas: Record<string, object> = {}, more: object = {}): Document {
  return {
    openapi: '3.1.0',
    info: { title: 'x', version: '1.2.3' },
    paths,
    components: { schemas },
    ...more
  } as Document
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const operation = (operationId: string, more: object = {}) => ({ operationId, responses: {}, ...more })

t.test('paths carry their service, in order; only /v1 is published', async (t) => {
  const merged = mergeDocuments({
    ticket: document({ '/v1/tickets': { get: operation('listTickets') }, '/internal': { get: operation('x') } }, {}, {
      tags: [{ name: 'tickets' }]
    }),
    clock: document({ '/v1/clocks': { get: operation('listClocks') } })
  })
  t.same(Object.keys(merged.paths), ['/v1/clocks', '/v1/tickets'])
  t.equal(merged.paths['/v1/tickets']?.['x-service'], 'ticket')
  t.match(merged, {
    openapi: '3.1.0',
    info: { title: 'Dueline', version: '1.2.3' },
    security: [{ bearer: [] }],
    tags: [{ name: 'tickets' }]
  })
})

t.test('equal components are one, different ones get their service in front, as do references to them', async (t) => {
  const problem = { type: 'object', properties: { a: {}, b: {} } }
  const merged = mergeDocuments({
    ticket: document({ '/v1/a': { get: operation('a', { x: ref('Item') }) } }, {
      Problem: problem,
      Item: { type: 'string' },
      List: { items: ref('Item') }
    }),
    'sla-policy': document(
      { '/v1/b': { get: operation('b', { x: ref('Item'), y: ref('List'), z: ref('Problem') }) } },
      {
        Problem: { properties: { b: {}, a: {} }, type: 'object' },
        Item: { type: 'integer' },
        List: { items: ref('Item') },
        Own: ref('List')
      }
    )
  })
  t.same(Object.keys(merged.components?.['schemas'] ?? {}).sort(), [
    'Item',
    'List',
    'Own',
    'Problem',
    'SlaPolicyItem',
    'SlaPolicyList'
  ])
  t.same(merged.components?.['schemas']?.['SlaPolicyList'], { items: ref('SlaPolicyItem') })
  t.same(merged.components?.['schemas']?.['Own'], ref('SlaPolicyList'))
  t.match(merged.paths['/v1/b'], { get: { x: ref('SlaPolicyItem'), y: ref('SlaPolicyList'), z: ref('Problem') } })
  t.match(merged.paths['/v1/a'], { get: { x: ref('Item') } })
})

t.test('what cannot be one document', async (t) => {
  t.throws(
    () =>
      mergeDocuments({
        a: document({ '/v1/x': { get: operation('x') } }),
        b: document({ '/v1/x': { post: operation('y') } })
      }),
    /\/v1\/x is in a and in b/
  )
  t.throws(
    () =>
      mergeDocuments({
        a: document({ '/v1/x': { get: operation('x') } }),
        b: document({ '/v1/y': { get: operation('x') } })
      }),
    /operationId x is used by get \/v1\/x and by get \/v1\/y/
  )
  t.throws(() => mergeDocuments({ a: document({ '/v1/x': { get: {} } }) }), /no operationId/)
  t.throws(
    () =>
      mergeDocuments({
        a: document({}, { AItem: { a: 1 }, Item: { type: 'a' } }),
        A: document({}, { Item: { type: 'b' } })
      }),
    /AItem of A/
  )
})

t.test('the route table', async (t) => {
  const table = routeTable(mergeDocuments({
    ticket: document({
      '/v1/tickets/{ticketId}': {
        get: operation('getTicket', { 'x-roles': ['agent', 'nobody'] }),
        patch: operation('changeTicket', { requestBody: { content: { 'application/json': {} } } })
      },
      '/v1/surveys/{token}': { get: operation('getSurvey', { security: [] }) },
      '/v1/ticket-imports': { post: operation('import', { requestBody: { content: { 'application/x-ndjson': {} } } }) },
      '/v1/stream': { get: operation('stream', { responses: { 200: { content: { 'text/event-stream': {} } } } }) }
    })
  }))
  const byId = (id: string): GatewayRoute => table.find(({ operationId }) => operationId === id)!
  t.match(byId('getTicket'), {
    method: 'GET',
    url: '/v1/tickets/:ticketId',
    service: 'ticket',
    roles: ['agent'],
    kind: 'plain'
  })
  t.match(byId('changeTicket'), { method: 'PATCH', kind: 'plain' })
  t.equal(byId('changeTicket').roles.length, 8, 'any role, when the document names none')
  t.equal(byId('getSurvey').roles, 'public')
  t.equal(byId('import').kind, 'upload')
  t.equal(byId('stream').kind, 'stream')
  t.throws(() => routeTable(document({ '/v1/x': { get: operation('x') } })), /x-service/)
  t.throws(() => routeTable(document({ '/v1/x': { 'x-service': 'a', get: {} } })), /operationId/)
})

t.test('configuration: everything has a description, and the README has the table', async (t) => {
  const required = {
    AUTH_ISSUER: 'https://i',
    AUTH_JWKS_URL: 'https://i/keys',
    TICKET_URL: 'http://t',
    SLA_POLICY_URL: 'http://s',
    CLOCK_URL: 'http://c',
    ESCALATION_URL: 'http://e',
    NOTIFICATION_URL: 'http://n',
    DIRECTORY_URL: 'http://d',
    TEMPLATE_URL: 'http://m'
  }
  const config = loadConfig(ConfigSchema, { ...required, CORS_ORIGINS: 'https://a,https://b' })
  t.same(config.CORS_ORIGINS, ['https://a', 'https://b'])
  t.equal(config.OPERATIONS_HOST, '127.0.0.1')
  t.same(upstreamsOf(config), {
    ticket: 'http://t',
    'sla-policy': 'http://s',
    clock: 'http://c',
    escalation: 'http://e',
    notification: 'http://n',
    directory: 'http://d',
    template: 'http://m'
  })
  t.notMatch(describeConfig(ConfigSchema), /\| \|$/m)
  t.match(readFileSync(new URL('../../README.md', import.meta.url), 'utf8'), describeConfig(ConfigSchema))
})
