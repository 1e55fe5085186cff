import { likelyOf } from './likeness.ts'

/** What a program is, for its command line. */
export interface Program {
  name: string
  /** Options of its own besides those of every program, and what each does. */
  options?: Readonly<Record<string, string>>
}

const everyProgram = {
  '--check-config': 'say whether the configuration is right, and end',
  '--print-config': 'print the values in effect, secrets redacted, and end',
  '--help': 'print this, and end',
  '--version': 'print the version, and end'
}

function optionsOf ({ options = {} }: Program): Record<string, string> {
  return { ...options, ...everyProgram }
}

/** Arguments that the program does not know, each with what may have been meant. */
export function argumentFaults (program: Program, argv: readonly string[]): string[] {
  const known = Object.keys(optionsOf(program))
  return argv.slice(2).filter((each) => !known.includes(each)).map((each) => {
    const likely = likelyOf(each, known)
    const advice = likely === undefined ? `known are ${known.join(', ')}` : `${likely} is`
    return `${each} is no option of this program; ${advice}`
  })
}

/** What `--help` prints. */
export function helpText (program: Program, variables: readonly (readonly [name: string, meaning: string])[]): string {
  const options = Object.entries(optionsOf(program))
  const width = Math.max(...[...options, ...variables].map(([name]) => name.length)) + 2
  const rows = (pairs: readonly (readonly [string, string])[]): string => {
    return pairs.map(([name, text]) => `  ${name.padEnd(width)}${text}\n`).join('')
  }
  return [
    `Usage: ${program.name} [option]\n\n`,
    'Options:\n',
    rows(options),
    '\nConfigured by environment variables; of a secret NAME_FILE may name a file that holds it:\n',
    rows(variables)
  ].join('')
}
