// How checks ask an operation, and say what is wrong with its answer.
import type { Role } from '@dueline/contracts'
import type { ErrorEntry } from '@dueline/http'
import type { Answer, AnyRequest, Asker, AskOptions } from './asker.ts'
import type { DocumentedOperation } from './document.ts'

/** One operation with what the checks need to ask it. */
export interface Subject {
  operation: DocumentedOperation
  /** What reads the resource at the same path, where there is one. */
  reader: DocumentedOperation | undefined
  asker: Asker
  /** The tenant of this operation's own, and one that has nothing. */
  tenant: string
  otherTenant: string
  /** A new right request. */
  right(): Promise<AnyRequest>
  /** Requests for further answers, by status or code, each in a tenant of its own. */
  answers: Readonly<Record<string, { tenant: string, request(): Promise<AnyRequest> }>>
  /** Roles that may call it, but not for this. */
  notFor: readonly Role[]
  /** What it answers does not come from its database, or never ends. */
  withoutDatabase: boolean
  endless: boolean
  /** Runs with the service's database away, or failing in a way that nobody foresaw. */
  withDatabase<T>(state: 'away' | 'broken', fn: () => Promise<T>): Promise<T>
}

/** A right request with the `If-Match` that belongs to it. */
export interface Prepared {
  request: AnyRequest
  headers: Record<string, string>
}

/** Who sends a request: whoever the sample names, else an administrator, else the first who may. */
export function senderOf (operation: DocumentedOperation, { as, person }: AnyRequest) {
  const role = as === undefined ? (operation.roles.includes('admin') ? 'admin' : operation.roles[0]) : as
  if (role === undefined) throw new Error(`${operation.id}: no role may call it`)
  return person === undefined ? { as: role } : { as: role, person }
}

/** The `If-Match` for a change: the tag that `reader` answers at its path; none for what is not there yet. */
export async function ifMatchOf (
  reader: DocumentedOperation | undefined,
  { path = {} }: AnyRequest,
  asker: Asker,
  tenant: string
): Promise<Record<string, string>> {
  if (reader === undefined) throw new Error('it takes If-Match, but nothing reads what it changes')
  const { headers } = await asker.ask(reader, { path }, { tenant, ...senderOf(reader, {}) })
  return headers['etag'] === undefined ? {} : { 'if-match': String(headers['etag']) }
}

/** A right request, a new one unless it is given, with its `If-Match`. */
export async function prepared (subject: Subject, request?: AnyRequest): Promise<Prepared> {
  const { operation, reader, asker, tenant } = subject
  const sent = request ?? await subject.right()
  return { request: sent, headers: operation.takes.ifMatch ? await ifMatchOf(reader, sent, asker, tenant) : {} }
}

/** Sends it as who may, but for what `change` says otherwise. */
export async function send (subject: Subject, sent: Prepared, change: Partial<AskOptions> = {}): Promise<Answer> {
  const { operation, asker, tenant } = subject
  const headers = { ...sent.headers, ...change.headers }
  return await asker.ask(operation, sent.request, { tenant, ...senderOf(operation, sent.request), ...change, headers })
}

/** What is wrong with an answer, unless it is right. */
export function unless (right: boolean, wrong: string, { status, text }: Answer): string[] {
  return right ? [] : [`${wrong}: ${status} ${text.slice(0, 300)}`]
}

/** What is wrong with an answer, unless it is this refusal. */
export function unlessRefused (entry: ErrorEntry, when: string, answer: Answer): string[] {
  return unless(answer.status === entry.status && answer.code === entry.code, `${when} is not ${entry.code}`, answer)
}

/** Whether an answer names this fault of the request. */
export function names (answer: Answer, place: string, pointer: string): boolean {
  const { errors = [] } = (answer.body ?? {}) as { errors?: { in: string, pointer: string }[] }
  return errors.some((fault) => fault.in === place && fault.pointer === pointer)
}
