import { Type, type Static } from 'typebox'
import { Instant, TenantId, Uuid } from './vocabulary.ts'

/**
 * The CloudEvents 1.0 envelope of every Dueline event (structured JSON form).
 * `time` is when the fact happened, which may be long before it was recorded; `sequence` counts up by one per
 * change of the aggregate named by the event, so that a reader keeps the newest state by comparing them. This is how
 * services hold an event; what they write is in `publishedFields`.
 */
export const EnvelopeFields = {
  specversion: Type.Literal('1.0'),
  id: Uuid,
  source: Type.String({ format: 'uri-reference', pattern: '^/dueline/[a-z-]+$' }),
  type: Type.String({ pattern: '^dueline\\.[a-z-]+\\.[a-z-]+\\.v[1-9][0-9]*$' }),
  subject: Type.String({ maxLength: 200, description: 'ticket/<id> where there is a ticket' }),
  time: Instant,
  datacontenttype: Type.Literal('application/json'),
  tenantid: TenantId,
  partitionkey: Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'the ticket id where there is one: keeps its events in order'
  }),
  sequence: Type.Integer({ minimum: 0, description: 'version of the aggregate after this fact' }),
  historical: Type.Boolean({
    description: 'true for imported past: recorded and counted, nobody is notified or escalated to'
  }),
  traceparent: Type.Optional(Type.String({
    maxLength: 55,
    description: 'W3C trace context of the request that all began with; what a timer has set off is a span of its own'
  }))
}

/**
 * The envelope as it is written, on every way that an event takes. `sequence` is the CloudEvents extension of that
 * name: a text that sorts as the numbers do.
 */
export const publishedFields = {
  ...EnvelopeFields,
  sequence: Type.String({
    pattern: '^[0-9]{16}$',
    description: 'version of the aggregate after this fact, in 16 digits: compare it as text or as a number',
    examples: ['0000000000000003']
  })
}

/** A version as the `sequence` of a published event. */
export function sequenceText (sequence: number): string {
  return String(sequence).padStart(16, '0')
}

export const Envelope = Type.Object(EnvelopeFields)

/** The attributes of an event. */
export type Envelope = Static<typeof Envelope>

/** What a producer fills in besides type and data; the outbox adds the rest. */
export interface NewEnvelope {
  id: string
  subject: string
  /** When the fact happened: microseconds since 1970. */
  time: number
  tenantId: string
  partitionKey: string
  sequence: number
  historical: boolean
  /** Of the cause, where that is not what is being done at the moment. */
  traceparent?: string
}
