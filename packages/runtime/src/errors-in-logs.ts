/** An error as drizzle and node-postgres throw it, as far as it can hold values of a statement. */
interface DatabaseError extends Error {
  query?: unknown
  params?: unknown
  severity?: unknown
  code?: unknown
}

/** Members that hold what was asked or stored. */
const withValues = ['params', 'parameters', 'detail', 'where', 'hint', 'internalQuery'] as const
/** Members that are written: names, codes and places. What is not named here stays out, whoever has put it there. */
const written = [
  'code',
  'errno',
  'syscall',
  'address',
  'port',
  'hostname',
  'severity',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'routine',
  'query',
  'kind',
  'statusCode',
  'retriable'
] as const
const causesMax = 8

/**
 * The message without the values that drizzle adds to it, and without those that Postgres quotes (SQLSTATE class 22).
 */
function plainMessage (error: DatabaseError): string {
  const { message, query, code, severity } = error
  if (typeof query === 'string' && 'params' in error) return `Failed query: ${query}`
  if (typeof severity === 'string' && /^22/.test(String(code))) return message.replace(/"[^]*"/, '"…"')
  return message
}

/** The stack under another message; only frames where the message cannot be told from them. */
function stackUnder (error: Error, message: string): string {
  const { stack = '' } = error
  const at = stack.indexOf(error.message)
  if (error.message !== '' && at >= 0) return stack.slice(0, at) + message + stack.slice(at + error.message.length)
  const frames = stack.split('\n').filter((line) => /^ {4}at /.test(line))
  return [`${error.name}: ${message}`, ...frames].join('\n')
}

/** An error as it is logged. */
export interface ErrorRecord {
  type: string
  message: string
  stack: string
  [member: string]: unknown
}

/**
 * An error for the log: type, message, stack, codes and causes. Nothing of what a statement was given: the words of a
 * message, of a search or of a secret belong to those who wrote them.
 */
export function errorRecord (error: Error, depth = 0): ErrorRecord {
  const members = error as unknown as Record<string, unknown>
  const message = plainMessage(error)
  const inner = (each: unknown): unknown => {
    return each instanceof Error && depth < causesMax ? errorRecord(each, depth + 1) : String(each)
  }
  const { errors } = members
  return {
    type: error.constructor.name,
    message,
    stack: stackUnder(error, message),
    ...Object.fromEntries(written.filter((name) => members[name] !== undefined).map((name) => [name, members[name]])),
    ...(error.cause === undefined ? {} : { cause: inner(error.cause) }),
    ...(Array.isArray(errors) ? { errors: errors.map(inner) } : {})
  }
}

/**
 * Takes what a statement was given out of an error and its causes, in place: its message may be kept or shown later by
 * whoever catches it.
 */
export function dropValues (error: unknown): void {
  let next = error
  for (let depth = 0; depth < causesMax && next instanceof Error; depth++) {
    const message = plainMessage(next)
    if (message !== next.message) {
      const stack = stackUnder(next, message)
      Object.assign(next, { message, stack })
    }
    for (const name of withValues) delete (next as unknown as Record<string, unknown>)[name]
    next = next.cause
  }
}
