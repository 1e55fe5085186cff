import { pino, stdSerializers, stdTimeFunctions, type DestinationStream, type Logger as PinoLogger } from 'pino'

export type Logger = PinoLogger
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

/** Field names whose values never reach a log, at the top or up to two levels down. */
const secretFields = ['authorization', 'cookie', 'password', 'secret', 'token', 'accessToken', 'apiKey', 'set-cookie', 'x-api-key', 'idempotency-key']

function pathTo (field: string): string {
  return /^[a-zA-Z]+$/.test(field) ? `.${field}` : `["${field}"]`
}

const redactPaths = secretFields.flatMap((field) => {
  const path = pathTo(field)
  return [path.replace(/^\./, ''), `*${path}`, `*.*${path}`]
})

/**
 * The one logger factory: JSON lines with ISO time, level name and service, secrets replaced by `[redacted]`.
 * Writes to standard output unless `destination` says otherwise.
 */
export function createLogger ({ service, level = 'info', destination }: { service: string, level?: LogLevel, destination?: DestinationStream }): Logger {
  const options = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: stdSerializers.err, error: stdSerializers.err },
    redact: { paths: redactPaths, censor: '[redacted]' }
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
