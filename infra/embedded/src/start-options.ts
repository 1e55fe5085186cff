import { resolve } from 'node:path'
import type { LogLevel } from '@dueline/runtime'
import { defaultFolder } from './folder.ts'
import { readOptions, type Call } from './options.ts'
import { assertFree, choosePorts, freeRow, portUses } from './ports.ts'
import { wrongChoice } from './start-fault.ts'

const defaultPort = 8080
/** The ports behind the gateway's must be ports too. */
const portMax = 65_535 - portUses.length + 1
const levels: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

export const startUsage = `npm start -- [options]
  --port N            port of the API, ${portUses.length - 1} more follow it: metrics, mail page, mails, services
                      (8080, or the next that are free; 0 takes any free ones)
  --reset             forget everything that was kept
  --no-demo           start without the demonstration
  --folder PATH       where data is kept (.dueline/stack); a second start on it joins as a replica
  --database-url URL  a Postgres to use instead of the embedded one: a role that may create schemas and roles
  --cors ORIGIN,...   front ends that browsers may call the API from, such as http://localhost:5173
                      (none; also by the variable CORS_ORIGINS)
  --log-level L       least severe lines of the log, dueline.log in the folder (warn)
npm run token -- --help says how to get more tokens.`

export interface StartOptions {
  /** Undefined: 8080, or the next that is free. */
  port: number | undefined
  reset: boolean
  demo: boolean
  folder: string
  databaseUrl: string | undefined
  corsOrigins: string[]
  logLevel: LogLevel
}

/** The options of `npm start`; `help` when that was asked for. @throws StartFault */
export function readStartOptions (call: Call): StartOptions | 'help' {
  const { values } = readOptions('start', {
    port: { type: 'string' },
    reset: { type: 'boolean' },
    'no-demo': { type: 'boolean' },
    folder: { type: 'string' },
    'database-url': { type: 'string' },
    cors: { type: 'string' },
    'log-level': { type: 'string' },
    help: { type: 'boolean' }
  }, call)
  if (values.help === true) return 'help'
  const { reset = false, folder = defaultFolder, 'database-url': databaseUrl } = values
  if (reset && databaseUrl !== undefined) {
    throw wrongChoice(
      '--reset forgets what lies in the folder, not what is in the database of --database-url: ' +
        'drop its schemas there, and leave --reset out'
    )
  }
  return {
    port: values.port === undefined ? undefined : portOf(values.port),
    reset,
    demo: values['no-demo'] !== true,
    folder: resolve(folder),
    databaseUrl: databaseUrl === undefined ? undefined : databaseUrlOf(databaseUrl),
    corsOrigins: originsOf(values.cors, '--cors') ?? originsOf(call.env['CORS_ORIGINS'] || undefined, 'CORS_ORIGINS') ??
      [],
    logLevel: levelOf(values['log-level'] ?? 'warn')
  }
}

function portOf (text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= portMax) return Number(text)
  throw wrongChoice(
    `--port must be a number from 0 to ${portMax}, not "${text}": ${portUses.length} ports in a row are needed, ` +
      'and 0 takes free ones'
  )
}

function databaseUrlOf (text: string): string {
  if (URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol)) return text
  throw wrongChoice('--database-url must be an address such as postgres://role:password@host:5432/database')
}

function levelOf (text: string): LogLevel {
  const level = levels.find((each) => each === text)
  if (level === undefined) throw wrongChoice(`--log-level must be one of ${levels.join(', ')}, not "${text}"`)
  return level
}

/** An origin as browsers send it: no path, no slash at the end. */
function originsOf (text: string | undefined, name: string): string[] | undefined {
  return text?.split(',').map((each) => {
    const origin = each.trim()
    if (/^https?:\/\//.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin) return origin
    throw wrongChoice(
      `${name} must list origins such as http://localhost:5173, without a path and separated by commas, not "${origin}"`
    )
  })
}

/** The API's port, and the one that was in the way of 8080 when nobody asked for another. */
export interface ChosenPort {
  port: number
  taken: number | undefined
}

/**
 * The port that was asked for, or the first of a free row from 8080 on.
 * @throws StartFault when a port that follows from what was asked for is taken
 */
export async function choosePort (asked: number | undefined): Promise<ChosenPort> {
  if (asked !== undefined) {
    if (asked !== 0) await assertFree(await choosePorts(asked, portUses.length), portUses)
    return { port: asked, taken: undefined }
  }
  const { first, taken } = await freeRow(defaultPort, portUses.length)
  return { port: first, taken }
}
