import { Instant, NamedText, nullable, PlainText, PrioritySchema, SeveritySchema, stringEnum, TicketStatusSchema, TicketTypeSchema } from '@dueline/contracts'
import { parseInstant, type Micros } from '@dueline/business-time'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Fault } from './catalogue.ts'
import { JsonObject, jsonFault } from './texts.ts'

const ExternalId = NamedText(200, 'the id that the importing system knows it by')
const PersonRef = Type.Object({ externalId: ExternalId, name: Type.Optional(NamedText(200)) }, { additionalProperties: false })
const at = Instant
const closed = { additionalProperties: false }
const reason = Type.Optional(nullable(PlainText(1_000)))

const StatusFact = Type.Object({ at, kind: Type.Literal('status_changed'), to: TicketStatusSchema, reason }, closed)
const PriorityFact = Type.Object({ at, kind: Type.Literal('priority_changed'), to: PrioritySchema }, closed)
const SeverityFact = Type.Object({ at, kind: Type.Literal('severity_changed'), to: SeveritySchema }, closed)
// says the whole assignment: what it leaves out is nobody
const AssignedFact = Type.Object({ at, kind: Type.Literal('assigned'), assignee: Type.Optional(nullable(PersonRef)), team: Type.Optional(nullable(NamedText(200))), reason }, closed)
const MessageFact = Type.Object({ at, kind: Type.Literal('message'), messageKind: stringEnum(['public', 'internal']), by: stringEnum(['customer', 'agent']), body: Type.Optional(PlainText(65_536)) }, closed)

/** One dated fact of an imported history. */
export const ImportedFact = Type.Union([StatusFact, PriorityFact, SeverityFact, AssignedFact, MessageFact])
export type ImportedFact = Static<typeof ImportedFact>

const lineFields = {
  externalId: ExternalId,
  subject: NamedText(300),
  description: Type.Optional(PlainText(65_536)),
  type: Type.Optional(TicketTypeSchema),
  priority: PrioritySchema,
  severity: Type.Optional(SeveritySchema),
  customer: PersonRef,
  product: Type.Optional(NamedText(300, 'kept in custom.product')),
  module: Type.Optional(NamedText(300, 'kept in custom.module')),
  createdAt: Instant,
  custom: Type.Optional(JsonObject)
}

/** One line of a ticket import: a ticket with everything that happened to it. */
export const ImportLine = Type.Object({ ...lineFields, facts: Type.Array(ImportedFact, { maxItems: 10_000 }) }, { additionalProperties: false })
export type ImportLine = Static<typeof ImportLine>
export type PersonRef = Static<typeof PersonRef>

// facts are checked one by one by their kind: a union's faults would name every kind that did not fit
const outline = Compile(Type.Object({ ...lineFields, facts: Type.Array(Type.Unknown(), { maxItems: 10_000 }) }, { additionalProperties: false }))
const factCheckers = {
  status_changed: Compile(StatusFact),
  priority_changed: Compile(PriorityFact),
  severity_changed: Compile(SeverityFact),
  assigned: Compile(AssignedFact),
  message: Compile(MessageFact)
}
const factKinds = Object.keys(factCheckers) as Array<keyof typeof factCheckers>

interface Checker { Check (value: unknown): boolean, Errors (value: unknown): Array<{ keyword: string, instancePath: string, message: string, params: object }> }

function shapeFaults (checker: Checker, value: unknown, prefix: string): Fault[] {
  if (checker.Check(value)) return []
  const errors = checker.Errors(value)
  // "or null" beside the real fault would only repeat it
  const isEcho = ({ keyword, params, instancePath }: typeof errors[number]): boolean => keyword === 'type' && (params as { type: string }).type === 'null' &&
    errors.some((other) => other.instancePath.startsWith(instancePath) && (other.params as { type?: string }).type !== 'null' && other.keyword !== 'anyOf')
  return errors
    .filter((error) => error.keyword !== 'additionalProperties' && error.keyword !== 'anyOf' && !isEcho(error))
    .map(({ keyword, instancePath, message, params }) => {
      if (keyword === 'boolean') return { pointer: `${prefix}${instancePath}`, message: 'is not a known field' }
      const missing = keyword === 'required' ? (params as { requiredProperties?: string[] }).requiredProperties ?? [] : []
      const allowed = keyword === 'enum' ? `: ${(params as { allowedValues: unknown[] }).allowedValues.join(', ')}` : ''
      return { pointer: `${prefix}${instancePath}`, message: missing.length > 0 ? `${missing.join(', ')} is required` : message + allowed }
    })
}

function factFaults (fact: unknown, pointer: string): Fault[] {
  const kind = typeof fact === 'object' && fact !== null ? (fact as { kind?: unknown }).kind : undefined
  if (typeof kind !== 'string' || !Object.hasOwn(factCheckers, kind)) return [{ pointer: `${pointer}/kind`, message: `must be one of ${factKinds.join(', ')}` }]
  return shapeFaults(factCheckers[kind as keyof typeof factCheckers] as Checker, fact, pointer)
}

function dateFault (text: string, pointer: string, from: Micros, to: Micros): Fault[] {
  let instant: Micros
  try {
    instant = parseInstant(text)
  } catch {
    return [{ pointer, message: 'is not a date that exists' }]
  }
  if (instant > to) return [{ pointer, message: 'lies in the future' }]
  return instant < from ? [{ pointer, message: 'lies before createdAt' }] : []
}

/** Every fault of one line, in document order; empty when it can be imported. `now`: nothing may lie after it. */
export function importLineFaults (value: unknown, now: Micros): Fault[] {
  const faults = shapeFaults(outline as Checker, value, '')
  const line = value as { facts?: unknown, createdAt?: unknown, custom?: unknown }
  if (Array.isArray(line?.facts)) faults.push(...line.facts.flatMap((fact, i) => factFaults(fact, `/facts/${i}`)))
  if (faults.length > 0) return faults
  const { createdAt, facts, custom } = value as ImportLine
  const created = dateFault(createdAt, '/createdAt', 0, now)
  const tooBig = custom === undefined ? null : jsonFault(custom, '/custom')
  if (tooBig !== null) created.push(tooBig)
  if (created.length > 0) return created
  const from = parseInstant(createdAt)
  return facts.flatMap((fact, i) => dateFault(fact.at, `/facts/${i}/at`, from, now))
}

/** Reads one line of text; the fault says what is wrong with it. The line is valid when there is no fault. */
export function readImportLine (text: string, now: Micros): { line: ImportLine | null, faults: Fault[] } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { line: null, faults: [{ pointer: '', message: 'is not JSON' }] }
  }
  const faults = importLineFaults(value, now)
  return { line: faults.length === 0 ? value as ImportLine : null, faults }
}
