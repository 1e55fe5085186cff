import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { Type, type TUnsafe } from 'typebox'
import {
  eventSchemas,
  eventTypes,
  isEventType,
  publisherOf,
  type DuelineEvent,
  type EventType,
  type PublishedEvent
} from './catalogue.ts'
import { EnvelopeFields, publishedFields } from './envelope.ts'
import { schemaRef } from './named-shapes.ts'
import { exampleId } from './shape-examples.ts'

const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false })
const validators = new Map<string, ValidateFunction>()

/** `ClockBreachWithdrawn` of `dueline.clock.breach-withdrawn.v1`. */
export function nameOfEvent (type: EventType): string {
  return type.split('.').slice(1, -1).join('-').replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** The schema of a whole published event of one type: envelope and data. Readers ignore fields they do not know. */
export function eventSchema (type: EventType) {
  const data = eventSchemas[type]
  const { description } = data as { description?: string }
  const { subject, source, partitionkey } = publishedFields
  const about = 'ticket' in data.properties ? 'ticket' : type.split('.')[1]!
  const own = {
    subject: { ...subject, examples: [`${about}/${exampleId(about)}`] },
    source: { ...source, examples: [`/dueline/${publisherOf[type]}`] },
    partitionkey: { ...partitionkey, examples: [exampleId(about)] }
  }
  return Type.Object({ ...publishedFields, ...own, type: Type.Literal(type), data }, {
    title: `${nameOfEvent(type)}Event`,
    ...(description === undefined ? {} : { description })
  })
}

/** Any event, for documents: `type` says what its `data` is. */
export function anyEventSchema (): TUnsafe<PublishedEvent> {
  return Type.Unsafe<PublishedEvent>({
    title: 'Event',
    description: 'A CloudEvent; `type` says what its `data` is',
    oneOf: eventTypes.map(eventSchema),
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(eventTypes.map((type) => [type, `${schemaRef}${nameOfEvent(type)}Event`]))
    }
  })
}

/**
 * Every fault of an event as `pointer message`, empty when it is right. An unknown type is one fault.
 * Compiles a type's validator on first use (about 2 ms), then costs some microseconds.
 */
export function eventFaults (event: { type: string }): string[] {
  if (!isEventType(event.type)) return [`/type ${event.type} is not an event type known here`]
  let validate = validators.get(event.type)
  if (validate === undefined) {
    validate = ajv.compile(Type.Object({ ...EnvelopeFields, data: eventSchemas[event.type] }))
    validators.set(event.type, validate)
  }
  if (validate(event)) return []
  return (validate.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message ?? 'is not valid'}`)
}

/** Whether an event is of one of several types. */
export function isOneOf<E extends DuelineEvent, const T extends EventType> (
  event: E,
  types: readonly T[]
): event is Extract<E, { type: T }> {
  return types.some((type) => type === event.type)
}

/** Whether a whole event fits its contract: outside text becomes a typed event here and nowhere else. */
export function isEvent (event: { type: string }): event is DuelineEvent {
  return eventFaults(event).length === 0
}
