import { pino, stdTimeFunctions, type DestinationStream, type LogFn, type Logger as PinoLogger } from 'pino'
import { errorRecord } from './errors-in-logs.ts'
import { currentTraceparent } from './trace.ts'

export type Logger = PinoLogger
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

/** Field names whose values never reach a log, at the top or up to two levels down. */
const secretFields = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'accessToken',
  'apiKey',
  'set-cookie',
  'x-api-key',
  'idempotency-key'
]

function pathTo (field: string): string {
  return /^[a-zA-Z]+$/.test(field) ? `.${field}` : `["${field}"]`
}

const redactPaths = secretFields.flatMap((field) => {
  const path = pathTo(field)
  return [path.replace(/^\./, ''), `*${path}`, `*.*${path}`]
})

const asItIs = (value: unknown): unknown => value

/** The fields of a line with every error in them as a record, also one level down. */
function plainFields (fields: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => {
      if (value instanceof Error) return [name, errorRecord(value)]
      const isPlain = depth === 0 && value !== null && Object.getPrototypeOf(value) === Object.prototype
      return [name, isPlain ? plainFields(value as object, 1) : value]
    })
  )
}

/** Pino takes the message of a bare error for that of the line, as it is. */
function withPlainError (this: PinoLogger, args: Parameters<LogFn>, write: LogFn): void {
  const [first, ...rest] = args as unknown[]
  if (!(first instanceof Error)) return write.apply(this, args)
  const err = errorRecord(first)
  write.apply(this, [{ err }, ...(rest.length === 0 ? [err.message] : rest)] as never)
}

/** The trace in which a line is written, if in any. */
function traceOfLine (): { traceId?: string } {
  const traceparent = currentTraceparent()
  return traceparent === undefined ? {} : { traceId: traceparent.slice(3, 35) }
}

/**
 * The one logger factory: JSON lines with ISO time, level name and service, secrets replaced by `[redacted]`, errors
 * without what a statement was given, and `traceId` where it is known for whom something is done.
 * Writes to standard output unless `destination` says otherwise.
 */
export function createLogger (
  { service, level = 'info', destination }: { service: string, level?: LogLevel, destination?: DestinationStream }
): Logger {
  const options = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: (fields: object) => plainFields(fields) },
    // Its own serializer would come after ours, and takes apart what is no error any more.
    serializers: { err: asItIs },
    mixin: traceOfLine,
    hooks: { logMethod: withPlainError },
    redact: { paths: redactPaths, censor: '[redacted]' }
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
