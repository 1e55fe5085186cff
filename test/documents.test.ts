// What readers of the OpenAPI documents find: every operation says what it is for and what its answers hold.
import { eventTypes, Instant, schemaRef } from '@dueline/contracts'
import { Ajv2020 } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { privateWords, wordsOf } from '../tools/lint/private-words.ts'

interface Operation {
  operationId: string
  summary?: string
  description?: string
  responses: Record<string, { description: string }>
}

const documents = readdirSync('services')
  .map((service) => join('openapi', `${service}.json`))
  .filter((file) => existsSync(file) && file !== join('openapi', 'gateway.json'))

function operationsOf (file: string): Operation[] {
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, unknown>> }
  return Object.values(paths).flatMap((item) => Object.values(item)).filter((each): each is Operation =>
    typeof each === 'object' && each !== null && 'operationId' in each
  )
}

/** What is wrong with the words of an operation. */
function faultsOf ({ operationId, summary = '', description = '', responses }: Operation): string[] {
  const faults = [
    /^[A-Z].*[^.]$/.test(summary) ? '' : 'its summary must be a title: a capital first, no full stop',
    summary.length <= 60 ? '' : 'its summary has more than 60 characters',
    /^[A-Z`].*\.$/s.test(description) ? '' : 'its description must be sentences',
    ...Object.entries(responses).map(([status, answer]) =>
      answer.description === 'Default Response' || answer.description === 'What came of it'
        ? `nothing says what its ${status} holds: name it in config.answers`
        : ''
    )
  ]
  return faults.filter((fault) => fault !== '').map((fault) => `${operationId}: ${fault}`)
}

t.test('every operation has a title, sentences, and words for each answer', async (t) => {
  t.ok(documents.length >= 5, `${documents.length} documents`)
  for (const file of documents) t.same(operationsOf(file).flatMap(faultsOf), [], file)
})

t.test('the counter-test: what says nothing is named', async (t) => {
  const mute = { operationId: 'getThing', summary: 'reads.', responses: { 200: { description: 'Default Response' } } }
  t.equal(faultsOf(mute).length, 3)
})

type Json = Record<string, unknown>

/**
 * Patterns that name halves of surrogate pairs, write characters in ways that RE2 and others do not know, or say `\d`,
 * which Python takes for the digits of every script.
 */
function strangePatternsIn (value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const { pattern } = value as Json
  const own = typeof pattern === 'string' && /\\[dup]|[\ud800-\udfff]/u.test(pattern) ? [pattern] : []
  return [...own, ...Object.values(value).flatMap(strangePatternsIn)]
}

t.test('patterns can be read by regular expression engines without surrogates, and mean the same there', async (t) => {
  const schemas = readdirSync(join('openapi', 'events')).map((file) => join('openapi', 'events', file))
  for (const file of [...documents, ...schemas]) {
    t.same(strangePatternsIn(JSON.parse(readFileSync(file, 'utf8'))), [], file)
  }
  const ofPatterns = (...patterns: string[]) => patterns.map((pattern) => ({ pattern }))
  const strange = [String.raw`^[^\u0000]*$`, String.raw`^\d$`]
  t.same(strangePatternsIn(ofPatterns(...strange, String.raw`^[^\x00]*$`, '^[0-9]$')), strange, 'the counter-test')
})

const gateway = JSON.parse(readFileSync(join('openapi', 'gateway.json'), 'utf8')) as {
  paths: Json,
  components: { schemas: Record<string, Json> }
}

/** Objects with fields that have no name, wherever they stand; and names without a word of what they are. */
function namelessIn ({ paths, components: { schemas } }: typeof gateway): string[] {
  const found: string[] = []
  const look = (value: unknown, pointer: string, isNamed = false): void => {
    if (typeof value !== 'object' || value === null) return
    const { type, properties } = value as Json
    if (type === 'object' && properties !== undefined && !isNamed) found.push(pointer)
    for (const [key, each] of Object.entries(value)) {
      if (!['examples', 'example', 'default'].includes(key)) look(each, `${pointer}/${key}`)
    }
  }
  look(paths, '')
  for (const [name, schema] of Object.entries(schemas)) {
    look(schema, name, true)
    if (typeof schema['description'] !== 'string') found.push(`${name} has no description`)
  }
  return found
}

t.test('every object has a name, and every name a description', async (t) => {
  t.ok(Object.keys(gateway.components.schemas).length > 150)
  t.same(namelessIn(gateway), [])
})

t.test('the counter-test: an object without a name, and a name without a word', async (t) => {
  const inner = { type: 'object', properties: { a: { type: 'object', properties: {} } } }
  t.same(namelessIn({ paths: { p: inner }, components: { schemas: { Thing: inner } } }), [
    '/p',
    '/p/properties/a',
    'Thing/properties/a',
    'Thing has no description'
  ])
})

/** Plain words of English that texts may have, and identifiers may not. */
const plainWords: readonly string[] = ['take', 'keep', 'keeps', 'kept', 'nobody']

/** Texts and names in a document that have a word of `privateWords`, each once. */
function privateTextsIn (document: unknown): string[] {
  const words = Object.keys(privateWords).filter((word) => !plainWords.includes(word))
  const found = new Set<string>()
  JSON.stringify(document, (key, value: unknown) => {
    if (['title', 'summary', 'description'].includes(key) && typeof value === 'string') {
      const own = ` ${wordsOf(value.replace(/[^A-Za-z_$]+/g, ' ')).join(' ')} `
      if (words.some((word) => own.includes(` ${word} `))) found.add(value)
    }
    return value
  })
  return [...found]
}

t.test('documents have no word that only its writers know', async (t) => {
  for (const file of ['gateway.json', 'asyncapi.json']) {
    t.same(privateTextsIn(JSON.parse(readFileSync(join('openapi', file), 'utf8'))), [], file)
  }
  const sample = { title: 'LevelTold', description: 'Nobody takes it', items: { summary: 'What is in hand.' } }
  t.same(privateTextsIn(sample), ['LevelTold', 'What is in hand.'], 'the counter-test')
})

/** Shapes without an example, and examples that their shape refuses, its formats too. */
function exampleFaultsIn (document: typeof gateway): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ;(ajvFormats as unknown as (ajv: Ajv2020) => Ajv2020)(ajv)
  ajv.addFormat('idn-email', /^[^@]+@[^@]+$/).addSchema(document, 'document')
  return Object.entries(document.components.schemas).flatMap(([name, { examples = [] }]) => {
    if (!Array.isArray(examples) || examples.length === 0) return [`${name} has no example`]
    return examples.every((each) => ajv.validate(`document${schemaRef}${name}`, each))
      ? []
      : [`${name}: ${ajv.errorsText()}`]
  })
}

t.test('every name has an example that fits', async (t) => {
  t.same(exampleFaultsIn(gateway), [])
  const Thing = { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } }
  const schemas = { Thing, Other: { ...Thing, examples: [{ at: 'noon' }] } }
  t.same(exampleFaultsIn({ paths: {}, components: { schemas } }).length, 2)
})

/** Texts of a known form that do not say it, and choices of tagged shapes that do not say the tag. */
function unsaidIn (part: unknown, pointer = ''): string[] {
  if (typeof part !== 'object' || part === null) return []
  const { type, pattern, format, anyOf } = part as Json
  const own = [
    ...(type === 'string' && /^\^\[0-9a-f\]\{8\}-/.test(String(pattern)) && format !== 'uuid' ? ['uuid'] : []),
    ...(type === 'string' && /^\^\[0-9\]\{4\}-.*T.*Z\$$/.test(String(pattern)) && format !== 'date-time'
      ? ['date-time']
      : []),
    ...(Array.isArray(anyOf) && tagged(anyOf as Json[]) ? ['discriminator'] : [])
  ]
  return [
    ...own.map((what) => `${pointer} is without ${what}`),
    ...Object.entries(part).flatMap(([key, each]) => key === 'examples' ? [] : unsaidIn(each, `${pointer}/${key}`))
  ]
}

function tagged (choices: readonly Json[]): boolean {
  const shapes = choices.map(({ $ref, ...own }) =>
    $ref === undefined ? own : gateway.components.schemas[String($ref).slice(schemaRef.length)]!
  )
  const constants = shapes.map(({ properties = {} }) =>
    Object.entries(properties as Record<string, Json>).filter(([, each]) => typeof each['const'] === 'string')
      .map(([name]) => name)
  )
  return constants[0]?.some((name) => constants.every((names) => names.includes(name))) === true
}

t.test('forms and tags are said', async (t) => {
  t.same(unsaidIn(gateway), [])
  const choice = (kind: string) => ({ properties: { kind: { const: kind } } })
  const wrong = {
    a: { type: 'string', pattern: '^[0-9a-f]{8}-' },
    b: { anyOf: [choice('x'), choice('y')] },
    c: { ...Instant, format: undefined }
  }
  t.same(unsaidIn(wrong), ['/a is without uuid', '/b is without discriminator', '/c is without date-time'])
  t.ok(JSON.stringify(gateway).includes('"FieldComparison"'))
})

t.test('each event that can be delivered is a webhook, with the headers of its signature', async (t) => {
  const { webhooks } = gateway as unknown as { webhooks: Record<string, { post: Json }> }
  t.same(Object.keys(webhooks), eventTypes.filter((type) => !type.startsWith('dueline.inbox.')))
  for (const { post } of Object.values(webhooks)) {
    const names = (post['parameters'] as Json[]).filter(({ required }) => required).map(({ name }) => name)
    t.same(names, ['webhook-id', 'webhook-timestamp', 'webhook-signature'])
  }
})
