import type { problemStatus } from './generated/facts.ts'

/** The codes that this version of the client knows; a newer server may answer others. */
export type ProblemCode = keyof typeof problemStatus

/** Where a request is wrong, and what would be right. */
export interface Fault {
  in: 'body' | 'query' | 'path' | 'header'
  /** JSON pointer (RFC 6901) into that part; empty for the part itself. */
  pointer: string
  message: string
}

/** A problem (RFC 9457) as it was answered, with the members that only its code has. */
export interface ProblemBody {
  type: string
  title: string
  status: number
  detail: string
  instance: string
  code: string
  errors: Fault[]
  requestId: string
  [member: string]: unknown
}

/** What every error of the client is, but for wrong arguments (TypeError) and what the caller's own functions throw. */
export abstract class DuelineError extends Error {}

/**
 * No answer came, or not all of it: the network failed, or the time was over. Whether a write was done is not known.
 */
export class ConnectionError extends DuelineError {
  override readonly name = 'ConnectionError'
}

/**
 * The answer was none of Dueline's: something between answers in its place, or the address is not that of a gateway.
 */
export class UnexpectedAnswer extends DuelineError {
  override readonly name = 'UnexpectedAnswer'
  readonly status: number
  readonly headers: Headers

  constructor (message: string, { status, headers }: Pick<Response, 'status' | 'headers'>) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/** The request was refused. `isProblem` says which code it is, and by that its type. */
export class ProblemError<Code extends string = string> extends DuelineError {
  override readonly name = 'ProblemError'
  /** Stable; what programs compare. */
  readonly code: Code
  readonly status: Code extends ProblemCode ? typeof problemStatus[Code] : number
  /** Every fault of the request, 100 at most; empty for what is no fault of it. */
  readonly faults: readonly Fault[]
  /** Under which the operators find it in their logs. */
  readonly requestId: string
  /** All of it, such as `allowed` of `ticket_transition_refused`. */
  readonly body: ProblemBody
  readonly headers: Headers

  constructor (body: ProblemBody, headers: Headers, request: string) {
    const faults = body.errors.map(({ in: part, pointer, message }) => `; ${part} ${pointer} ${message}`).join('')
    super(`${request} answered ${body.status} ${body.code}: ${body.detail}${faults}`)
    this.code = body.code as Code
    this.status = body.status as typeof this.status
    this.faults = body.errors
    this.requestId = body.requestId
    this.body = body
    this.headers = headers
  }
}

/** Whether an error is a problem with one of these codes; without codes, whether it is a problem. */
export function isProblem<Code extends ProblemCode> (
  error: unknown,
  ...codes: [Code, ...Code[]]
): error is ProblemError<Code>
export function isProblem (error: unknown): error is ProblemError
export function isProblem (error: unknown, ...codes: string[]): boolean {
  return error instanceof ProblemError && (codes.length === 0 || codes.includes(error.code))
}

const excerptMax = 200

/** The error that a refusal is. @param request for the message: method and path */
export async function errorOf (response: Response, request: string): Promise<DuelineError> {
  const text = await response.text()
  const body = parsed(text)
  if (typeof body?.code === 'string' && Array.isArray(body.errors)) {
    return new ProblemError(body, response.headers, request)
  }
  return new UnexpectedAnswer(
    `${request} answered ${response.status}, no problem of Dueline: ${text.slice(0, excerptMax)}`,
    response
  )
}

function parsed (text: string): ProblemBody | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value as ProblemBody : undefined
  } catch {
    return undefined
  }
}
