import type { Role } from '@dueline/contracts'
import type { Service } from '@dueline/http'
import { bearersOf, type TestIssuer } from '../issuer.ts'
import type { AnswerChecker, RawAnswer } from './answers.ts'
import type { DocumentedOperation } from './document.ts'

/** A request of any operation, once its types are checked. */
export interface AnyRequest {
  path?: Readonly<Record<string, unknown>>
  query?: Readonly<Record<string, unknown>>
  body?: unknown
  as?: Role
  person?: string
}

/** Who asks, and what is done to the request on its way. */
export interface AskOptions {
  tenant: string
  /** Null for no token, an empty list for one without roles. */
  as: Role | readonly [] | null
  person?: string | undefined
  headers?: Readonly<Record<string, string>>
  /** Whether the last letter of its path is written as its code, which means the same. */
  respelled?: boolean
}

/** An answer with its body parsed. */
export interface Answer extends RawAnswer {
  body: unknown
  /** The problem's code, where it is one. */
  code: string | undefined
}

/** Asks one service, and keeps what it found wrong and what each operation has answered. */
export interface Asker {
  ask(operation: DocumentedOperation, request: AnyRequest, options: AskOptions): Promise<Answer>
  /** The statuses and problem codes that an operation has answered. */
  answered(operation: DocumentedOperation): ReadonlySet<string>
  /** What was found wrong with an operation's answers, and forgets it. */
  faults(operation: DocumentedOperation): string[]
}

/** Every answer that comes through it is compared with the document. */
export function createAsker (http: Service['http'], issuer: TestIssuer, checker: AnswerChecker): Asker {
  const answered = new Map<string, Set<string>>()
  const faults = new Map<string, string[]>()
  const bearer = bearersOf(issuer)

  return {
    answered: ({ id }) => answered.get(id) ?? new Set(),
    faults ({ id }) {
      const found = faults.get(id) ?? []
      faults.delete(id)
      return found
    },
    async ask (operation, request, options) {
      const { tenant, as, person } = options
      const { bodyType } = operation
      const { body } = request
      const response = await http.inject({
        method: operation.method as 'GET',
        url: addressOf(options.respelled === true ? respelled(operation.path) : operation.path, request),
        headers: {
          ...(body === undefined || bodyType === undefined ? {} : { 'content-type': bodyType }),
          ...await bearer({ tenant, person, roles: as === null ? null : [as].flat() }),
          ...options.headers
        },
        ...(body === undefined ? {} : { payload: payloadOf(body) })
      })
      const raw = { status: response.statusCode, headers: response.headers, text: response.body }
      const parsed = parsedOf(response.body)
      const code = raw.status < 400 ? undefined : (parsed as { code?: string } | undefined)?.code
      const seen = answered.get(operation.id) ?? new Set()
      answered.set(operation.id, seen.add(String(raw.status)).add(code ?? String(raw.status)))
      faults.set(operation.id, [...faults.get(operation.id) ?? [], ...checker.faults(operation, raw)])
      return { ...raw, body: parsed, code }
    }
  }
}

function parsedOf (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function payloadOf (body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

function respelled (path: string): string {
  return path.replace(/\w$/, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
}

function addressOf (path: string, request: AnyRequest): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(request.path?.[name])))
  // a list is its name, again for each item
  const query = Object.entries(request.query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((item) => `${encodeURIComponent(name)}=${encodeURIComponent(String(item))}`)
  )
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`
}
