import { roles, stringEnum, type Role } from '@dueline/contracts'
import { Type, type Static, type TSchema } from 'typebox'
import Value from 'typebox/value'
import type { Fault } from './catalogue.ts'
import { sameValue } from './changes.ts'
import { faultOf } from './shape-faults.ts'
import { readTimestamp } from './timestamps.ts'

/** What customers may do with a field in their own tickets. */
export const customerRights = ['hidden', 'see', 'write'] as const
export type CustomerRight = typeof customerRights[number]

/** Who of the staff can be let write a field; customers have a right of their own. */
export const editorRoles = roles.filter((role) => role !== 'customer' && role !== 'operator')

const lengthMax = 10_000
const choicesMax = 500
const text = Type.String({ minLength: 1, maxLength: 200 })
const choices = Type.Optional(Type.Array(text, { minItems: 1, maxItems: choicesMax, uniqueItems: true }))
const count = Type.Optional(Type.Integer({ minimum: 0, maximum: lengthMax }))
const bounds = { minimum: Type.Optional(Type.Number()), maximum: Type.Optional(Type.Number()) }
const closed = { additionalProperties: false }

/**
 * What a value may be: the keywords of JSON Schema whose check costs no more than the value is long. Patterns are not
 * among them: some take a time that grows without bound.
 */
export const ValueSchema = Type.Union([
  Type.Object({
    type: Type.Literal('string'),
    enum: choices,
    minLength: count,
    maxLength: count,
    format: Type.Optional(stringEnum(['date', 'date-time', 'email', 'uri'], {
      description: 'date-time: RFC 3339 with a zone; uri: an http or https address'
    }))
  }, { ...closed, title: 'TextValue', description: 'A text, or one of some' }),
  Type.Object({ type: Type.Literal('number'), ...bounds }, {
    ...closed,
    title: 'NumberValue',
    description: 'A number; bounds are inclusive'
  }),
  Type.Object({ type: Type.Literal('integer'), ...bounds }, {
    ...closed,
    title: 'IntegerValue',
    description: 'A whole number; bounds are inclusive'
  }),
  Type.Object({ type: Type.Literal('boolean') }, { ...closed, title: 'YesNoValue', description: 'Yes or no' }),
  Type.Object({
    type: Type.Literal('array'),
    items: Type.Object({ type: Type.Literal('string'), enum: choices, maxLength: count }, {
      ...closed,
      title: 'TextsValueItem',
      description: 'Each of the texts'
    }),
    maxItems: count,
    uniqueItems: Type.Optional(Type.Boolean())
  }, { ...closed, title: 'TextsValue', description: 'Several texts, or several of some' })
], { title: 'CustomFieldValue', description: 'JSON Schema (2020-12) of a value, with these keywords' })
export type ValueSchema = Static<typeof ValueSchema>

/** What a tenant says of a field of `custom`. */
export interface CustomField {
  readonly name: string
  readonly valueSchema: ValueSchema
  readonly customers: CustomerRight
  /** Roles of the staff that may set and remove it. */
  readonly editors: readonly Role[]
}

const notRemoved =
  'is not for you to remove, and `custom` is replaced as a whole: send it too, or a merge patch of the other fields'

type Custom = Readonly<Record<string, unknown>>
type Fields = ReadonlyMap<string, CustomField>

interface Bounds {
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
}

/** Why a value schema is none that a value can meet, or names a choice that it refuses itself; null: neither. */
export function valueSchemaFault (schema: ValueSchema): Fault | null {
  const { minLength, maxLength, minimum, maximum } = schema as Bounds
  const isWhole = schema.type === 'integer'
  const from = minLength ?? (isWhole && minimum !== undefined ? Math.ceil(minimum) : minimum)
  const to = maxLength ?? (isWhole && maximum !== undefined ? Math.floor(maximum) : maximum)
  if (from !== undefined && to !== undefined && from > to) {
    return { pointer: '', message: `no value can be at least ${from} and at most ${to}` }
  }
  const own = schema.type === 'array' ? schema.items : schema
  for (const [i, choice] of ('enum' in own ? own.enum ?? [] : []).entries()) {
    const [fault] = valueFaults(own as ValueSchema, choice, '')
    if (fault === undefined) continue
    return { pointer: `${schema.type === 'array' ? '/items' : ''}/enum/${i}`, message: fault.message }
  }
  return null
}

/** What is wrong with a value. Formats are read here: to TypeBox they are for readers of documents. */
function valueFaults (valueSchema: ValueSchema, value: unknown, pointer: string): Fault[] {
  const schema = valueSchema as TSchema
  const faults = Value.Errors(schema, value).map((error) => faultOf(error, schema, pointer))
  if (faults.length > 0 || typeof value !== 'string' || !('format' in valueSchema)) return faults
  if (valueSchema.format === 'date-time') {
    const read = readTimestamp(value)
    return 'fault' in read ? [{ pointer, message: read.fault }] : []
  }
  const isAddress = valueSchema.format !== 'uri' || (/^https?:\/\/[^\s/]/.test(value) && URL.canParse(value))
  return isAddress ? [] : [{ pointer, message: 'must be an http or https address' }]
}

/**
 * What is wrong with changing `custom` from `before`: fields that the caller may not write, and values that do not meet
 * their schema. A field that stays as it is is not looked at: what is said of it may be younger.
 */
export function customFaults (
  before: Custom,
  custom: Custom,
  fields: Fields,
  mayWrite: (field: CustomField) => boolean
): Fault[] {
  return [...fields.values()].flatMap((field) => {
    const { name, valueSchema } = field
    const pointer = `/custom/${name}`
    if (Object.hasOwn(before, name) === Object.hasOwn(custom, name) && sameValue(before[name], custom[name])) return []
    const isGone = !Object.hasOwn(custom, name)
    if (!mayWrite(field)) return [{ pointer, message: isGone ? notRemoved : 'is not for you to set' }]
    return isGone ? [] : valueFaults(valueSchema, custom[name], pointer)
  })
}

/** The fields that a ticket's customer may see: what is said of each; of others, what the customer has set. */
export function customForCustomers (custom: Custom, setByCustomer: readonly string[], fields: Fields): Custom {
  return Object.fromEntries(
    Object.entries(custom).filter(([name]) => {
      const field = fields.get(name)
      return field === undefined ? setByCustomer.includes(name) : field.customers !== 'hidden'
    })
  )
}
