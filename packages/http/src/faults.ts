import { escapePointer, formText, typeText } from '@dueline/contracts'
import type { ErrorObject } from 'ajv'
import { withoutOtherShapes } from './choice-faults.ts'
import { faultsMax, type Fault } from './errors.ts'

/** More are not looked at: comparing each with each is not for as many as a body can have. */
const errorsMax = 1_000

function list (values: readonly unknown[]): string {
  return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ')
}

function counted (limit: unknown, noun: string): string {
  return `${String(limit)} ${noun}${limit === 1 ? '' : 's'}`
}

function unknownProperty (error: ErrorObject, name: string): Omit<Fault, 'in'> {
  const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object)
  return {
    pointer: `${error.instancePath}/${escapePointer(name)}`,
    message: known.length === 0 ? 'is not known here; nothing is' : `is not known here; known are ${list(known)}`
  }
}

function messageOf ({ keyword, params, message, parentSchema }: ErrorObject): string {
  switch (keyword) {
    case 'enum':
      return `must be one of ${list(params['allowedValues'] as unknown[])}`
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`
    case 'type':
      return `must be ${typeText(params['type'])}`
    case 'pattern': {
      const form = formText(parentSchema)
      return form === null ? 'is not of the form that is wanted here' : `must be ${form}`
    }
    case 'format':
      return `must be a valid ${String(params['format'])}`
    case 'minLength':
      return params['limit'] === 1 ? 'must not be empty' : `must have at least ${counted(params['limit'], 'character')}`
    case 'maxLength':
      return `must have at most ${counted(params['limit'], 'character')}`
    case 'minItems':
      return `must have at least ${counted(params['limit'], 'item')}`
    case 'maxItems':
      return `must have at most ${counted(params['limit'], 'item')}`
    case 'minProperties':
      return `must have at least ${counted(params['limit'], 'field')}`
    case 'maxProperties':
      return `must have at most ${counted(params['limit'], 'field')}`
    case 'uniqueItems':
      return `must not have the same item twice (items ${String(params['j'])} and ${String(params['i'])})`
    default:
      return message ?? 'is not valid'
  }
}

function toFault (error: ErrorObject): Omit<Fault, 'in'> {
  switch (error.keyword) {
    case 'required':
      return {
        pointer: `${error.instancePath}/${escapePointer(error.params['missingProperty'] as string)}`,
        message: 'is required'
      }
    case 'additionalProperties':
      return unknownProperty(error, error.params['additionalProperty'] as string)
    case 'unevaluatedProperties':
      return unknownProperty(error, error.params['unevaluatedProperty'] as string)
    default:
      return { pointer: error.instancePath, message: messageOf(error) }
  }
}

/** Errors that only repeat what others say: the frame of a choice, and "or null" beside the real fault. */
function isEcho (error: ErrorObject, all: readonly ErrorObject[]): boolean {
  if (error.keyword === 'anyOf' || error.keyword === 'oneOf') {
    return all.some((other) => other !== error && other.schemaPath.startsWith(`${error.schemaPath}/`))
  }
  if (error.keyword !== 'type' || error.params['type'] !== 'null') return error.keyword === 'if'
  return all.some(
    (other) => other !== error && other.params['type'] !== 'null' && other.instancePath.startsWith(error.instancePath)
  )
}

/** Whether several values of a parameter were sent as one, as some other APIs take them. */
function isJoinedList ({ instancePath, data }: ErrorObject): boolean {
  return /^\/[^/]+\/\d+$/.test(instancePath) && typeof data === 'string' && data.includes(',')
}

/** Said of a parameter that takes one value and was sent several times; undefined when it was not. */
function repeatedText ({ keyword, data, parentSchema, instancePath }: ErrorObject): string | undefined {
  if (keyword !== 'type' || !Array.isArray(data) || !/^\/[^/]+$/.test(instancePath)) return undefined
  const { type, description } = (parentSchema ?? {}) as { type?: unknown, description?: unknown }
  if (type === 'array') return undefined
  return `must be sent once${/separated by commas/.test(String(description)) ? ', its values separated by commas' : ''}`
}

/**
 * The faults of one part of a request, each with a pointer to where it is and what would be right there.
 * At most 100, none twice.
 */
export function faultsOf (errors: readonly ErrorObject[], part: NonNullable<Fault['in']>): Fault[] {
  const faults = new Map<string, Fault>()
  const looked = withoutOtherShapes(errors.slice(0, errorsMax))
  for (const error of looked) {
    if (faults.size >= faultsMax) break
    if (isEcho(error, looked)) continue
    const { pointer, message: said } = toFault(error)
    const message = part !== 'query'
      ? said
      : repeatedText(error) ?? (isJoinedList(error) ? `${said}; repeat the parameter for each value` : said)
    faults.set(`${pointer} ${message}`, { in: part, pointer, message })
  }
  return [...faults.values()]
}
