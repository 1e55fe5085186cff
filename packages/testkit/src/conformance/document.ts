import type { Role } from '@dueline/contracts'
import { baseErrors, type OpenApiDocument, type Operation } from '@dueline/http'

interface Parameter {
  in: string
  name: string
}

/** One operation as its document describes it. */
export interface DocumentedOperation {
  id: string
  method: string
  /** With its parameters in braces. */
  path: string
  roles: readonly Role[]
  statuses: readonly string[]
  /** Statuses of success. */
  successes: readonly string[]
  /** Problem codes, as the answers' descriptions name them. */
  codes: readonly string[]
  /** Media type of its body, if it has one. */
  bodyType: string | undefined
  /** `anyVersion`: what takes If-Match does not need it. */
  takes: { key: boolean, ifMatch: boolean, anyVersion: boolean, ifNoneMatch: boolean }
}

/** The operations of a document, in its order, but for those that need no token: what proves them is their own. */
export function operationsOf ({ paths }: OpenApiDocument): DocumentedOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([verb, operation]) => !verb.startsWith('x-') && !isPublic(operation as Operation))
      .map(([verb, operation]) => operationOf(verb.toUpperCase(), path, operation as Operation))
  )
}

function isPublic ({ security }: Operation): boolean {
  return Array.isArray(security) && security.length === 0
}

function operationOf (method: string, path: string, operation: Operation): DocumentedOperation {
  const responses = Object.entries(operation.responses ?? {}) as [string, { description?: string }][]
  const { content = {} } = (operation['requestBody'] ?? {}) as { content?: object }
  const headers = (operation.parameters as Parameter[] | undefined ?? [])
    .filter((parameter) => parameter.in === 'header')
    .map(({ name }) => name.toLowerCase())
  return {
    id: operation.operationId ?? `${method} ${path}`,
    method,
    path,
    roles: (operation['x-roles'] ?? []) as readonly Role[],
    statuses: responses.map(([status]) => status),
    successes: responses.map(([status]) => status).filter((status) => status < '300'),
    codes: responses.flatMap(([, { description = '' }]) => codesIn(description)),
    bodyType: Object.keys(content)[0],
    takes: {
      key: headers.includes('idempotency-key'),
      ifMatch: headers.includes('if-match'),
      anyVersion: headers.includes('if-match') && !responses.some(([status]) => status === '428'),
      ifNoneMatch: headers.includes('if-none-match')
    }
  }
}

function codesIn (description: string): string[] {
  return [...description.matchAll(/`([a-z0-9_]+)`: /g)].map(([, code]) => code ?? '')
}

/**
 * Answered before an operation is known, or by whatever stands before the service: `packages/http` and the gateway
 * prove them once, for all operations.
 */
export const codesOfTransport: readonly string[] = [
  baseErrors.request_timeout.code,
  baseErrors.rate_limited.code,
  baseErrors.headers_too_large.code,
  // said of the caller before the operation is asked; tested where callers are found (people.test.ts, api-keys.test.ts)
  baseErrors.scope_missing.code,
  baseErrors.person_needed.code,
  baseErrors.person_unknown.code,
  baseErrors.person_inactive.code
]
