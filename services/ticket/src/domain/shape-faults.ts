import { formText, typeText } from '@dueline/contracts'
import type { TSchema } from 'typebox'
import type { Validator } from 'typebox/compile'
import type { Fault } from './catalogue.ts'

/** An error as TypeBox finds it. */
export type SchemaError = ReturnType<Validator['Errors']>[number]

const pointerLengthMax = 200

/** Keys of a value come from outside: as a part of a pointer they are cut, and cleaned of what cannot be stored. */
export function pointerOf (prefix: string, path: string): string {
  return `${prefix}${path.slice(0, pointerLengthMax)}`.replace(/\p{Cs}|\p{Cc}/gu, '\ufffd')
}

/** What a schema error means, in words. @param schema the one that was checked; its parts say what would be right */
export function faultOf (error: SchemaError, schema: TSchema, prefix: string): Fault {
  return { pointer: pointerOf(prefix, error.instancePath), message: messageOf(error, schema) }
}

function messageOf ({ keyword, message, params, schemaPath }: SchemaError, schema: TSchema): string {
  if (keyword === 'boolean') return 'is not a known field'
  if (keyword === 'enum') return `must be one of ${(params as { allowedValues: unknown[] }).allowedValues.join(', ')}`
  if (keyword === 'required') {
    return `${(params as { requiredProperties: string[] }).requiredProperties.join(', ')} is required`
  }
  if (keyword === 'type') return `must be ${typeText((params as { type: unknown }).type)}`
  if (keyword !== 'pattern') return message
  let part: unknown = schema
  for (const name of schemaPath.split('/').slice(1)) part = (part as Record<string, unknown>)[name]
  return `must be ${formText(part as object) ?? 'of another form'}`
}
