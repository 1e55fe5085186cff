import t from 'tap'
import { completeEvent, decodeEvent, encodeEvent, recordBytesMax, type NewEvent } from '../../src/index.ts'
import { newEvent } from '../support/events.ts'

function record (
  event: NewEvent,
  change: { headers?: Record<string, string | undefined>, value?: Uint8Array | string } = {}
): { headers: Record<string, string>, value: Uint8Array } {
  const { headers, value } = encodeEvent(completeEvent(event))
  const changed = Object.fromEntries(
    Object.entries({ ...headers, ...change.headers }).filter(([, text]) => text !== undefined)
  ) as Record<string, string>
  const data = change.value ?? value
  return { headers: changed, value: typeof data === 'string' ? Buffer.from(data) : data }
}

t.test('an event comes back as it was, with and without a trace', async (t) => {
  for (
    const event of [
      newEvent('a', 3),
      newEvent('ключ', 0, { historical: true, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
    ]
  ) {
    t.strictSame(decodeEvent(record(event)).event, completeEvent(event))
  }
})

t.test('attributes travel as ce_ headers, the data alone is the value', async (t) => {
  const { key, headers, value } = encodeEvent(completeEvent(newEvent('a', 3)))
  t.equal(key, 'a')
  t.equal(headers['content-type'], 'application/json')
  t.match(headers, {
    ce_specversion: '1.0',
    ce_source: '/dueline/notification',
    ce_sequence: '3',
    ce_historical: 'false',
    ce_time: '2026-01-01T00:00:00.000003Z'
  })
  t.strictSame(JSON.parse(value), newEvent('a', 3).data)
})

t.test('what cannot be read is refused with a reason', async (t) => {
  const event = newEvent('a', 3)
  const cases: Array<[string, Parameters<typeof record>[1], RegExp]> = [
    ['bad_json', { value: '{"a":' }, /JSON/],
    ['bad_json', { value: Buffer.from([0x22, 0xff, 0x22]) }, /encoded|invalid/i],
    ['not_an_event', { headers: { ce_specversion: undefined } }, /specversion/],
    ['not_an_event', { headers: { ce_specversion: '0.3' } }, /specversion/],
    ['not_an_event', { headers: { ce_type: undefined } }, /ce_type/],
    ['unknown_type', { headers: { ce_type: 'dueline.webhook-endpoint.disabled.v9' } }, /v9/],
    ['unknown_type', { headers: { ce_type: 'toString' } }, /toString/],
    ['schema_fault', { value: '{}' }, /endpointId/],
    ['schema_fault', { value: 'null' }, /data/],
    ['schema_fault', { headers: { ce_tenantid: undefined } }, /tenantid/],
    ['schema_fault', { headers: { ce_sequence: '1.5' } }, /sequence/],
    ['schema_fault', { headers: { ce_sequence: '' } }, /sequence/],
    ['schema_fault', { headers: { ce_sequence: 'x' } }, /sequence/],
    ['schema_fault', { headers: { ce_historical: 'yes' } }, /historical/],
    ['schema_fault', { headers: { ce_time: 'today' } }, /time/],
    ['schema_fault', { headers: { ce_id: 'not-a-uuid' } }, /id/],
    ['schema_fault', { headers: { 'content-type': 'text/plain' } }, /datacontenttype/],
    ['oversized', { value: Buffer.alloc(recordBytesMax + 1) }, /bytes/]
  ]
  for (const [reason, change, detail] of cases) {
    const { fault } = decodeEvent(record(event, change))
    t.equal(fault?.reason, reason)
    t.match(fault?.detail, detail)
  }
})

t.test('parameters of the content type do not matter', async (t) => {
  t.ok(decodeEvent(record(newEvent('a', 1), { headers: { 'content-type': 'application/json; charset=utf-8' } })).event)
})

t.test('sequence is written as a text that sorts, and read with any number of digits', async (t) => {
  const event = completeEvent(newEvent('a', 12))
  const { headers, value } = encodeEvent(event)
  t.equal(headers['ce_sequence'], '0000000000000012')
  for (const written of ['12', '0000000000000012']) {
    const read = decodeEvent({ headers: { ...headers, ce_sequence: written }, value: Buffer.from(value) })
    t.equal(read.event?.sequence, 12)
  }
  t.ok(encodeEvent(completeEvent(newEvent('a', 9))).headers['ce_sequence']! < headers['ce_sequence']!)
})
