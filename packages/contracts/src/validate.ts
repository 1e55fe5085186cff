import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { Type } from 'typebox'
import { eventSchemas, isEventType, type DuelineEvent, type EventType } from './catalogue.ts'
import { EnvelopeFields } from './envelope.ts'

const ajv = new Ajv2020({ allErrors: true, strict: false })
const validators = new Map<string, ValidateFunction>()

/** The schema of a whole event of one type: envelope and data. Readers ignore fields they do not know. */
export function eventSchema (type: EventType) {
  return Type.Object({ ...EnvelopeFields, type: Type.Literal(type), data: eventSchemas[type] }, { title: type })
}

/**
 * Every fault of an event as `pointer message`, empty when it is right. An unknown type is one fault.
 * Compiles a type's validator on first use (about 2 ms), then costs some microseconds.
 */
export function eventFaults (event: { type: string }): string[] {
  if (!isEventType(event.type)) return [`/type ${event.type} is not an event type known here`]
  let validate = validators.get(event.type)
  if (validate === undefined) {
    validate = ajv.compile(eventSchema(event.type))
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
