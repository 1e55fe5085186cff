import { schemaRef } from './named-shapes.ts'
import { fieldExamples } from './field-examples.ts'

type Json = Record<string, unknown>
type Schemas = Readonly<Record<string, Json>>

/** A shape of which no example can be made: one of its fields needs one of its own. */
export class NoExample extends Error {
  override readonly name = 'NoExample'
}

/** Where a value is made: the field, the shape it is in, and the shapes around it. */
interface Place {
  readonly field: string
  readonly shape: string
  readonly around: readonly string[]
}

/** There can be no value here, since a shape holds itself. */
const none = Symbol('none')

/** Twelve hexadecimal digits that follow from a text. */
function digitsOf (text: string): string {
  let [high, low] = [0x811c9dc5, 0x9dc5811c]
  for (const letter of text) {
    high = Math.imul(high ^ letter.codePointAt(0)!, 0x01000193)
    low = Math.imul(low ^ high, 0x01000193)
  }
  const hex = (part: number): string => (part >>> 0).toString(16).padStart(8, '0')
  return `${hex(high)}${hex(low)}`.slice(0, 12)
}

/** The id of the one thing of a kind (`ticket`, `webhook-endpoint`) that examples tell of. */
export function exampleId (kind: string): string {
  return `019cad00-7a00-7000-8000-${digitsOf(kind.replaceAll('-', ''))}`
}

/** The id that everything of one kind has in all examples: `id` of a Ticket is a `ticketId`. */
function idOf ({ field, shape }: Place): string {
  const kind = /^ids?$/.test(field)
    ? shape.replace(/(Snapshot|Summary|Detail|Head|Reference|Name)$/, '').toLowerCase()
    : field.replace(/Ids?$/, '').toLowerCase()
  return exampleId(kind)
}

/** What people would write there: for the field of this shape, else for every field of that name. */
function ownOf ({ shape, field }: Place): unknown {
  const ofShape = `${shape}.${field}`
  return ofShape in fieldExamples ? fieldExamples[ofShape] : fieldExamples[field]
}

function isUsable (value: unknown, { pattern, maxLength, enum: choices }: Json): boolean {
  if (Array.isArray(choices)) return choices.includes(value)
  if (typeof value !== 'string') return false
  return (pattern === undefined || new RegExp(pattern as string, 'u').test(value)) &&
    (maxLength === undefined || value.length <= (maxLength as number))
}

/** Makes values of schemas: what a schema says in `examples`, else what `fieldExamples` has for the field. */
class ExampleMaker {
  readonly #schemas: Schemas

  constructor (schemas: Schemas) {
    this.#schemas = schemas
  }

  make (schema: Json, place: Place): unknown {
    const { $ref, examples, anyOf, oneOf, allOf } = schema
    if (Array.isArray(examples)) return examples[0]
    if (typeof $ref === 'string') return this.#ofShape($ref.slice(schemaRef.length), place)
    if ('const' in schema) return schema['const']
    const choices = (anyOf ?? oneOf) as Json[] | undefined
    if (choices !== undefined) return this.#ofChoices(choices, place)
    if (Array.isArray(allOf)) return this.#ofParts(schema, allOf as Json[], place)
    const type = [schema['type']].flat()[0]
    const { title } = schema
    const shape = typeof title === 'string' && /^[A-Z]\w*$/.test(title) ? title : place.shape
    if (type === 'object') return this.#object(schema, { ...place, shape })
    if (type === 'array') return this.#list(schema, place)
    const own = ownOf(place)
    if (type === 'boolean') return typeof own === 'boolean' ? own : true
    if (type === 'integer' || type === 'number') return this.#number(schema, own)
    if (type === undefined) return own ?? 'P1'
    return this.#text(schema, own, place)
  }

  #ofShape (name: string, { field, around }: Place): unknown {
    const schema = this.#schemas[name]
    if (schema === undefined) throw new NoExample(`there is no shape ${name}`)
    return around.includes(name) ? none : this.make(schema, { field, shape: name, around: [...around, name] })
  }

  #ofChoices (choices: readonly Json[], place: Place): unknown {
    const own = ownOf(place)
    if (own === null && choices.some(({ type }) => type === 'null')) return null
    for (const choice of choices) {
      const value = choice['type'] === 'null' ? none : this.make(choice, place)
      if (value !== none) return value
    }
    return choices.some(({ type }) => type === 'null') ? null : none
  }

  #ofParts (schema: Json, parts: readonly Json[], place: Place): unknown {
    const { allOf: _, ...own } = schema
    const values = [...parts, ...('properties' in own ? [own] : [])].map((part) => this.make(part, place))
    return Object.assign({}, ...values) as unknown
  }

  #object (schema: Json, { shape, around }: Place): unknown {
    const { properties = {}, required = [], additionalProperties: others, maxProperties } = schema as {
      properties?: Record<string, Json>,
      required?: string[],
      additionalProperties?: unknown,
      maxProperties?: number
    }
    const value: Json = {}
    for (const [field, each] of Object.entries(properties)) {
      if (Object.keys(value).length === maxProperties && Object.keys(properties).length > maxProperties) break
      const part = this.make(each, { field, shape, around })
      if (part !== none) value[field] = part
      else if (required.includes(field)) return none
    }
    if (Object.keys(properties).length > 0 || typeof others !== 'object' || others === null) return value
    return { building: this.make(others as Json, { field: 'building', shape, around }) }
  }

  #list ({ items, prefixItems, minItems = 0 }: Json, place: Place): unknown {
    const own = ownOf(place)
    if (Array.isArray(own)) return own
    if (Array.isArray(prefixItems)) return prefixItems.map((item) => this.make(item as Json, place))
    const value = this.make(items as Json ?? {}, place)
    if (value !== none) return [value]
    return (minItems as number) > 0 ? none : []
  }

  #number ({ minimum, maximum, exclusiveMinimum, default: usual }: Json, own: unknown): unknown {
    const fits = (value: unknown): boolean =>
      typeof value === 'number' && value >= Number(minimum ?? exclusiveMinimum ?? 0) &&
      value <= Number(maximum ?? value)
    return [own, usual, 1, minimum].find(fits) ?? minimum
  }

  #text (schema: Json, own: unknown, place: Place): string {
    const { format, enum: choices, default: usual } = schema
    const wanted = [
      own,
      usual,
      ...(Array.isArray(choices) ? choices : []),
      ...(format === 'uuid' || /Ids?$/.test(place.field) ? [idOf(place)] : []),
      ...(format === 'date-time' ? ['2026-03-02T12:30:00.000000Z'] : []),
      'text',
      'PT4H'
    ]
    const found = wanted.find((value) => isUsable(value, schema))
    if (found === undefined) {
      throw new NoExample(`${place.shape}.${place.field} needs an example: ${JSON.stringify(schema)}`)
    }
    return found as string
  }
}

/**
 * Gives every named shape that has none an example, which holds every field: what a schema itself says in `examples`,
 * else what people would write there. The same thing has the same id in all of them. Changes what it is given.
 * @throws {NoExample} when a text has a form of which no value is known here
 */
export function addExamples (schemas: Record<string, Json>): void {
  const maker = new ExampleMaker(structuredClone(schemas))
  for (const [name, schema] of Object.entries(schemas)) {
    if (schema['examples'] !== undefined) continue
    const value = maker.make(schema, { field: lowerFirst(name), shape: name, around: [name] })
    if (value === none) throw new NoExample(`${name} holds itself`)
    schema['examples'] = [value]
  }
}

/** An example of a schema that stands alone. */
export function exampleOf (schema: Json, name: string): unknown {
  return new ExampleMaker({}).make(schema, { field: lowerFirst(name), shape: name, around: [] })
}

function lowerFirst (text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
