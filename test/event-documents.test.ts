// What readers of asyncapi.json find: every channel, every shape by its name, and that events are what it says.
import { readFileSync } from 'node:fs'
import { eventTypes, nameOfEvent, published } from '@dueline/contracts'
import { completeEvent, encodeEvent } from '@dueline/messaging'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { newEvent } from '../packages/messaging/test/support/events.ts'

type Json = Record<string, unknown>
interface Document {
  channels: Record<string, { messages: Record<string, { $ref: string }> }>
  components: { messages: Record<string, { payload: object, headers?: object, summary: string }>, schemas: Json }
}

const document = JSON.parse(readFileSync('openapi/asyncapi.json', 'utf8')) as Document
const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(document, 'document')

function faultsOf (pointer: string, value: unknown): string[] {
  ajv.validate(`document#/components/${pointer}`, value)
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** Objects with fields that stand inside of others. */
function namelessIn (value: unknown, pointer = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.entries(value).flatMap(([key, each]) => namelessIn(each, `${pointer}/${key}`))
  return 'properties' in value && pointer.split('/').length > 2 ? [pointer, ...inner] : inner
}

t.test('Kafka, dead letters, webhook, stream and feed have channels, and messages that are there', async (t) => {
  const { channels, components: { messages } } = document
  t.match(Object.keys(channels).sort().join(), /clock,clock-dead-letters,.*feed,.*stream,.*webhook/)
  for (const channel of Object.values(channels)) {
    for (const { $ref } of Object.values(channel.messages)) {
      t.match(messages[$ref.replace('#/components/messages/', '')], { payload: Object, summary: String }, $ref)
    }
  }
  const delivered = eventTypes.filter((type) => !type.startsWith('dueline.inbox.'))
  t.same(Object.keys(channels['webhook']!.messages), delivered.map(nameOfEvent))
})

t.test('every shape has a name', async (t) => {
  t.same(namelessIn(document.components.schemas), [])
  t.same(namelessIn({ Thing: { properties: { inner: { properties: {} } } } }), ['/Thing/properties/inner'])
})

t.test('no shape has a discriminator: in AsyncAPI that is a name, not the object of OpenAPI', async (t) => {
  t.notMatch(JSON.stringify(document.components.schemas), /"discriminator":/)
})

t.test('an event is what the document says, whole and as a record of Kafka', async (t) => {
  const event = completeEvent(newEvent('a', 3))
  const name = nameOfEvent(event.type)
  const { headers, value } = encodeEvent(event)
  t.same(faultsOf(`messages/${name}/payload`, published(event)), [])
  t.same(faultsOf(`messages/${name}Record/payload`, JSON.parse(value)), [])
  t.same(faultsOf(`messages/${name}Record/headers`, headers), [])
  // the counter-tests: numbers are texts in headers, and texts no numbers in the envelope
  t.same(faultsOf(`messages/${name}Record/headers`, { ...headers, ce_sequence: 3 }), [
    '/ce_sequence must be string'
  ])
  t.same(faultsOf(`messages/${name}Record/headers`, { ...headers, ce_historical: 'no' }).length, 1)
  t.same(faultsOf(`messages/${name}/payload`, event), ['/sequence must be string'])
})
