import { setTimeout as pause } from 'node:timers/promises'
import { BusError } from '@dueline/messaging'
import {
  isUnavailable,
  refusalOf,
  schemaState,
  MigrationRefused,
  type MigrationSource,
  type SchemaState
} from '@dueline/postgres'
import { backoff, ConfigError, exitOfMistakes, type Logger } from '@dueline/runtime'
import closeWithGrace from 'close-with-grace'

/** A process while it starts and runs. */
export interface Main {
  readonly process: Pick<NodeJS.Process, 'stdout' | 'stderr' | 'exit'>
  readonly name: string
  readonly logger: Logger
  /** What has been started, to be stopped in reverse. */
  readonly stops: (() => Promise<void>)[]
}

/** A stop that takes longer is cut: orchestrators kill then. */
const stopMsMax = 10_000
const waits = backoff({ initialMs: 250, maxMs: 10_000 })

/**
 * Runs `start`, and stops what it has put into `stops` on SIGTERM, SIGINT or an error that nobody caught. Ends the
 * process with code 78 when `start` throws a mistake of the configuration, also one that only the outside world could
 * tell.
 */
export async function runMain (parts: Omit<Main, 'stops'>, start: (main: Main) => Promise<void>): Promise<void> {
  const main: Main = { ...parts, stops: [] }
  stopOnSignal(main.logger, async () => {
    await stopAll(main)
  })
  try {
    await start(main)
  } catch (error) {
    const mistake = mistakeOf(error)
    if (mistake === undefined) throw error
    await stopAll(main)
    exitOfMistakes(main.process, main.name, mistake)
  }
}

async function stopAll ({ stops, logger }: Main): Promise<void> {
  for (const stop of stops.splice(0).reverse()) {
    await stop().catch((error: unknown) => logger.error({ err: error }, 'a part did not stop cleanly'))
  }
}

/** Stops in order on SIGTERM and SIGINT; an error that nobody caught is logged and stops it too. */
export function stopOnSignal (logger: Logger, stop: () => Promise<void>): void {
  closeWithGrace({ delay: stopMsMax, logger }, async ({ err, signal }) => {
    if (err !== undefined) logger.fatal({ err }, 'stopping because of an error that nobody caught')
    else logger.info({ signal }, 'stopping')
    await stop()
  })
}

function mistakeOf (error: unknown): ConfigError | undefined {
  if (error instanceof ConfigError) return error
  const { code, address, port } = error as { code?: string, address?: string, port?: number }
  if (code === 'EADDRINUSE') {
    return new ConfigError([
      `port ${port} of ${address} is taken by another process: stop that one or choose another port`
    ])
  }
  if (code === 'EACCES' && port !== undefined) {
    return new ConfigError([`port ${port} of ${address} may not be used by this user: choose one above 1023`])
  }
  if (code === 'EADDRNOTAVAIL') {
    return new ConfigError([`${address} is no address of this machine: set the host to 0.0.0.0 or to one that is`])
  }
  return undefined
}

/**
 * Tries until the server behind the address in `key` answers, for as long as it takes or for `waitMs`, saying so once
 * to people and each time to the log.
 * @throws ConfigError when the server refuses the role or the broker this program; what `attempt` throws when it is
 * neither, or after `waitMs`
 */
export async function whenAvailable<T> (
  main: Main,
  key: string,
  attempt: () => Promise<T>,
  { waitMs = Infinity }: { waitMs?: number } = {}
): Promise<T> {
  const endMs = performance.now() + waitMs
  for (let failures = 1;; failures++) {
    try {
      return await attempt()
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal !== undefined) throw new ConfigError([`${key}: the database refuses: ${refusal}`])
      if (error instanceof MigrationRefused) throw new ConfigError([`${key}: ${error.message}`])
      if (error instanceof BusError && error.kind === 'fatal') throw new ConfigError([`${key}: ${error.message}`])
      // a broker that is away has a cause that looks like that of a database
      const away = error instanceof BusError
        ? error.message
        : isUnavailable(error)
        ? `the database cannot be reached (${reasonOf(error)})`
        : undefined
      if (away === undefined || performance.now() > endMs) throw error
      await reportAndWait(main, failures, `${key}: ${away}`)
    }
  }
}

/**
 * Waits until a schema has what this program needs: somebody else's job brings it up to date.
 * @throws ConfigError when it is too new for this program
 */
export async function assertSchema (
  main: Main,
  { key, url, schema, sources }: { key: string, url: string, schema: string, sources: readonly MigrationSource[] }
): Promise<void> {
  for (let looks = 1;; looks++) {
    const state = await whenAvailable(main, key, async () => await schemaState({ url, schema, sources }))
    if (state.newer.length > 0) {
      throw new ConfigError([
        `${key}: the schema "${schema}" is newer than this program (${state.newer.join(', ')}): ` +
        'run the release that brought it, or a later one'
      ])
    }
    const lack = lackOf(schema, state)
    if (lack === undefined) return
    await reportAndWait(main, looks, `${key}: ${lack}`)
  }
}

function lackOf (schema: string, { missing, missingRoles }: SchemaState): string | undefined {
  if (missing.length > 0) {
    return `the schema "${schema}" lacks ${missing.length} migrations (${missing[0]} first): ` +
      'run this program with --migrate under the role that owns it'
  }
  if (missingRoles.length === 0) return undefined
  return `its role is no member of ${missingRoles.join(' and ')}: run the job that makes roles`
}

async function reportAndWait ({ process, name, logger }: Main, times: number, what: string): Promise<void> {
  const retryMs = waits.nextMs(times)
  if (times === 1) process.stderr.write(`${name}: ${what}; waiting for it\n`)
  logger.warn({ retryMs, times }, what)
  await pause(retryMs)
}

/** The innermost cause; several addresses of one name come as an AggregateError without a message. */
function reasonOf (error: unknown): string {
  const { cause, errors, message } = error as { cause?: unknown, errors?: unknown[], message?: string }
  if (cause !== undefined) return reasonOf(cause)
  return errors?.[0] === undefined ? String(message) : reasonOf(errors[0])
}
