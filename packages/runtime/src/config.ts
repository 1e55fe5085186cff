import { readFileSync } from 'node:fs'
import type { Ajv, ErrorObject } from 'ajv'
import { envSchema } from 'env-schema'
import type { Static, TObject, TSchema } from 'typebox'
import { hintOf, readJson, type Formats, type JsonValue } from './json-values.ts'

/** The environment of a process, as in `process.env`. */
export type Environment = Record<string, string | undefined>

/** Every mistake of a configuration at once, one line each: `NAME must be an integer`. */
export class ConfigError extends Error {
  readonly faults: readonly string[]
  constructor (faults: readonly string[]) {
    super(
      `cannot start, the configuration has ${faults.length} ` +
        `${faults.length === 1 ? 'mistake' : 'mistakes'}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`
    )
    this.name = 'ConfigError'
    this.faults = faults
  }
}

interface KeySchema {
  type?: string
  enum?: readonly unknown[]
  default?: unknown
  description?: string
  /** Never shown; may be read from a file. */
  secret?: boolean
  /** Splits a list. */
  separator?: string
  /** Keys that become required, by the value of this one. */
  needs?: Record<string, readonly string[]>
  /** The value is written as JSON. */
  json?: JsonValue
  /** The key that says the same in another way: one of the two is set, never both. */
  otherwise?: string
  /** What is warned of at the start while the value matches the pattern. */
  caution?: { when: string, says: string }
}

/** The keys of a configuration with their schemas, in order. @throws TypeError for a key that is no variable's name */
export function keysOf (schema: TObject): [string, KeySchema][] {
  const keys = Object.entries(schema.properties as Record<string, TSchema>) as [string, KeySchema][]
  for (const [key] of keys) {
    if (!/^[A-Z][A-Z0-9_]*$/.test(key)) {
      throw new TypeError(`${key}: a configuration key is named as its environment variable, in upper case`)
    }
  }
  return keys
}

/** The raw value of one key. An empty variable counts as not set: that is how compose files pass "nothing". */
function rawValue (key: string, { secret }: KeySchema, env: Environment, faults: string[]): string | undefined {
  const direct = env[key] || undefined
  const file = secret === true ? env[`${key}_FILE`] || undefined : undefined
  if (file === undefined) return direct
  if (direct !== undefined) {
    faults.push(`${key} and ${key}_FILE are both set; set one`)
    return direct
  }
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    faults.push(`${key}_FILE names ${file}, which cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}`)
    return undefined
  }
}

/** Addresses are checked at start: a mistyped one would show up as an outage. A schema names one by `format`. */
function addressFormat (like: string, schemes: readonly string[]): Formats[string] {
  return { like, isRight: (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol) }
}

/** What OpenID Connect allows an issuer to be called; plain http where nobody stands between. */
function isIssuer (text: string): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

const addressFormats: Formats = {
  'http-url': addressFormat('https://host', ['http:', 'https:']),
  'issuer-url': {
    like:
      'https://id.example/realms/desk, in ASCII (http only for an issuer on this machine, such as http://localhost)',
    isRight: isIssuer
  },
  'postgres-url': addressFormat('postgres://role:password@host:5432/database', ['postgres:', 'postgresql:']),
  'smtp-url': addressFormat('smtp://user:password@host:587', ['smtp:', 'smtps:'])
}

function addAddressFormats (ajv: Ajv): void {
  for (const [name, { isRight }] of Object.entries(addressFormats)) ajv.addFormat(name, isRight)
}

let checker: Ajv | undefined

/** One for all configurations of the process: to prepare one takes longer than what it is asked then. */
function checkerOf (): Ajv | { customOptions: (instance: Ajv) => Ajv } {
  return checker ?? {
    customOptions: (instance) => {
      // `separator` stands beside `type: 'array'` although it is applied to the string before the split.
      instance.opts.strictTypes = false
      addAddressFormats(instance)
      checker = instance.addVocabulary(['secret', 'needs', 'caution', 'json', 'otherwise'])
      return checker
    }
  }
}

/** What a pattern asks for is said by the key's description: a reader of the message need not read the pattern. */
function faultText (error: ErrorObject, raw: Record<string, unknown>, schemaOf: (key: string) => KeySchema): string {
  if (error.keyword === 'required') return `${error.params['missingProperty'] as string} is required`
  const key = error.instancePath.split('/')[1] ?? ''
  const { secret, description } = schemaOf(key)
  const value = secret === true || typeof raw[key] !== 'string' ? '' : `, not "${raw[key]}"`
  const hint = error.keyword === 'pattern' && description !== undefined
    ? `does not have the form of: ${description}`
    : hintOf(error, addressFormats)
  return `${key} ${hint}${value}`
}

/** Keys that a chosen value asks for: an enum's `needs` lists them by value. */
function missingNeeds (schema: TObject, raw: Record<string, unknown>, env: Environment): string[] {
  return keysOf(schema).flatMap(([key, { needs = {}, default: fallback }]) => {
    const chosen = String(raw[key] ?? fallback)
    const missing = (needs[chosen] ?? []).filter((needed) => raw[needed] === undefined && !env[`${needed}_FILE`])
    return missing.map((needed) => `${needed} is required with ${key}=${chosen}`)
  })
}

/** Keys that are set, or not, beside the one that says the same in another way. */
function faultsOfAlternatives (schema: TObject, raw: Record<string, unknown>): string[] {
  const required = new Set(schema.required as string[] | undefined)
  return keysOf(schema).flatMap(([key, { otherwise, default: fallback }]) => {
    if (otherwise === undefined) return []
    const isSet = raw[key] !== undefined
    if (isSet && raw[otherwise] !== undefined) return `${key} and ${otherwise} are both set; set one`
    const isMissing = !isSet && raw[otherwise] === undefined && fallback === undefined && !required.has(key)
    return isMissing ? `${key} is required, or ${otherwise} in its place` : []
  })
}

/** Takes the values that are JSON out of `raw`, and the keys out of the copy of the schema. */
function jsonValues (schema: TObject, raw: Record<string, unknown>, faults: string[]): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [key, { json }] of keysOf(schema)) {
    const text = raw[key]
    if (json === undefined || typeof text !== 'string') continue
    delete raw[key]
    const read = readJson(text, json, addressFormats)
    if ('value' in read) values[key] = read.value
    else faults.push(...read.faults.map((fault) => `${key}${fault}`))
  }
  return values
}

/**
 * Reads a configuration from the environment: strings become what the schema says, lists are split at their
 * `separator` (an env-schema keyword), defaults fill in, and for a key marked `secret: true` `NAME_FILE` may name a
 * file that holds the value; an enum's `needs` makes other keys required by its value; the value of an optional key
 * with `json` is read as JSON; `otherwise` names the key that says the same in another way. Variables that no key names
 * are ignored: services share an environment.
 * @throws {ConfigError} with every fault found
 */
export function loadConfig<T extends TObject> (schema: T, env: Environment): Static<T> {
  const faults: string[] = []
  const raw: Record<string, unknown> = {}
  for (const [key, keySchema] of keysOf(schema)) {
    const value = rawValue(key, keySchema, env, faults)
    if (value !== undefined) raw[key] = value
  }
  const given = { ...raw }
  faults.push(...missingNeeds(schema, raw, env), ...faultsOfAlternatives(schema, raw))
  const read = jsonValues(schema, raw, faults)
  try {
    // A copy: env-schema writes into the schema it is given.
    const config = envSchema({
      schema: JSON.parse(JSON.stringify(schema)) as object,
      data: raw,
      env: false,
      ajv: checkerOf()
    })
    if (faults.length === 0) return { ...config, ...read } as Static<T>
  } catch (error) {
    const errors = (error as { errors?: ErrorObject[] }).errors
    if (errors === undefined) throw error
    const schemaOf = (key: string): KeySchema => (schema.properties as Record<string, KeySchema>)[key] ?? {}
    const unread = (fault: ErrorObject): boolean =>
      fault.keyword === 'required' && Boolean(env[`${fault.params['missingProperty'] as string}_FILE`])
    faults.push(...errors.filter((fault) => !unread(fault)).map((fault) => faultText(fault, given, schemaOf)))
  }
  throw new ConfigError(faults)
}

/** What is allowed and dangerous in a configuration, one sentence each, for a warning at the start. */
export function cautionsOf<T extends TObject> (schema: T, config: Static<T>): string[] {
  const values = config as Record<string, unknown>
  return keysOf(schema).flatMap(([key, { caution }]) => {
    const value = typeof values[key] === 'object' ? JSON.stringify(values[key]) : String(values[key])
    const applies = caution !== undefined && new RegExp(caution.when).test(value)
    return applies ? [`${key}: ${caution.says}`] : []
  })
}

function typeOf (schema: KeySchema): string {
  if (schema.json !== undefined) return 'JSON'
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(' ')
  if (schema.type === 'array') return `list, split at \`${schema.separator ?? ','}\``
  return schema.type ?? 'string'
}

function alternativeTo ({ otherwise }: KeySchema): string {
  return otherwise === undefined ? 'none' : `required, or \`${otherwise}\``
}

/** A configuration as a Markdown table, for the service's README. */
export function describeConfig (schema: TObject): string {
  const required = new Set(schema.required as string[] | undefined)
  const rows = keysOf(schema).map(([key, keySchema]) => {
    const name = keySchema.secret === true ? `\`${key}\` (or \`_FILE\`)` : `\`${key}\``
    const fallback = keySchema.default === undefined
      ? (required.has(key) ? 'required' : alternativeTo(keySchema))
      : `\`${Array.isArray(keySchema.default) ? keySchema.default.join(',') : String(keySchema.default)}\``
    return `| ${name} | ${typeOf(keySchema)} | ${fallback} | ${(keySchema.description ?? '').replaceAll('|', '\\|')} |`
  })
  return ['| Variable | Type | Default | Meaning |', '|---|---|---|---|', ...rows].join('\n')
}

/** A configuration for human eyes: secrets and passwords inside URLs replaced. */
export function redactConfig<T extends TObject> (schema: T, config: Static<T>): Record<string, unknown> {
  const values = config as Record<string, unknown>
  return Object.fromEntries(
    keysOf(schema).filter(([key]) => values[key] !== undefined).map(([key, { secret }]) => {
      const value = values[key]
      const shown = secret === true
        ? '[redacted]'
        : typeof value === 'string'
        ? value.replace(/(\/\/[^/:@\s]*):[^@/\s]*@/, '$1:[redacted]@')
        : value
      return [key, shown]
    })
  )
}
