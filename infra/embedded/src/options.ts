import { parseArgs } from 'node:util'
import type { Environment } from '@dueline/runtime'
import { wrongChoice } from './start-fault.ts'

/** How a program was called: `process.argv` behind its file, and `process.env`. */
export interface Call {
  args: readonly string[]
  env: Environment
}

type Options = Readonly<Record<string, { type: 'string' | 'boolean' }>>
type Values<T extends Options> = { [Name in keyof T]?: T[Name]['type'] extends 'boolean' ? boolean : string }

/**
 * Reads the options of `npm <script> -- …`.
 * @throws StartFault for one that is not known, lacks its value, or never got here because `--` was left out
 */
export function readOptions<const T extends Options> (
  script: string,
  options: T,
  { args, env }: Call,
  positionals = 0
): { values: Values<T>, positionals: string[] } {
  const command = script === 'start' ? 'npm start' : `npm run ${script}`
  const help = `${command} -- --help lists the options`
  const parsed = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  for (const token of parsed.tokens) {
    if (token.kind !== 'option') continue
    const option = options[token.name]
    if (option === undefined) {
      throw wrongChoice(`${token.rawName} is no option${nearest(token.name, Object.keys(options))}: ${help}`)
    }
    if (option.type === 'boolean' && token.value !== undefined) {
      throw wrongChoice(`${token.rawName} takes no value, not "${token.value}": ${help}`)
    }
    const missing = token.value === undefined || token.value === '' ||
      (!token.inlineValue && token.value.startsWith('--'))
    if (option.type === 'string' && missing) throw wrongChoice(`${token.rawName} needs a value: ${help}`)
  }
  const swallowed = swallowedByNpm(script, options, { env, positionals: parsed.positionals })
  if (swallowed.length > 0) {
    throw wrongChoice(
      `npm takes what stands in front of two dashes for its own options: run ${command} -- ${swallowed.join(' ')}`
    )
  }
  const extra = parsed.positionals[positionals]
  if (extra !== undefined) throw wrongChoice(`"${extra}" is no option: write ${command} -- --NAME VALUE; ${help}`)
  return { values: parsed.values as Values<T>, positionals: parsed.positionals }
}

/**
 * What npm took for itself, as it should have been written. npm passes it in the environment: of `--no-demo` as an
 * empty `demo`, of values only behind `=`.
 */
function swallowedByNpm (
  script: string,
  options: Options,
  { env, positionals }: { env: Environment, positionals: readonly string[] }
): string[] {
  if (env['npm_lifecycle_event'] !== script) return []
  const npmValue = (name: string): string | undefined =>
    env[`npm_config_${name.replace(/^no-/, '').replaceAll('-', '_')}`]
  const names = Object.keys(options).filter((name) =>
    name.startsWith('no-') ? npmValue(name) === '' : npmValue(name) !== undefined
  )
  return names.map((name) => {
    if (options[name]?.type === 'boolean') return `--${name}`
    return `--${name} ${
      npmValue(name) === 'true' ? (names.length === 1 ? positionals[0] : undefined) ?? '…' : npmValue(name)
    }`
  })
}

function nearest (name: string, known: readonly string[]): string {
  const near = known.map((each) => ({ each, far: distance(name, each) })).sort((a, b) => a.far - b.far)[0]
  return near !== undefined && near.far <= 2 ? ` (did you mean --${near.each}?)` : ''
}

/** How many letters must be added, left out or replaced to make `b` of `a`. */
function distance (a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}
