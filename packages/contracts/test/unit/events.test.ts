import t from 'tap'
import {
  asyncApiDocument,
  eventFaults,
  eventTypes,
  eventSchemaDocument,
  Instant,
  Duration,
  publisherOf,
  topics
} from '@dueline/contracts'

const id = '01900000-0000-7000-8000-000000000001'
const person = {
  specversion: '1.0',
  id,
  source: '/dueline/directory',
  type: 'dueline.person.changed.v1',
  subject: `person/${id}`,
  time: '2026-01-01T00:00:00.000000Z',
  datacontenttype: 'application/json',
  tenantid: 'acme',
  partitionkey: id,
  sequence: 1,
  historical: false,
  data: {
    person: {
      id,
      role: 'agent',
      name: 'A B',
      screenName: 'A',
      email: null,
      phone: null,
      language: 'ar',
      languages: ['ar', 'en'],
      timeZone: null,
      calendarId: null,
      managerId: null,
      level: null,
      unitId: null,
      active: true,
      externalId: null,
      version: 1
    }
  }
}

t.test('a right event has no fault, and fields a reader does not know are no fault', async (t) => {
  t.same(eventFaults(person), [])
  t.same(eventFaults({ ...person, later: 1, data: { ...person.data, more: true } } as typeof person), [])
})

t.test('every fault is named with its pointer', async (t) => {
  const faults = eventFaults(
    {
      ...person,
      time: '2026-01-01 00:00:00Z',
      data: { person: { ...person.data.person, role: 'king', version: 0 } }
    } as typeof person
  )
  t.equal(faults.length, 3)
  t.match(faults.join('\n'), /\/time[^]*\/data\/person\/role[^]*\/data\/person\/version/)
  t.match(eventFaults({ type: 'dueline.person.eaten.v1' })[0], /not an event type/)
})

function patternOf (schema: object): RegExp {
  return new RegExp(String((schema as { pattern?: string }).pattern))
}

t.test('instants and durations take exactly what the arithmetic takes', async (t) => {
  const instant = patternOf(Instant)
  for (const good of ['2026-01-31T08:00:00Z', '2026-01-31T08:00:00.123456Z']) t.ok(instant.test(good), good)
  for (
    const bad of [
      '2026-01-31 08:00:00Z',
      '2026-01-31T23:59:60Z',
      '2026-01-31T24:00:00Z',
      '2026-01-31T08:00:00+01:00',
      '2026-01-31T08:00:00.1234567Z'
    ]
  ) t.notOk(instant.test(bad), bad)
  const duration = patternOf(Duration)
  for (const good of ['PT30M', 'PT1H30M', 'PT0.5S', 'PT72H']) t.ok(duration.test(good), good)
  for (const bad of ['P1D', 'PT', '30M', 'PT1.5H', '-PT1S']) t.notOk(duration.test(bad), bad)
})

t.test('every event type is published by one service, on its topic, with a schema of its own', async (t) => {
  const { channels } = asyncApiDocument('0.1.0') as { channels: Record<string, { address: string, messages: object }> }
  const ofTopics = Object.entries(topics).map(([service, address]) => {
    t.equal(channels[service]?.address, address)
    return Object.keys(channels[service]?.messages ?? {}).length
  })
  // what tries an endpoint is sent to that one alone, and what happens in an inbox to its owner
  t.equal(ofTopics.reduce((sum, count) => sum + count, 0), eventTypes.length - 3)
  for (const type of eventTypes) {
    t.ok(publisherOf[type], type)
    t.match(eventSchemaDocument(type), {
      $id: new RegExp(type.replaceAll('.', '\\.')),
      properties: { data: Object, type: { const: type } }
    })
  }
})
