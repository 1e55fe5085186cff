import type { Micros } from '@dueline/business-time'
import { withInexactIntegers } from '@dueline/contracts'
import { Type, type TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { Fault } from './catalogue.ts'
import { factSchemas, factsMax, lineFields, type ImportLine } from './import-line.ts'
import { faultOf, pointerOf, type SchemaError } from './shape-faults.ts'
import { jsonFault } from './texts.ts'
import { readTimestamp } from './timestamps.ts'

/** Most faults that are listed of one line. */
export const faultsPerLineMax = 20
/** More names than any line or fact has: that one is not looked at further. */
const namesMax = 100

interface Checker {
  schema: TSchema
  validator: Validator
}

function checkerOf (schema: TSchema): Checker {
  return { schema, validator: Compile(schema) as unknown as Validator }
}

// facts are checked one by one by their kind: a union's faults would name every kind that did not fit
const outline = checkerOf(
  Type.Object(
    { ...lineFields, facts: Type.Array(Type.Unknown(), { maxItems: factsMax }) },
    { additionalProperties: false }
  )
)
const factCheckers = new Map<unknown, Checker>(
  Object.entries(factSchemas).map(([kind, schema]) => [kind, checkerOf(schema)])
)
const factKinds = [...factCheckers.keys()].join(', ')

/**
 * The pointer to an object with more names than any here has: their faults would be as many. Null when there is none.
 */
function crowdedPart (value: unknown): string | null {
  const isCrowded = (each: unknown): boolean =>
    typeof each === 'object' && each !== null && !Array.isArray(each) && Object.keys(each).length > namesMax
  if (isCrowded(value)) return ''
  const part = typeof value !== 'object' || value === null
    ? undefined
    : Object.entries(value).find(([name, each]) => name !== 'custom' && isCrowded(each))
  return part === undefined ? null : pointerOf('', `/${part[0]}`)
}

function shapeFaults ({ schema, validator }: Checker, value: unknown, prefix: string): Fault[] {
  if (validator.Check(value)) return []
  const crowded = crowdedPart(value)
  if (crowded !== null) return [{ pointer: prefix + crowded, message: 'has more fields than are known' }]
  const errors = validator.Errors(value)
  // "or null" beside the real fault would only repeat it
  const isEcho = ({ keyword, params, instancePath }: SchemaError): boolean =>
    keyword === 'type' &&
    (params as { type: string }).type === 'null' &&
    errors.some(
      (other) =>
        other.instancePath.startsWith(instancePath) &&
        (other.params as { type?: string }).type !== 'null' &&
        other.keyword !== 'anyOf'
    )
  return errors
    .filter((error) => error.keyword !== 'additionalProperties' && error.keyword !== 'anyOf' && !isEcho(error))
    .map((error) => faultOf(error, schema, prefix))
}

function factShapeFaults (fact: unknown, pointer: string): Fault[] {
  const checker = factCheckers.get(
    typeof fact === 'object' && fact !== null ? (fact as { kind?: unknown }).kind : undefined
  )
  return checker === undefined
    ? [{ pointer: `${pointer}/kind`, message: `must be one of ${factKinds}` }]
    : shapeFaults(checker, fact, pointer)
}

function dateFault (text: string, pointer: string, from: Micros, to: Micros): Fault[] {
  const read = readTimestamp(text)
  if ('fault' in read) return [{ pointer, message: read.fault }]
  if (read.at > to) return [{ pointer, message: 'lies in the future' }]
  return read.at < from ? [{ pointer, message: 'lies before createdAt' }] : []
}

/**
 * Every fault of one line, in document order, at most 20; empty when it can be imported. `now`: nothing may lie after
 * it.
 */
export function importLineFaults (value: unknown, now: Micros): Fault[] {
  const faults = shapeFaults(outline, value, '')
  const facts: unknown = (value as { facts?: unknown } | null)?.facts
  if (Array.isArray(facts)) addEach(faults, facts, factShapeFaults)
  if (faults.length > 0) return faults.slice(0, faultsPerLineMax)
  const line = value as ImportLine
  faults.push(...dateFault(line.createdAt, '/createdAt', 0, now))
  const jsonProblem = line.custom === undefined ? null : jsonFault(line.custom, '/custom')
  if (jsonProblem !== null) faults.push(jsonProblem)
  if (faults.length > 0) return faults
  const created = readTimestamp(line.createdAt) as { at: Micros }
  addEach(faults, line.facts, (fact, pointer) => dateFault(fact.at, `${pointer}/at`, created.at, now))
  const known = new Set<string>()
  addEach(faults, line.facts, ({ externalId }, pointer) => {
    if (externalId === undefined || !known.has(externalId)) {
      known.add(externalId ?? '')
      return []
    }
    return [{ pointer: `${pointer}/externalId`, message: 'is the id of another fact of this line' }]
  })
  return faults.slice(0, faultsPerLineMax)
}

/** Adds the faults of each fact until there are enough of them: a line may have very many. */
function addEach<T> (faults: Fault[], facts: readonly T[], faultsOf: (fact: T, pointer: string) => Fault[]): void {
  for (const [i, fact] of facts.entries()) {
    if (faults.length >= faultsPerLineMax) return
    faults.push(...faultsOf(fact, `/facts/${i}`))
  }
}

/** Reads one line of text; the fault says what is wrong with it. The line is valid when there is no fault. */
export function readImportLine (text: string, now: Micros): { line: ImportLine | null, faults: Fault[] } {
  let value: unknown
  try {
    value = withInexactIntegers(text, JSON.parse(text))
  } catch {
    return { line: null, faults: [{ pointer: '', message: 'is not JSON' }] }
  }
  const faults = importLineFaults(value, now)
  return { line: faults.length === 0 ? (value as ImportLine) : null, faults }
}
