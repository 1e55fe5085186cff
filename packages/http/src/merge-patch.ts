import type { FastifyRequest } from 'fastify'
import { baseErrors, problem } from './errors.ts'
import { faultsOf } from './faults.ts'
import { isObject } from './validation.ts'

type Json = Record<string, unknown>
/** Names of fields, from the outside in. */
type Path = readonly string[]

/** RFC 7396: what it says is laid over what is there, objects field by field; null removes, a list is replaced. */
export const mergePatchType = 'application/merge-patch+json'

/**
 * Takes what is to be removed inside of the fields of a merge patch out of it, so that schemas, which do not know null
 * there, can say whether the rest is right. Null in a field of the patch itself is for its schema to take or refuse.
 */
export function extractRemovals (patch: unknown): Path[] {
  if (!isObject(patch)) return []
  return Object.entries(patch).flatMap(([field, value]) => isObject(value) ? removalsIn(value, [field]) : [])
}

function removalsIn (part: Json, path: Path): Path[] {
  return Object.entries(part).flatMap(([name, value]) => {
    const own = [...path, name]
    if (isObject(value)) return removalsIn(value, own)
    if (value !== null) return []
    delete part[name]
    return [own]
  })
}

function merged (before: unknown, value: unknown): unknown {
  if (!isObject(value)) return value
  const base = isObject(before) ? before : {}
  return {
    ...base,
    ...Object.fromEntries(Object.entries(value).map(([name, each]) => [name, merged(base[name], each)]))
  }
}

function remove (part: Json, [name = '', ...inner]: Path): void {
  const value = part[name]
  if (inner.length === 0) delete part[name]
  else if (isObject(value)) remove(value, inner)
}

/**
 * What a PATCH asks for, with each of its fields as a whole: of a merge patch, each object with what `before` has in
 * that field, else the body as it is.
 * @throws {Problem} 400 when that is no right body
 */
export function patchOf<B extends object> (request: FastifyRequest & { body: B }, before: object): B {
  const { body, removals } = request
  if (removals === null) return body
  const whole = Object.fromEntries(
    Object.entries(body).map(([field, value]) => [field, merged((before as Json)[field], value)])
  )
  for (const path of removals) remove(whole, path)
  const validate = request.getValidationFunction('body') as
    | { (value: unknown): boolean, errors?: Parameters<typeof faultsOf>[0] | null }
    | undefined
  if (validate?.(whole) === false) {
    problem(baseErrors.validation_failed, { faults: faultsOf(validate.errors ?? [], 'body') })
  }
  return whole as B
}
