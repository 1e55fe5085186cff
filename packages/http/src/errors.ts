/** More faults than this are not listed: they would not help a caller, and a body of 1 MiB can have many. */
export const faultsMax = 100

/** One row of an error table: what a problem code means. Plain data, so that documents can be made of it. */
export interface ErrorEntry {
  readonly code: string
  readonly status: number
  /** A short sentence that is the same for every occurrence. */
  readonly title: string
  /** When it is answered, and what the caller can do; for the documentation. */
  readonly description?: string
  /** Further members of its problems (`ProblemOptions.extra`): their JSON schemas. */
  readonly members?: Readonly<Record<string, object>>
}

/** Error entries by code. */
export type ErrorTable = Readonly<Record<string, ErrorEntry>>

/**
 * An error table from `{ code: { status, title } }`.
 * @throws TypeError for a code that is not snake_case or a status outside 400…599
 */
export function defineErrors<const T extends Record<string, Omit<ErrorEntry, 'code'>>> (
  table: T
): { readonly [Code in keyof T & string]: ErrorEntry } {
  const entries = Object.entries(table).map(([code, entry]) => {
    if (!/^[a-z][a-z0-9_]*$/.test(code)) throw new TypeError(`${code}: an error code is in snake_case`)
    if (!(entry.status >= 400 && entry.status <= 599)) {
      throw new TypeError(`${code}: ${entry.status} is no error status`)
    }
    return [code, Object.freeze({ code, ...entry })]
  })
  return Object.freeze(Object.fromEntries(entries)) as { readonly [Code in keyof T & string]: ErrorEntry }
}

/** The errors that any operation of any service may answer. */
export const baseErrors = defineErrors({
  validation_failed: {
    status: 400,
    title: 'The request is not valid',
    description:
      'Every fault is listed in `errors` with a JSON pointer, 100 at most. Correct them all and send it again.'
  },
  unauthenticated: {
    status: 401,
    title: 'A valid access token or API key is needed',
    description: 'Send `Authorization: Bearer <token>` with a token of the configured issuer that has not expired, ' +
      'or with an API key.'
  },
  forbidden: {
    status: 403,
    title: 'Your role may not do this',
    description: 'The roles that may are in `x-roles` of the operation.'
  },
  person_unknown: {
    status: 403,
    title: 'You are not a person of this tenant',
    description:
      'An administrator links the subject of your token to a person by `POST /v1/people/{personId}/identities`, or ' +
      'lets people be created from their tokens (`AUTH_ISSUERS`). `GET /v1/me` works all the same.',
    members: { issuer: { type: 'string' }, subject: { type: 'string' } }
  },
  person_inactive: {
    status: 403,
    title: 'Your person is not active',
    description: 'An administrator has deactivated it and can undo that.'
  },
  scope_missing: {
    status: 403,
    title: 'The API key may not do this',
    description:
      '`scope` is what it lacks. What a key may is fixed when it is made: make one with this scope, or send the ' +
      'token of a person.',
    members: { scope: { type: 'string' } }
  },
  person_needed: {
    status: 403,
    title: 'This is not for API keys',
    description: 'Send the access token of a person. `me` means nobody with a key: name the person by its id.'
  },
  not_found: {
    status: 404,
    title: 'There is no such thing',
    description: 'It does not exist, or you may not see it.'
  },
  method_not_allowed: {
    status: 405,
    title: 'This address does not support this method',
    description: '`Allow` lists the methods that it supports.'
  },
  request_timeout: {
    status: 408,
    title: 'The request did not arrive in time',
    description: 'A request must arrive within 30 seconds.'
  },
  conflict: { status: 409, title: 'The present state does not allow this' },
  idempotency_key_reused: {
    status: 409,
    title: 'This Idempotency-Key was used for another request',
    description: 'Within 24 hours a key belongs to one method, path and body. Use a new key.'
  },
  precondition_failed: {
    status: 412,
    title: 'It was changed in the meantime',
    description: 'Read it again, and send the change with the new `ETag` in `If-Match`.'
  },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: {
    status: 415,
    title: 'This media type is not understood',
    description:
      'Send `Content-Type: application/json` unless the operation names another one, and no `Content-Encoding`.'
  },
  precondition_required: {
    status: 428,
    title: 'If-Match is needed',
    description: 'Send the `ETag` of what you have read in `If-Match`.'
  },
  rate_limited: { status: 429, title: 'Too many requests', description: 'Wait for the seconds in `Retry-After`.' },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    description: 'All headers and the address together may have 16 KiB.'
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong here',
    description: 'It is logged under `requestId`. Nothing was stored.'
  },
  unavailable: {
    status: 503,
    title: 'The service cannot answer at the moment',
    description: 'Send it again after the seconds in `Retry-After`; send a write with the same `Idempotency-Key`.'
  }
})

/** One fault of a request: where, and what would be right. */
export interface Fault {
  /** JSON pointer (RFC 6901) into the part; empty for the part itself. */
  readonly pointer: string
  readonly message: string
  /** The part of the request; `body` when not given. */
  readonly in?: 'body' | 'query' | 'path' | 'header'
}

export interface ProblemOptions {
  /** What is special about this occurrence. Shown to the caller: no secrets, no internals. */
  readonly detail?: string
  readonly faults?: readonly Fault[]
  readonly headers?: Readonly<Record<string, string>>
  /** Further members of the problem, such as what would have been allowed. */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** An error that is answered to the caller as an RFC 9457 problem. */
export class Problem extends Error {
  readonly entry: ErrorEntry
  readonly options: ProblemOptions
  constructor (entry: ErrorEntry, options: ProblemOptions = {}) {
    super(options.detail ?? entry.title, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'Problem'
    this.entry = entry
    this.options = options
  }
}

/** Ends the request with a problem. @throws {Problem} always */
export function problem (entry: ErrorEntry, options: ProblemOptions = {}): never {
  throw new Problem(entry, options)
}

/**
 * Where every problem `type` lives, on the gateway that passed the problem on: a reference (RFC 9457, 3.1.1), so that
 * it leads somewhere wherever that is. The page of a code is `<base>/<code>`.
 */
export const problemTypeBase = '/problems'

/** The wire form of a problem (RFC 9457). */
export interface ProblemBody {
  type: string
  title: string
  status: number
  detail: string
  instance: string
  code: string
  errors: Fault[]
  requestId: string
}

/** The body of an answer, with at most 100 faults: `instance` is the path that was asked for, without its query. */
export function problemBody (
  entry: ErrorEntry,
  { detail, faults = [], extra }: ProblemOptions,
  { instance, requestId }: { instance: string, requestId: string }
): ProblemBody {
  return {
    ...extra,
    type: `${problemTypeBase}/${entry.code}`,
    title: entry.title,
    status: entry.status,
    detail: detail ?? entry.title,
    instance,
    code: entry.code,
    errors: faults
      .slice(0, faultsMax)
      .map((fault) => ({ in: fault.in ?? 'body', pointer: fault.pointer, message: fault.message })),
    requestId
  }
}
