// What the published schemas say of events holds for the events that really come, by validators that are not ours: from
// the feed, by webhook, and as records of Kafka.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nameOfEvent, topics, type EventType } from '@dueline/contracts'
import { kafkaPrefix } from '@dueline/embedded'
import { arrivals, testKafka } from '@dueline/testkit'
import kafkajs from 'kafkajs'
import t, { type Test } from 'tap'
import { oneStack } from '../../harness/one-stack.ts'
import { pythonVerdicts, type Checked } from '../../harness/python-validators.ts'
import { apiOf, escalationsEnd, openTicket, people, seedTenant } from '../../harness/short-agreement.ts'

const tenant = 'validated'
const schemaOf = (type: string): string => `openapi/events/${type}.schema.json`

type Received = Record<string, unknown> & { type: string }

/** Every event that is delivered to the address, as it was sent. */
async function receiver (t: Test) {
  const received = arrivals<Received>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      received.add(JSON.parse(Buffer.concat(chunks).toString()) as Received)
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

interface KafkaRecord {
  headers: Record<string, string>
  data: unknown
}

/** The tenant's records of the topics, until those of some events are there; read by a bare client. */
async function recordsOf (t: Test, brokers: string[], prefix: string, ids: readonly string[]): Promise<KafkaRecord[]> {
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: `${prefix}validates` })
  await consumer.connect()
  t.teardown(async () => await consumer.disconnect())
  await consumer.subscribe({ topics: Object.values(topics).map((topic) => prefix + topic), fromBeginning: true })
  const records: KafkaRecord[] = []
  const missing = new Set(ids)
  await new Promise<void>((resolve, reject) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        const headers = Object.fromEntries(
          Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)])
        )
        if (headers['ce_tenantid'] !== tenant) return
        records.push({ headers, data: JSON.parse(String(message.value)) })
        missing.delete(headers['ce_id']!)
        if (missing.size === 0) resolve()
      }
    }).catch(reject)
  })
  return records
}

/** A record put together as the CloudEvents binding for Kafka says. */
function eventOf ({ headers, data }: KafkaRecord): Received {
  const { 'content-type': datacontenttype, ...attributes } = headers
  const named = Object.entries(attributes).map(([name, value]) => [name.replace(/^ce_/, ''), value])
  const { historical, ...texts } = Object.fromEntries(named) as Record<string, string>
  return { ...texts, type: texts['type']!, historical: historical === 'true', datacontenttype, data }
}

/** The ways in which an event can be wrong, each refused by what the schema of every event says. */
const damages: Array<[string, (event: Received) => object]> = [
  ['a number where the sequence is a text', (event) => ({ ...event, sequence: 3 })],
  ['a time that is none', (event) => ({ ...event, time: 'tomorrow' })],
  ['another type', (event) => ({ ...event, type: 'dueline.ticket.painted.v1' })],
  ['no data', ({ data: _, ...event }) => event]
]

const brokers = await testKafka(t)

t.test('validators of Python take the events of feed, webhooks and Kafka, and refuse broken ones', async (t) => {
  const stack = await oneStack(brokers === undefined ? {} : { kafkaBrokers: brokers })
  const api = await apiOf(stack, tenant)
  const { received, url } = await receiver(t)
  await seedTenant(api, tenant, url)
  const { id } = await openTicket(api, 'one')
  const path = { ticketId: id }
  await api.post('/v1/tickets/{ticketId}/messages', { path, body: { body: 'Done' } })
  await api.post('/v1/tickets', { body: { subject: 'Breaks', customerId: people.customer, assigneeId: people.agent } })
  await escalationsEnd(api, [(await openTicket(api, 'late')).id])
  const fed: Received[] = await Array.fromAsync(api.feed(), ({ event }) => ({ ...event }))
  const ofTicket = fed.filter((event) => event['subject'] === `ticket/${id}`)
  const delivered = await Promise.all(
    ofTicket.map(async (event) => await received.find((each) => each['id'] === event['id']))
  )
  const published = fed.filter(({ type }) => !type.startsWith('dueline.inbox.'))
  const records = brokers === undefined
    ? []
    : await recordsOf(t, brokers, await kafkaPrefix(stack.folder), published.map((event) => event['id'] as string))
  const types = new Set(fed.map(({ type }) => type))
  t.ok(types.size > 12 && delivered.length > 3, `${types.size} types, ${delivered.length} deliveries`)

  const whole: Checked[] = [...fed, ...delivered, ...records.map(eventOf)]
    .map((value) => ({ schema: schemaOf(value.type), value }))
  const inParts: Checked[] = records.flatMap(({ headers, data }) => {
    const part = `/components/messages/${nameOfEvent(headers['ce_type'] as EventType)}Record`
    const schema = 'openapi/asyncapi.json'
    return [{ schema, part: `${part}/payload`, value: data }, { schema, part: `${part}/headers`, value: headers }]
  })
  const broken = [...new Map(fed.map((event) => [event.type, event])).values()].flatMap((event) =>
    damages.map(([what, damage]) => ({
      what: `${event.type}, ${what}`,
      schema: schemaOf(event.type),
      value: damage(event)
    }))
  )
  const good = [...whole, ...inParts]
  const verdicts = await pythonVerdicts(t, [...good, ...broken.map(({ what: _, ...checked }) => checked)])
  if (verdicts === undefined) return
  t.equal(verdicts.length, good.length + broken.length)
  t.same(verdicts.slice(0, good.length).filter(({ refusedBy }) => refusedBy.length > 0), [], `${good.length} fit`)
  const taken = broken.filter((_, i) => verdicts[good.length + i]?.refusedBy.length !== 2)
  t.same(taken.map(({ what }) => what), [], `${broken.length} that are broken are refused by both`)
})
