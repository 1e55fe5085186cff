import { Ajv, type ErrorObject } from 'ajv'

/** A configuration value that is written as JSON: its schema, and what a schema cannot say. */
export interface JsonValue {
  readonly schema: object
  /** Faults of a value that the schema has passed. */
  readonly faultsOf?: (value: never) => readonly { pointer: string, message: string }[]
}

/** What text may be in a value, by the name of its format. */
export type Formats = Readonly<Record<string, { isRight(text: string): boolean, like: string }>>

const typeTexts: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'an array',
  integer: 'an integer',
  number: 'a number',
  string: 'a string',
  boolean: 'true or false'
}

/** What a value must be, in words, as far as a key's description need not say it. */
export function hintOf ({ keyword, params, message }: ErrorObject, formats: Formats): string {
  if (keyword === 'enum') return `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`
  if (keyword === 'format') return `must be an address like ${formats[params['format'] as string]?.like}`
  const type = keyword === 'type' ? typeTexts[String(params['type'])] : undefined
  return type === undefined ? message ?? 'is not valid' : `must be ${type}`
}

function messageOf (error: ErrorObject, formats: Formats): string {
  const { keyword, params } = error
  if (keyword === 'additionalProperties') return `has no member "${String(params['additionalProperty'])}"`
  if (keyword === 'required') return `needs the member "${String(params['missingProperty'])}"`
  return hintOf(error, formats)
}

/**
 * Reads a JSON value strictly: nothing is coerced, left out or filled in.
 * @returns the value, or every fault, each beginning with its JSON pointer
 */
export function readJson (
  text: string,
  { schema, faultsOf = () => [] }: JsonValue,
  formats: Formats
): { value: unknown } | { faults: string[] } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { faults: [' is no JSON'] }
  }
  const ajv = new Ajv({ allErrors: true, strict: false })
  for (const [name, { isRight }] of Object.entries(formats)) ajv.addFormat(name, isRight)
  const check = ajv.compile(JSON.parse(JSON.stringify(schema)) as object)
  const faults = check(value)
    ? faultsOf(value as never).map(({ pointer, message }) => `${pointer} ${message}`)
    : (check.errors ?? []).map((error) => `${error.instancePath} ${messageOf(error, formats)}`)
  return faults.length === 0 ? { value } : { faults }
}
