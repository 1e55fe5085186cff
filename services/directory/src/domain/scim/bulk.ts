import { isObject } from './attributes.ts'
import { refused } from './scim-error.ts'

/** Most operations of one bulk request. */
export const bulkOperationsMax = 1_000
/** Schema of the answer. */
export const bulkResponseUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'

/** One operation of a bulk request (RFC 7644, 3.7). */
export interface BulkOperation {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly bulkId: string | undefined
  /** `/Users`, `/Groups/<id>`; an id may be `bulkId:<bulkId>`. */
  readonly path: string
  readonly version: string | undefined
  readonly data: unknown
}

/** A bulk request; it stops after so many failures, 0: never. */
export interface BulkRequest {
  readonly operations: readonly BulkOperation[]
  readonly failOnErrors: number
}

const methods = ['POST', 'PUT', 'PATCH', 'DELETE'] as const

function optionalText (object: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = object[name]
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' && value.length <= 1_000
    ? value
    : refused('invalidSyntax', `${name} must be a text of at most 1,000 characters`)
}

function operationOf (sent: unknown): BulkOperation {
  if (!isObject(sent)) return refused('invalidSyntax', 'an operation must be an object')
  const name = optionalText(sent, 'method')?.toUpperCase()
  const method = methods.find((each) => each === name) ??
    refused('invalidSyntax', 'method must be POST, PUT, PATCH or DELETE')
  const path = optionalText(sent, 'path') ?? refused('invalidSyntax', 'path is missing')
  const bulkId = optionalText(sent, 'bulkId')
  if (method === 'POST' && bulkId === undefined) refused('invalidSyntax', 'a POST needs a bulkId')
  return { method, bulkId, path, version: optionalText(sent, 'version'), data: sent['data'] }
}

/** Reads a bulk request. @throws ScimError invalidSyntax */
export function readBulk (body: unknown): BulkRequest {
  const sent = isObject(body) ? body['Operations'] : undefined
  if (!isObject(body) || !Array.isArray(sent)) {
    return refused('invalidSyntax', 'Operations must be a list of operations')
  }
  const { failOnErrors = 0 } = body
  if (typeof failOnErrors !== 'number' || !Number.isInteger(failOnErrors) || failOnErrors < 0) {
    return refused('invalidValue', 'failOnErrors must be a whole number')
  }
  return { operations: sent.map(operationOf), failOnErrors }
}

/** `value` with the ids in place of `bulkId:…`; the first reference to something that is not there yet throws. */
export function resolved (value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    const bulkId = /^bulkId:(.+)$/.exec(value)?.[1]
    if (bulkId === undefined) return value
    return ids.get(bulkId) ?? refused('invalidValue', `bulkId ${bulkId} was made by no operation before this one`)
  }
  if (Array.isArray(value)) return value.map((each) => resolved(each, ids))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolved(each, ids)]))
}
