import type { Static, TObject } from 'typebox'
import { argumentFaults, helpText, type Program } from './command-line.ts'
import { cautionsOf, ConfigError, keysOf, loadConfig, redactConfig, type Environment } from './config.ts'
import { createLogger } from './logger.ts'
import { strayVariables } from './stray-variables.ts'
import { version } from './version.ts'

/** What is needed of `process`. */
export interface ProcessLike {
  env: Environment
  argv: readonly string[]
  stdout: { write(text: string): unknown }
  stderr: { write(text: string): unknown }
  exit(code: number): never
}

/** sysexits.h EX_CONFIG: supervisors can tell a wrong configuration from a crash. */
export const exitCodeOfConfigError = 78

/** @throws {ConfigError} with every fault of the arguments, of the values, and of variables that nothing reads */
function readAll<T extends TObject> (schema: T, { env, argv }: ProcessLike, program: Program): Static<T> {
  const keys = keysOf(schema)
  const names = keys.map(([key]) => key)
  const secrets = new Set(keys.flatMap(([key, { secret }]) => secret === true ? key : []))
  const noFiles = names.filter((name) => env[`${name}_FILE`] && !names.includes(`${name}_FILE`) && !secrets.has(name))
  const faults = [
    ...argumentFaults(program, argv),
    ...strayVariables(env, names),
    ...noFiles.map((name) => `${name}_FILE is not read: only secrets may come from a file; set ${name}`)
  ]
  try {
    const config = loadConfig(schema, env)
    if (faults.length === 0) return config
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    faults.push(...error.faults)
  }
  throw new ConfigError(faults)
}

function printAndExit (main: ProcessLike, text: string): never {
  main.stdout.write(`${text.trimEnd()}\n`)
  return main.exit(0)
}

/**
 * The first line of every `main.ts`: the configuration, or the end of the process. Mistakes end it as `exitOfMistakes`
 * says, unknown options and mistyped variables among them; `--help`, `--version`, `--check-config` and `--print-config`
 * print what they are asked for and end it with 0.
 */
export function loadConfigOrExit<T extends TObject> (schema: T, main: ProcessLike, program: Program): Static<T> {
  const { argv } = main
  const keys = keysOf(schema)
  if (argv.includes('--help')) {
    return printAndExit(main, helpText(program, keys.map(([key, { description = '' }]) => [key, description])))
  }
  if (argv.includes('--version')) return printAndExit(main, version)
  let config: Static<T>
  try {
    config = readAll(schema, main, program)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return exitOfMistakes(main, program.name, error)
  }
  if (argv.includes('--print-config')) return printAndExit(main, JSON.stringify(redactConfig(schema, config), null, 2))
  const sentences = ['the configuration is valid', ...cautionsOf(schema, config)]
  if (argv.includes('--check-config')) return printAndExit(main, sentences.join('\n'))
  return config
}

/**
 * Ends the process with code 78: one message for people on standard error, one record for machines on standard output.
 */
export function exitOfMistakes (
  main: Pick<ProcessLike, 'stdout' | 'stderr' | 'exit'>,
  service: string,
  { message, faults }: ConfigError
): never {
  main.stderr.write(`${service}: ${message}\n`)
  createLogger({ service, destination: main.stdout }).fatal({ faults }, 'the configuration is wrong')
  return main.exit(exitCodeOfConfigError)
}
