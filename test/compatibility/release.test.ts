import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Operation } from '../../tools/compatibility/operations.ts'
import { incompatibleChanges, readRelease, undeclared, type Release } from '../../tools/compatibility/release.ts'

const text = { type: 'string' }
const json = (schema: Record<string, unknown>) => ({ content: { 'application/json': { schema } } })
const operation: Operation = {
  operationId: 'createThing',
  parameters: [{ in: 'query', name: 'limit', schema: { type: 'integer', maximum: 200 } }],
  requestBody: { required: false, ...json({ type: 'object', properties: { a: text } }) },
  responses: { 201: json({ $ref: '#/components/schemas/Thing' }), 400: json({ type: 'object' }) },
  'x-roles': ['admin', 'agent']
}
const release: Release = {
  version: '1.0.0',
  operations: { 'POST /v1/things': operation },
  schemas: { Thing: { type: 'object', properties: { id: text }, required: ['id'] } },
  events: { 'dueline.thing.made.v1': { type: 'object', properties: { id: { ...text, maxLength: 9 } } } },
  migrations: { 'services/a/migrations/0001_a.sql': '1', 'services/a/migrations/0003_c.sql': '3' }
}
const withOperation = (change: Partial<Operation>): Release => ({
  ...release,
  operations: { 'POST /v1/things': { ...operation, ...change } }
})
const parameter = operation.parameters?.[0]
const { 201: made, ...others } = operation.responses

const refused: Record<string, [after: Release, change: string]> = {
  'an operation less': [{ ...release, operations: {} }, 'POST /v1/things was removed'],
  'another operation id': [
    withOperation({ operationId: 'makeThing' }),
    'POST /v1/things: operationId createThing became makeThing'
  ],
  'a role less': [withOperation({ 'x-roles': ['admin'] }), 'POST /v1/things: role agent may no longer call it'],
  'a parameter less': [withOperation({ parameters: [] }), 'POST /v1/things: query limit was removed'],
  'a parameter that must be sent': [
    withOperation({ parameters: [parameter!, { in: 'header', name: 'If-Match', required: true }] }),
    'POST /v1/things: header If-Match must be sent now'
  ],
  'a parameter that takes less': [
    withOperation({ parameters: [{ ...parameter!, schema: { type: 'integer', maximum: 100 } }] }),
    'POST /v1/things query limit: maximum 200 became 100'
  ],
  'a body that must be sent': [
    withOperation({ requestBody: { ...operation.requestBody!, required: true } }),
    'POST /v1/things: a body must be sent now'
  ],
  'a body of another kind': [
    withOperation({ requestBody: { content: { 'text/csv': {} } } }),
    'POST /v1/things: body no longer comes as application/json'
  ],
  'another success': [
    withOperation({ responses: { ...others, 200: made! } }),
    'POST /v1/things: no longer answers 201'
  ],
  'a field less of a named schema': [
    { ...release, schemas: { Thing: { type: 'object', properties: {} } } },
    'POST /v1/things answer 201: field id was removed'
  ],
  'an event less': [{ ...release, events: {} }, 'event dueline.thing.made.v1 was removed'],
  'another event': [
    { ...release, events: { 'dueline.thing.made.v1': { type: 'object', properties: { id: text } } } },
    'event dueline.thing.made.v1.id: maxLength 9 became undefined'
  ],
  'an edited migration': [
    { ...release, migrations: { ...release.migrations, 'services/a/migrations/0001_a.sql': '2' } },
    'services/a/migrations/0001_a.sql was edited'
  ],
  'a migration less': [
    { ...release, migrations: { 'services/a/migrations/0003_c.sql': '3' } },
    'services/a/migrations/0001_a.sql was removed'
  ],
  'a migration in the middle': [
    { ...release, migrations: { ...release.migrations, 'services/a/migrations/0002_b.sql': '2' } },
    'services/a/migrations/0002_b.sql comes before services/a/migrations/0003_c.sql, which databases have already'
  ]
}
for (const [name, [after, change]] of Object.entries(refused)) {
  t.test(`${name} is incompatible`, async (t) => {
    t.same(incompatibleChanges(release, after), [change])
    t.same(undeclared([change], []), [change])
    t.same(undeclared([change], [{ change, reason: 'nobody uses it yet' }]), [])
  })
}

const accepted: Record<string, Release> = {
  'an operation more': { ...release, operations: { ...release.operations, 'GET /v1/things': operation } },
  'a role more': withOperation({ 'x-roles': ['admin', 'agent', 'sales'] }),
  'a parameter more': withOperation({ parameters: [parameter!, { in: 'query', name: 'sort', schema: text }] }),
  'a parameter that takes more': withOperation({ parameters: [{ ...parameter!, schema: { type: 'integer' } }] }),
  'another refusal': withOperation({ responses: { 201: made!, 409: json({ type: 'object' }) } }),
  'a field more': {
    ...release,
    schemas: { Thing: { type: 'object', properties: { id: text, name: text }, required: ['id', 'name'] } }
  },
  'an event more': { ...release, events: { ...release.events, 'dueline.thing.made.v2': { type: 'object' } } },
  'a migration at the end, and of another service': {
    ...release,
    migrations: {
      ...release.migrations,
      'services/a/migrations/0004_d.sql': '4',
      'services/b/migrations/0001_a.sql': '1'
    }
  }
}
for (const [name, after] of Object.entries(accepted)) {
  t.test(`${name} is compatible`, async (t) => {
    t.same(incompatibleChanges(release, after), [])
  })
}

t.test('a declaration needs a reason, and what it declares', async (t) => {
  t.same(undeclared(['a'], [{ change: 'a', reason: ' ' }]), ['declared without a reason: a'])
  t.same(undeclared([], [{ change: 'a', reason: 'was so once' }]), ['declared, but not so (any more): a'])
})

t.test('what the repository offers is all there', async (t) => {
  const now = readRelease(fileURLToPath(new URL('../../', import.meta.url)))
  t.ok(Object.keys(now.operations).length >= 90, 'operations')
  t.ok(Object.keys(now.events).length >= 30, 'events')
  t.ok(Object.keys(now.migrations).length >= 25, 'migrations')
  t.ok(Object.keys(now.schemas).includes('Problem'), 'schemas')
  t.same(incompatibleChanges(now, now), [])
  const [name = ''] = Object.keys(now.operations)
  const { [name]: _removed, ...operations } = now.operations
  t.same(incompatibleChanges(now, { ...now, operations }), [`${name} was removed`])
  for (const part of ['description', 'summary', 'example']) {
    t.notMatch(JSON.stringify(now.events), new RegExp(`"${part}":"`), 'no words for people')
  }
})

t.test('the command fails for options that it does not know', async (t) => {
  const program = fileURLToPath(new URL('../../tools/compatibility.ts', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [program, '--bles'], { encoding: 'utf8' })
  t.equal(status, 64)
  t.match(stderr, /--bles/)
})
