import { cleanLine } from '@dueline/contracts'
import {
  extensionOf,
  isObject,
  named,
  pathOf,
  type Attribute,
  type AttributePath,
  type Resource,
  type ResourceType
} from './attributes.ts'
import { refused } from './scim-error.ts'

/** Most UTF-16 units of a text whose attribute says no other bound. */
const textMax = 1_000
/** Most values of an attribute other than members, which have a bound of their own. */
const valuesMax = 100
const membersMax = 20_000

/** @throws ScimError invalidValue for more values than an attribute may have */
export function checkCount ({ name }: Attribute, values: readonly unknown[]): void {
  const max = name === 'members' ? membersMax : valuesMax
  if (values.length > max) refused('invalidValue', `${name} may have ${max} values`)
}

/** Whether a value says that there is none: null, an empty list, an object without parts. */
export function isUnassigned (value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}

const visible = /[^\s\p{Cf}\p{Mn}\p{Me}]/u

/** Every text that a directory sends: cleaned, one line, bounded; '' where nothing of it can be seen. */
function textOf (attribute: Attribute, value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return refused('invalidValue', `${attribute.name} must be a text`)
  const { name, lengthMax = textMax } = attribute
  const text = cleanLine(value, value.length)
  if (text.length > lengthMax) refused('invalidValue', `${name} may have ${lengthMax} characters`)
  return visible.test(text) ? text : ''
}

/** Entra ID writes true and false as texts. */
function truthOf (attribute: Attribute, value: unknown): boolean {
  const read = typeof value === 'string' ? { true: true, false: false }[value.toLowerCase()] : value
  return typeof read === 'boolean' ? read : refused('invalidValue', `${attribute.name} must be true or false`)
}

/** The parts of a value in the names of the schema; what the schema does not have is left out. */
function partsOf (attribute: Attribute, value: unknown): Resource {
  if (!isObject(value)) {
    // a manager or a member named by its id alone
    const first = named(attribute.subAttributes, 'value')
    if (first === undefined || typeof value !== 'string') refused('invalidValue', `${attribute.name} must be an object`)
    return { value: textOf(first, value) }
  }
  const parts = Object.entries(value).flatMap(([name, part]) => {
    const sub = named(attribute.subAttributes, name)
    return sub === undefined || isUnassigned(part) ? [] : [[sub.name, singleOf(sub, part)]]
  })
  return Object.fromEntries(parts) as Resource
}

function singleOf (attribute: Attribute, value: unknown): unknown {
  if (attribute.type === 'complex') return partsOf(attribute, value)
  return attribute.type === 'boolean' ? truthOf(attribute, value) : textOf(attribute, value)
}

/** What makes two values of an attribute the same: the value itself, and of what kind it is; of members the value. */
export function identityOf (attribute: Attribute, value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value)
  const { value: own, type } = value
  if (own === undefined) return JSON.stringify(value)
  return attribute.name === 'members' ? String(own).toLowerCase() : `${String(own)} ${String(type ?? '')}`
}

/** Where one value of several is the first, no other is. The last one that says so wins. */
export function withOnePrimary (values: readonly unknown[]): unknown[] {
  const last = values.findLastIndex((value) => (value as Resource | null)?.['primary'] === true)
  return values.map((value, index) =>
    (value as Resource | null)?.['primary'] === true && index !== last
      ? { ...value as Resource, primary: false }
      : value
  )
}

/** The values of a list, each once. */
function distinct (attribute: Attribute, values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [identityOf(attribute, value), value])).values()]
}

/** A list of values, or one for a list; null and empty ones are none. @throws ScimError invalidValue */
export function listOf (attribute: Attribute, value: unknown): unknown[] {
  const values = (Array.isArray(value) ? value : [value]).filter((each) => !isUnassigned(each))
  checkCount(attribute, values)
  const read = values.map((each) => singleOf(attribute, each)).filter((each) => !isUnassigned(each))
  return withOnePrimary(distinct(attribute, read))
}

/** A value as the attribute has it; undefined: none. @throws ScimError invalidValue */
export function valueFor (attribute: Attribute, value: unknown): unknown {
  if (isUnassigned(value)) return undefined
  if (attribute.multiValued) {
    const list = listOf(attribute, value)
    return list.length === 0 ? undefined : list
  }
  // Okta sends lists of one
  const single = Array.isArray(value) && value.length === 1 ? value[0] as unknown : value
  if (Array.isArray(single)) refused('invalidValue', `${attribute.name} has one value`)
  const read = singleOf(attribute, single)
  return isUnassigned(read) || (read === '' && !attribute.required) ? undefined : read
}

/** What a body says, one by one: names in any case, with dots or URNs; what no schema has is left out. */
export function* saidOf (
  type: ResourceType,
  body: Readonly<Record<string, unknown>>
): Generator<[AttributePath, unknown]> {
  for (const [name, value] of Object.entries(body)) {
    const extension = extensionOf(type, name)
    if (extension !== undefined && isObject(value)) {
      for (const [inner, part] of Object.entries(value)) {
        const path = pathOf(type, `${extension.id}:${inner}`)
        if (path !== undefined) yield [path, part]
      }
      continue
    }
    const path = pathOf(type, name)
    if (path !== undefined) yield [path, value]
  }
}

/** A copy of a resource in which an attribute has another value; undefined takes it away. */
export function withValue (resource: Resource, extension: string | null, name: string, value: unknown): Resource {
  const holder = (extension === null ? resource : resource[extension] ?? {}) as Resource
  const { [name]: _, ...rest } = holder
  const next = value === undefined ? rest : { ...rest, [name]: value }
  if (extension === null) return next
  const { [extension]: _before, ...others } = resource
  return Object.keys(next).length === 0 ? others : { ...others, [extension]: next }
}

/** Whether a client may not say it: what it says of such is passed over, as in a resource that it has read before. */
export function isReadOnly ({ attribute, sub }: AttributePath): boolean {
  return attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly'
}

/** @throws ScimError invalidValue where something is missing that every resource of the type has */
export function requireComplete (type: ResourceType, resource: Resource): void {
  for (const { name, required } of type.schema.attributes) {
    if (required && (isUnassigned(resource[name]) || resource[name] === '')) {
      refused('invalidValue', `${name} is needed, and must not be blank`)
    }
  }
}

/**
 * Reads a whole resource, as POST and PUT send it. `before`: what stays where the body does not name it.
 * @throws ScimError invalidSyntax, invalidValue
 */
export function readResource (type: ResourceType, body: unknown, before: Resource = {}): Resource {
  if (!isObject(body)) return refused('invalidSyntax', 'the body must be a JSON object')
  let resource = before
  for (const [path, value] of saidOf(type, body)) {
    const { extension, attribute, sub } = path
    if (isReadOnly(path)) continue
    if (sub === null) {
      resource = withValue(resource, extension, attribute.name, valueFor(attribute, value))
    } else if (!attribute.multiValued) {
      const before = (resource[attribute.name] ?? {}) as Resource
      resource = withValue(resource, extension, attribute.name, { ...before, [sub.name]: valueFor(sub, value) })
    }
  }
  requireComplete(type, resource)
  return resource
}
