import { formatInstant } from '@dueline/business-time'
import {
  eventFaults,
  isEvent,
  isEventType,
  publisherOf,
  sequenceText,
  type DuelineEvent,
  type NewEvent
} from '@dueline/contracts'
import { currentTraceparent } from '@dueline/runtime'
import { recordBytesMax } from './bus.ts'

/** Why a record cannot be read as an event. */
export type DecodeReason = 'oversized' | 'not_an_event' | 'unknown_type' | 'bad_json' | 'schema_fault'
export interface DecodeFault {
  reason: DecodeReason
  detail: string
}
export type Decoded = { event: DuelineEvent, fault?: undefined } | { event?: undefined, fault: DecodeFault }

/** An event as a record: CloudEvents 1.0, binary content mode of the Kafka protocol binding. */
export interface EncodedEvent {
  key: string
  headers: Record<string, string>
  value: string
}

const contentType = 'application/json'
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * The whole envelope of a new event, in the trace of what is being done for its key (see `currentTraceparent`).
 * @throws RangeError for a `time` that is no instant
 */
export function completeEvent ({ time, tenantId, partitionKey, ...event }: NewEvent): DuelineEvent {
  const traceparent = event.traceparent ?? currentTraceparent(partitionKey)
  return {
    ...event,
    ...(traceparent === undefined ? {} : { traceparent }),
    specversion: '1.0',
    source: `/dueline/${publisherOf[event.type]}`,
    time: formatInstant(time),
    datacontenttype: contentType,
    tenantid: tenantId,
    partitionkey: partitionKey
  }
}

/** Attributes become `ce_*` headers, `datacontenttype` becomes `content-type`, data becomes the JSON value. */
export function encodeEvent (event: DuelineEvent): EncodedEvent {
  const headers: Record<string, string> = {
    'content-type': event.datacontenttype,
    ce_specversion: event.specversion,
    ce_id: event.id,
    ce_source: event.source,
    ce_type: event.type,
    ce_subject: event.subject,
    ce_time: event.time,
    ce_tenantid: event.tenantid,
    ce_partitionkey: event.partitionkey,
    ce_sequence: sequenceText(event.sequence),
    ce_historical: String(event.historical)
  }
  if (event.traceparent !== undefined) headers.ce_traceparent = event.traceparent
  return { key: event.partitionkey, headers, value: JSON.stringify(event.data) }
}

/**
 * Reads a record as an event and checks it against the schema of its type. Never throws. The order of checks is the
 * cost's: a type that is not known is refused before its JSON is parsed.
 */
export function decodeEvent ({ headers, value }: { headers: Record<string, string>, value: Uint8Array }): Decoded {
  if (value.byteLength > recordBytesMax) {
    return fault('oversized', `${value.byteLength} bytes, at most ${recordBytesMax} are read`)
  }
  const type = headers.ce_type
  if (headers.ce_specversion !== '1.0' || type === undefined) {
    return fault('not_an_event', 'no CloudEvents 1.0 headers (ce_specversion, ce_type)')
  }
  if (!isEventType(type)) return fault('unknown_type', `${type.slice(0, 200)} is not an event type known here`)
  let data: unknown
  try {
    data = JSON.parse(decoder.decode(value))
  } catch (error) {
    return fault('bad_json', (error as Error).message.slice(0, 200))
  }
  const event = envelopeOf(headers, type, data)
  if (isEvent(event)) return { event }
  return fault('schema_fault', eventFaults(event).slice(0, 20).join('; '))
}

function fault (reason: DecodeReason, detail: string): Decoded {
  return { fault: { reason, detail } }
}

/** Missing attributes stay undefined, for the schema to find. */
function envelopeOf (headers: Record<string, string>, type: string, data: unknown): { type: string } {
  const { ce_historical: historical, ce_traceparent: traceparent } = headers
  return {
    specversion: headers.ce_specversion,
    id: headers.ce_id,
    source: headers.ce_source,
    type,
    subject: headers.ce_subject,
    time: headers.ce_time,
    datacontenttype: headers['content-type']?.split(';', 1)[0]?.trim(),
    tenantid: headers.ce_tenantid,
    partitionkey: headers.ce_partitionkey,
    sequence: headers.ce_sequence === undefined || headers.ce_sequence === '' ? undefined : Number(headers.ce_sequence),
    historical: historical === 'true' ? true : historical === 'false' ? false : historical,
    ...(traceparent === undefined ? {} : { traceparent }),
    data
  } as { type: string }
}
