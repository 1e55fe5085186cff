import type { Static, TObject } from 'typebox'
import { ConfigError, loadConfig, redactConfig, type Environment } from './config.ts'
import { createLogger } from './logger.ts'

/** What is needed of `process`. */
export interface ProcessLike {
  env: Environment
  argv: readonly string[]
  stdout: { write (text: string): unknown }
  stderr: { write (text: string): unknown }
  exit (code: number): never
}

/** sysexits.h EX_CONFIG: supervisors can tell a wrong configuration from a crash. */
export const exitCodeOfConfigError = 78

/**
 * The first line of every `main.ts`: the configuration, or the end of the process. Mistakes end it as
 * `exitOfMistakes` says; `--check-config` ends with 0 when there are none; `--print-config` prints
 * the values in effect, secrets redacted, and ends.
 */
export function loadConfigOrExit<T extends TObject> (schema: T, main: ProcessLike, service: string): Static<T> {
  let config: Static<T>
  try {
    config = loadConfig(schema, main.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return exitOfMistakes(main, service, error)
  }
  if (main.argv.includes('--print-config')) {
    main.stdout.write(`${JSON.stringify(redactConfig(schema, config), null, 2)}\n`)
    return main.exit(0)
  }
  if (main.argv.includes('--check-config')) {
    main.stdout.write('the configuration is valid\n')
    return main.exit(0)
  }
  return config
}

/** Ends the process with code 78: one message for people on standard error, one record for machines on standard output. */
export function exitOfMistakes (main: Pick<ProcessLike, 'stdout' | 'stderr' | 'exit'>, service: string, { message, faults }: ConfigError): never {
  main.stderr.write(`${service}: ${message}\n`)
  createLogger({ service, destination: main.stdout }).fatal({ faults }, 'the configuration is wrong')
  return main.exit(exitCodeOfConfigError)
}
