import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '@dueline/runtime'
import { StartFault } from './start-fault.ts'

/** A program of the embedded form while it starts and runs. */
export interface Program {
  /** Prints a line for people; silent once the program is ending. */
  print(line: string): void
  /** Aborted once the program is ending: by a signal, because of `fail`, or since nobody reads what it prints. */
  readonly signal: AbortSignal
  /** What has been started, to be stopped in reverse. */
  readonly stops: (() => Promise<void>)[]
  /** Takes the details of an error that nobody expected. */
  log: Logger | undefined
  /** Ends the program because of something that happened beside `work`. */
  fail(error: unknown): void
}

export interface ProgramOptions {
  /** Before what it says on standard error. */
  name: string
  /** Exit code of a stop by a signal. */
  stoppedCode: number
}

/** A stop that takes longer is cut: supervisors kill then. */
const stopMsMax = 10_000
/** The same for one after a fault, of which everything has been said. */
const stopAfterFaultMsMax = 3_000
/**
 * A terminal sends Ctrl-C to everybody in front of it, and each passes it on: what comes this soon is not a second one.
 */
const oneSignalMs = 500

type End = { code: number } | { error: unknown }

/**
 * Runs `work` to its end, or until SIGTERM, SIGINT or SIGHUP, and then stops what it has started, in whatever phase it
 * is. A second signal ends it at once. Exits with the code that `work` resolves with; a `StartFault` is one sentence on
 * standard error and its code.
 */
export async function runProgram (
  { name, stoppedCode }: ProgramOptions,
  work: (program: Program) => Promise<number>
): Promise<never> {
  const ending = new AbortController()
  // Asked of no package: `npm start -- --help` works before there are any.
  const ended = once(ending.signal, 'abort').then(() => undefined)
  const program: Program = {
    print: (line) => {
      if (!ending.signal.aborted) process.stdout.write(`${line}\n`)
    },
    signal: ending.signal,
    stops: [],
    log: undefined,
    fail: (error) => end({ error })
  }
  const complain = (text: string): void => {
    process.stderr.write(`${name}: ${text}\n`)
  }
  let asked: End | undefined
  const end = (how: End): void => {
    asked ??= how
    ending.abort(new Error('the program is ending'))
  }
  stopOnSignals(() => end({ code: stoppedCode }))
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => end({ error }))
  }
  // Whoever reads it has gone, as `head` does when it has seen enough.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => end({ code: stoppedCode }))

  const working = work(program).then((code): End => ({ code }), (error: unknown): End => ({ error }))
  const outcome = await Promise.race([working, ended])
  const bySignal = asked !== undefined && 'code' in asked
  const how = asked ?? outcome ?? { code: 1 }
  ending.abort(new Error('the program is ending'))
  const code = 'error' in how ? await reportFault(how.error, program.log, complain) : how.code

  const stopped = await Promise.race([
    stopAll(program, working).then(() => true),
    pause('error' in how ? stopAfterFaultMsMax : stopMsMax, false)
  ])
  if (!stopped && bySignal) {
    complain(`did not stop within ${stopMsMax / 1_000} s and was ended`)
    process.exit(1)
  }
  if (bySignal) process.stdout.write('stopped\n')
  process.exit(code)
}

/** Also what `work` starts until it hears that it is to end. */
async function stopAll ({ stops, log }: Program, working: Promise<End>): Promise<void> {
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) {
      await each().catch((error: unknown) => log?.error({ err: error }, 'a part did not stop cleanly'))
    }
  }
  await stop()
  await working
  await stop()
}

/**
 * One sentence; the stack of an error that nobody expected goes to the log, or is shown while there is none.
 * @returns the exit code
 */
async function reportFault (
  error: unknown,
  log: Logger | undefined,
  complain: (text: string) => void
): Promise<number> {
  // Only now: it knows the errors of all that may not even have been loaded yet.
  const { startFaultOf } = await import('./known-faults.ts')
  const known = startFaultOf(error)
  const fault = known ?? new StartFault(`${error instanceof Error ? error.message : String(error)} (unexpected)`)
  log?.fatal({ err: error }, fault.message)
  complain(fault.message)
  if (known === undefined && log === undefined) process.stderr.write(`${(error as Error).stack}\n`)
  return fault.exitCode
}

function stopOnSignals (stop: () => void): void {
  let firstMs: number | undefined
  const onSignal = (): void => {
    firstMs ??= performance.now()
    // What has to be done in any case is done as the process exits.
    if (performance.now() - firstMs > oneSignalMs) process.exit(130)
    stop()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
}
