import {
  commonAttributes,
  extensionOf,
  pathOf,
  valuesAt,
  type AttributePath,
  type Resource,
  type ResourceType
} from './attributes.ts'
import { refused } from './scim-error.ts'
import { withValue } from './values.ts'

/** Which attributes of resources an answer shows. */
export interface Shown {
  readonly attributes: readonly string[]
  readonly excludedAttributes: readonly string[]
}

/** Names that a query lists, parted by commas. @throws ScimError invalidValue for more than 200 */
export function namesOf (text: string | undefined): string[] {
  const names = (text ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '')
  if (names.length > 200) refused('invalidValue', 'attributes may name 200')
  return names
}

const always: ReadonlySet<string> = new Set(
  commonAttributes.filter(({ returned }) => returned === 'always').map(({ name }) => name)
)

function withoutPath (resource: Resource, { extension, attribute, sub }: AttributePath): Resource {
  const holder = (extension === null ? resource : resource[extension] ?? {}) as Resource
  const value = holder[attribute.name]
  if (value === undefined) return resource
  if (sub === null) return withValue(resource, extension, attribute.name, undefined)
  const cut = (each: unknown) =>
    Object.fromEntries(Object.entries(each as Resource).filter(([name]) => name !== sub.name))
  return withValue(resource, extension, attribute.name, Array.isArray(value) ? value.map(cut) : cut(value))
}

function onlyPath (from: Resource, to: Resource, { extension, attribute, sub }: AttributePath): Resource {
  const value = ((extension === null ? from : from[extension] ?? {}) as Resource)[attribute.name]
  if (value === undefined) return to
  if (sub === null) return withValue(to, extension, attribute.name, value)
  const before = ((extension === null ? to : to[extension] ?? {}) as Resource)[attribute.name]
  const cut = (each: unknown, known: unknown) => {
    const part = (each as Resource)[sub.name]
    return { ...known as Resource, ...(part === undefined ? {} : { [sub.name]: part }) }
  }
  const next = Array.isArray(value)
    ? value.map((each, index) => cut(each, (before as unknown[] | undefined)?.[index]))
    : cut(value, before)
  return withValue(to, extension, attribute.name, next)
}

/** A resource as an answer shows it (RFC 7644, 3.9); names that no schema has change nothing. */
export function shownOf (type: ResourceType, resource: Resource, { attributes, excludedAttributes }: Shown): Resource {
  if (attributes.length > 0) {
    const base = Object.fromEntries(Object.entries(resource).filter(([name]) => always.has(name))) as Resource
    return attributes.reduce((shown, name) => {
      const extension = extensionOf(type, name)?.id
      if (extension !== undefined) {
        return resource[extension] === undefined ? shown : { ...shown, [extension]: resource[extension] }
      }
      const path = pathOf(type, name)
      return path === undefined ? shown : onlyPath(resource, shown, path)
    }, base)
  }
  return excludedAttributes.reduce((shown, name) => {
    const extension = extensionOf(type, name)?.id
    if (extension !== undefined) return withValue(shown, null, extension, undefined)
    const path = pathOf(type, name)
    return path === undefined || always.has(path.attribute.name) ? shown : withoutPath(shown, path)
  }, resource)
}

/** By what resources are sorted: of several values the primary one, or the first (RFC 7644, 3.4.2.3). */
export function sortKeyOf (resource: Resource, path: AttributePath): string | undefined {
  const { attribute, sub } = path
  const values = valuesAt(resource, { ...path, sub: null })
  const first = values.find((value) => (value as Resource)['primary'] === true) ?? values[0]
  if (first === undefined) return undefined
  const part = attribute.type === 'complex' ? (first as Resource)[sub?.name ?? 'value'] : first
  if (part === undefined) return undefined
  return (sub ?? attribute).caseExact ? String(part) : String(part).toLowerCase()
}

/** Schema of lists. */
export const listUrn = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** The body of a list; `startIndex` counts from 1. */
export function listBody (resources: readonly Resource[], totalResults: number, startIndex: number): object {
  return {
    schemas: [listUrn],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    ...(resources.length === 0 && totalResults > 0 ? {} : { Resources: resources })
  }
}
