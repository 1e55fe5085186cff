import {
  extensionOf,
  holderOf,
  isObject,
  pathText,
  type AttributePath,
  type Resource,
  type ResourceType
} from './attributes.ts'
import { conditionsOf, matches } from './matches.ts'
import { parseTarget, type Filter, type Target } from './filter.ts'
import { refused } from './scim-error.ts'
import {
  checkCount,
  identityOf,
  isReadOnly,
  isUnassigned,
  listOf,
  requireComplete,
  saidOf,
  valueFor,
  withOnePrimary,
  withValue
} from './values.ts'

const operationNames = ['add', 'remove', 'replace'] as const
export type OperationName = typeof operationNames[number]

/** One operation of a PATCH as it was sent, its own names in one case. */
export interface Operation {
  readonly op: OperationName
  readonly path: string | undefined
  readonly value: unknown
}

/** Most operations of one PATCH. */
const operationsMax = 1_000

function field (object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.entries(object).find(([key]) => key.toLowerCase() === name)?.[1]
}

function operationOf (sent: unknown): Operation {
  if (!isObject(sent)) return refused('invalidSyntax', 'an operation must be an object')
  const [name, path] = [field(sent, 'op'), field(sent, 'path')]
  const op = operationNames.find((each) => typeof name === 'string' && each === name.toLowerCase())
  if (op === undefined) return refused('invalidSyntax', 'op must be add, remove or replace')
  if (path !== undefined && path !== null && typeof path !== 'string') refused('invalidPath', 'path must be a text')
  if (typeof path === 'string' && path.length > 8_000) refused('invalidPath', 'path may have 8,000 characters')
  return {
    op,
    path: typeof path === 'string' && path.trim() !== '' ? path.trim() : undefined,
    value: field(sent, 'value')
  }
}

/** Reads the body of a PATCH. @throws ScimError invalidSyntax, invalidPath */
export function readOperations (body: unknown): Operation[] {
  const sent = isObject(body) ? field(body, 'operations') : undefined
  if (!Array.isArray(sent) || sent.length === 0) {
    return refused('invalidSyntax', 'Operations must be a list of operations, at least one')
  }
  if (sent.length > operationsMax) refused('invalidSyntax', `a PATCH may have ${operationsMax} operations`)
  return sent.map(operationOf)
}

/** A value that a filter describes: `type eq "work"` makes `{ type: 'work' }`; null where it says less than that. */
function describedBy (filter: Filter): Resource | null {
  const parts = conditionsOf(filter)
  const isPlain = parts.every((part) => part.kind === 'compare' && part.operator === 'eq' && part.value !== null)
  if (!isPlain) return null
  return Object.fromEntries(
    parts.flatMap((part) =>
      part.kind === 'compare' ? [[part.path.attribute.name, valueFor(part.path.attribute, part.value)]] : []
    )
  ) as Resource
}

function without (value: Resource, name: string): Resource {
  const { [name]: _, ...rest } = value
  return rest
}

/** A value with parts laid over it; null takes a part away. */
function merged (before: Resource, parts: Resource): Resource {
  return { ...before, ...parts }
}

function changeFiltered (op: OperationName, values: readonly unknown[], target: Target, value: unknown): unknown[] {
  const { path: { attribute, sub }, filter } = target
  const isMeant = (each: unknown): boolean => matches(filter!, each as Resource)
  if (op === 'remove') {
    return sub === null
      ? values.filter((each) => !isMeant(each))
      : values.map((each) => isMeant(each) ? without(each as Resource, sub.name) : each)
  }
  const parts = sub === null ? singleParts(target, value) : { [sub.name]: valueFor(sub, value) }
  if (values.some(isMeant)) {
    const changed = values.map((each) => isMeant(each) ? merged(each as Resource, parts) : each)
    return parts['primary'] === true ? firstOnly(changed, isMeant) : changed
  }
  const described = describedBy(filter!)
  if (op === 'replace' || described === null) {
    return refused('noTarget', `no value of ${attribute.name} fits the path`)
  }
  return withOnePrimary([...values, merged(described, parts)])
}

/** The values that were made first are; all others are not. */
function firstOnly (values: readonly unknown[], isFirst: (value: unknown) => boolean): unknown[] {
  return values.map((value) =>
    !isFirst(value) && (value as Resource)['primary'] === true ? { ...value as Resource, primary: false } : value
  )
}

function singleParts ({ path: { attribute } }: Target, value: unknown): Resource {
  const [parts, ...more] = listOf(attribute, value)
  if (!isObject(parts) || more.length > 0) refused('invalidValue', `one value of ${attribute.name} is needed`)
  return parts
}

function changeSeveral (op: OperationName, values: readonly unknown[], target: Target, value: unknown): unknown[] {
  const { path: { attribute, sub }, filter } = target
  if (filter !== null) return changeFiltered(op, values, target, value)
  if (sub !== null) {
    // `emails.value`: of every value there is
    const part = op === 'remove' ? undefined : valueFor(sub, value)
    return values.map((each) =>
      part === undefined ? without(each as Resource, sub.name) : merged(each as Resource, { [sub.name]: part })
    )
  }
  if (op === 'replace') return listOf(attribute, value)
  if (op === 'remove') {
    if (isUnassigned(value)) return []
    // Entra ID removes members by a list of values
    const own = attribute.name === 'members' ? (each: unknown) => identityOf(attribute, each) : valueAlone
    const gone = new Set(listOf(attribute, value).map(own))
    return values.filter((each) => !gone.has(own(each)))
  }
  const added = new Map(values.map((each) => [identityOf(attribute, each), each]))
  for (const each of listOf(attribute, value)) {
    const before = added.get(identityOf(attribute, each))
    added.set(identityOf(attribute, each), isObject(before) && isObject(each) ? merged(before, each) : each)
  }
  return withOnePrimary([...added.values()])
}

function valueAlone (each: unknown): string {
  return isObject(each) && each['value'] !== undefined ? String(each['value']) : JSON.stringify(each)
}

function changeOne (op: OperationName, before: unknown, { attribute, sub }: AttributePath, value: unknown): unknown {
  if (sub !== null) {
    const parts = (before ?? {}) as Resource
    const part = op === 'remove' ? undefined : valueFor(sub, value)
    const next = part === undefined ? without(parts, sub.name) : merged(parts, { [sub.name]: part })
    return isUnassigned(next) ? undefined : next
  }
  if (op === 'remove') return undefined
  const next = valueFor(attribute, value)
  // of a value with parts, those that are sent are changed (RFC 7644, 3.5.2.1 and 3.5.2.3)
  return isObject(before) && isObject(next) ? merged(before, next) : next
}

function changeAt (op: OperationName, resource: Resource, target: Target, value: unknown): Resource {
  const { path } = target
  const { extension, attribute } = path
  const before = holderOf(resource, extension)?.[attribute.name]
  if (!attribute.multiValued) {
    return withValue(resource, extension, attribute.name, changeOne(op, before, path, value))
  }
  const values = changeSeveral(op, Array.isArray(before) ? before : [], target, value)
    .filter((each) => !isUnassigned(each))
  checkCount(attribute, values)
  return withValue(resource, extension, attribute.name, values.length === 0 ? undefined : values)
}

/** `add` and `replace` without a path: each attribute of the value is changed. */
function changeAll (type: ResourceType, op: OperationName, resource: Resource, value: unknown): Resource {
  if (op === 'remove') refused('noTarget', 'remove needs a path')
  if (!isObject(value)) return refused('invalidValue', 'without a path the value must be an object')
  let changed = resource
  for (const [path, part] of saidOf(type, value)) {
    if (!isReadOnly(path)) changed = changeAt(op, changed, { path, filter: null }, part)
  }
  return changed
}

function changeWith (type: ResourceType, resource: Resource, { op, path, value }: Operation): Resource {
  if (path === undefined) return changeAll(type, op, resource, value)
  const extension = extensionOf(type, path)
  if (extension !== undefined) {
    if (op === 'remove') return without(resource, extension.id)
    const cleared = op === 'replace' && isUnassigned(value) ? without(resource, extension.id) : resource
    return changeAll(type, op, cleared, { [extension.id]: value ?? {} })
  }
  const target = parseTarget(type, path)
  if (isReadOnly(target.path) || target.path.sub?.mutability === 'immutable') {
    refused('mutability', `${pathText(target.path)} cannot be changed`)
  }
  return changeAt(op, resource, target, value)
}

/**
 * A resource after the operations of a PATCH (RFC 7644, 3.5.2), in their order; all of them or, when one fails, none.
 * @throws ScimError invalidPath, noTarget, mutability, invalidValue, invalidFilter
 */
export function applyPatch (type: ResourceType, resource: Resource, operations: readonly Operation[]): Resource {
  const changed = operations.reduce((before, operation) => changeWith(type, before, operation), resource)
  requireComplete(type, changed)
  return changed
}
