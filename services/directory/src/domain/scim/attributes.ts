/** An attribute of a SCIM schema (RFC 7643, 7). */
export interface Attribute {
  readonly name: string
  readonly type: 'string' | 'boolean' | 'dateTime' | 'reference' | 'complex'
  readonly multiValued: boolean
  readonly description: string
  readonly required: boolean
  readonly caseExact: boolean
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable'
  readonly returned: 'always' | 'default'
  readonly uniqueness: 'none' | 'server'
  readonly canonicalValues?: readonly string[]
  readonly referenceTypes?: readonly string[]
  readonly subAttributes?: readonly Attribute[]
  /** Most UTF-16 units of a text; 1,000 where nothing is said. */
  readonly lengthMax?: number
}

/** A schema: its id and its attributes. */
export interface Schema {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
}

/** A kind of resource: its own schema and those that extend it. */
export interface ResourceType {
  readonly name: 'User' | 'Group'
  /** As in `/scim/v2/Users`. */
  readonly endpoint: '/Users' | '/Groups'
  readonly schema: Schema
  readonly extensions: readonly Schema[]
}

/** A resource as JSON, its names written as the schemas write them; an extension is an object under its URN. */
export type Resource = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object. */
export function isObject (value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An attribute of which nothing is said but its name and meaning: a text that may be written. */
export function attribute (name: string, description: string, more: Partial<Attribute> = {}): Attribute {
  return {
    name,
    type: 'string',
    multiValued: false,
    description,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...more
  }
}

/** What every resource has beside its schemas. */
export const commonAttributes: readonly Attribute[] = [
  attribute('schemas', 'The schemas of the resource', {
    type: 'reference',
    multiValued: true,
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always'
  }),
  attribute('id', 'The id that Dueline gave', { caseExact: true, mutability: 'readOnly', returned: 'always' }),
  attribute('externalId', 'The id that the directory gave', { caseExact: true, lengthMax: 200 }),
  attribute('meta', 'When it was made and changed', {
    type: 'complex',
    mutability: 'readOnly',
    subAttributes: [
      attribute('resourceType', 'User or Group', { caseExact: true, mutability: 'readOnly' }),
      attribute('created', 'When it was made', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('lastModified', 'When it was changed last', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('location', 'Its address', { type: 'reference', caseExact: true, mutability: 'readOnly' }),
      attribute('version', 'Its ETag', { caseExact: true, mutability: 'readOnly' })
    ]
  })
]

/** Where an attribute stands in a resource. */
export interface AttributePath {
  /** The extension in which it stands; null: in the resource itself. */
  readonly extension: string | null
  readonly attribute: Attribute
  readonly sub: Attribute | null
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** The attribute of this name, in whatever case. */
export function named (attributes: readonly Attribute[] | undefined, name: string): Attribute | undefined {
  return attributes?.find((each) => same(each.name, name))
}

/** The extension whose URN a text is, in whatever case. */
export function extensionOf (type: ResourceType, text: string): Schema | undefined {
  return type.extensions.find(({ id }) => same(id, text))
}

/** Splits off the URN of one of the type's schemas; a text that begins with none is of the resource itself. */
function splitUrn (type: ResourceType, text: string): { schema: Schema, rest: string } | undefined {
  for (const schema of [type.schema, ...type.extensions]) {
    const urn = text.slice(0, schema.id.length)
    const mark = text[schema.id.length]
    if (same(urn, schema.id) && (mark === ':' || mark === '.')) return { schema, rest: text.slice(urn.length + 1) }
  }
  return /^urn:/i.test(text) ? undefined : { schema: type.schema, rest: text }
}

/** `name.givenName`, `…:User:manager.value`: where that is, in whatever case; undefined for what no schema has. */
export function pathOf (type: ResourceType, text: string): AttributePath | undefined {
  const split = splitUrn(type, text)
  if (split === undefined) return undefined
  const { schema, rest } = split
  const [name = '', subName, ...more] = rest.split('.')
  const isOwn = schema === type.schema
  const attribute = named(schema.attributes, name) ?? (isOwn ? named(commonAttributes, name) : undefined)
  const sub = subName === undefined ? null : named(attribute?.subAttributes, subName)
  if (attribute === undefined || sub === undefined || more.length > 0) return undefined
  return { extension: isOwn ? null : schema.id, attribute, sub }
}

/** A path as it is written in answers. */
export function pathText ({ extension, attribute, sub }: AttributePath): string {
  return `${extension === null ? '' : `${extension}:`}${attribute.name}${sub === null ? '' : `.${sub.name}`}`
}

/** The object in which an attribute stands: the resource, or its extension. */
export function holderOf (resource: Resource, extension: string | null): Resource | undefined {
  return extension === null ? resource : resource[extension] as Resource | undefined
}

/** All values that stand at a path; none where there is nothing. */
export function valuesAt (resource: Resource, { extension, attribute, sub }: AttributePath): unknown[] {
  const value = holderOf(resource, extension)?.[attribute.name]
  const values = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
  if (sub === null) return values
  return values.flatMap((each) => {
    const part = (each as Resource)[sub.name]
    return part === undefined || part === null ? [] : [part]
  })
}
