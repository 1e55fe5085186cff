import './formats.ts'
import { Type, type Static, type TSchema, type TString, type TUnsafe } from 'typebox'

/** A string enumeration as `{ type: 'string', enum: [...] }`: what OpenAPI readers and code generators expect. */
export function stringEnum<const Values extends readonly string[]> (
  values: Values,
  options: { title?: string, description?: string, default?: Values[number] } = {}
): TUnsafe<Values[number]> {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options })
}

/** `schema` or an explicit null: fields that can be unset are always present on the wire. */
export function nullable<T extends TSchema> (schema: T): TUnsafe<Static<T> | null> {
  return Type.Unsafe<Static<T> | null>({ anyOf: [schema, { type: 'null' }] })
}

export const roles = ['customer', 'agent', 'manager', 'ceo', 'sales', 'admin', 'integrator', 'operator'] as const
export const priorities = ['P0', 'P1', 'P2', 'P3'] as const
export const severities = ['low', 'medium', 'high', 'critical'] as const
export const ticketTypes = ['complaint', 'request', 'appreciation'] as const
export const ticketStatuses = [
  'new',
  'open',
  'waiting_on_customer',
  'waiting_on_vendor',
  'resolved',
  'closed',
  'cancelled'
] as const
export const channels = ['api', 'portal', 'email', 'phone', 'chat', 'import'] as const
export const metrics = ['first_response', 'next_response', 'periodic_update', 'resolution'] as const
export const pauseReasons = ['waiting_on_customer', 'waiting_on_vendor', 'maintenance', 'manual'] as const
export const agreementKinds = ['sla', 'ola', 'underpinning'] as const
export const reopenRules = ['continue', 'restart', 'new_cycle', 'keep_closed'] as const
export const nextResponseRules = ['after_first', 'always'] as const
export const policyEffects = ['new_tickets', 'from_now', 'retroactive'] as const
export const clockStates = ['running', 'paused', 'met', 'cancelled', 'waived'] as const
export const languages = ['en', 'ar'] as const
export const availabilityStates = ['available', 'busy', 'away', 'off'] as const

/** What a new ticket is where whoever opens it does not say, and nothing else decides. */
export const ticketDefaults = { type: 'request', priority: 'P2', severity: 'medium', channel: 'api' } as const

export type Role = typeof roles[number]
export type Priority = typeof priorities[number]
export type Severity = typeof severities[number]
export type TicketType = typeof ticketTypes[number]
export type TicketStatus = typeof ticketStatuses[number]
export type Channel = typeof channels[number]
export type Metric = typeof metrics[number]
export type PauseReason = typeof pauseReasons[number]
export type AgreementKind = typeof agreementKinds[number]
export type ReopenRule = typeof reopenRules[number]
export type NextResponseRule = typeof nextResponseRules[number]
export type PolicyEffect = typeof policyEffects[number]
export type ClockState = typeof clockStates[number]
export type Language = typeof languages[number]
export type AvailabilityState = typeof availabilityStates[number]

/** How a language is written. */
export function directionOf (language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr'
}

export const RoleSchema = stringEnum(roles, {
  title: 'Role',
  description:
    'What somebody may do. customer: own tickets; agent: works on tickets; manager: leads agents; ceo: reads all; ' +
    'sales: edits agreements; admin: people, settings, webhooks; integrator: another system; operator: runs the service'
})
export const PrioritySchema = stringEnum(priorities, { title: 'Priority', description: 'P0 is the most urgent.' })
export const SeveritySchema = stringEnum(severities, {
  title: 'Severity',
  description: 'How bad it is for the customer; low is the least'
})
export const TicketTypeSchema = stringEnum(ticketTypes, {
  title: 'TicketType',
  description: 'An appreciation has no agreement'
})
export const TicketStatusSchema = stringEnum(ticketStatuses, {
  title: 'TicketStatus',
  description: 'Where the ticket stands; waiting_on_customer and waiting_on_vendor: somebody else has to act'
})
export const ChannelSchema = stringEnum(channels, {
  title: 'Channel',
  description: 'How the ticket came in; import: with the history of another system'
})
export const MetricSchema = stringEnum(metrics, {
  title: 'Metric',
  description:
    'What a clock measures. first_response: until staff answers first; next_response: until staff answers the ' +
    'customer again; periodic_update: from one public message of staff to the next; resolution: until it is resolved'
})
export const PauseReasonSchema = stringEnum(pauseReasons, {
  title: 'PauseReason',
  description: 'Why a clock does not count: the ticket waits for the customer or a vendor, maintenance, or by hand'
})
export const AgreementKindSchema = stringEnum(agreementKinds, {
  title: 'AgreementKind',
  description: 'Who agrees. sla: provider and customer; ola: teams of the provider; underpinning: provider and vendor'
})
export const ReopenRuleSchema = stringEnum(reopenRules, {
  title: 'ReopenRule',
  description:
    'What a reopened ticket does to its resolution clock. continue: it goes on; restart: it begins at zero; ' +
    'new_cycle: another clock begins; keep_closed: nothing'
})
export const NextResponseRuleSchema = stringEnum(nextResponseRules, {
  title: 'NextResponseRule',
  description:
    "after_first: while a first response is owed, a customer's message starts no next response; always: it does"
})
export const PolicyEffectSchema = stringEnum(policyEffects, {
  title: 'PolicyEffect',
  description:
    'From when a changed agreement counts. new_tickets: for tickets to come; from_now: for the time to come; ' +
    'retroactive: from the beginning of the ticket'
})
export const ClockStateSchema = stringEnum(clockStates, {
  title: 'ClockState',
  description: 'met: stopped in time or late; cancelled: no agreement holds any more; waived: people let it go'
})
export const LanguageSchema = stringEnum(languages, {
  title: 'Language',
  description: 'Language of texts: English or Arabic'
})
export const AvailabilityStateSchema = stringEnum(availabilityStates, {
  title: 'AvailabilityState',
  description:
    'Whether a person can be given work. available: yes; busy: at work, but with no more to be given; away: for a ' +
    'while not at work; off: not working'
})
export const CapacityPoints = Type.Integer({
  minimum: 0,
  maximum: 100_000,
  description: 'The points that somebody can carry at once; 0: none, so nothing is given'
})
const Points = Type.Integer({ minimum: 0, maximum: 1_000 })
export const PointsPerPriority = Type.Object({ P0: Points, P1: Points, P2: Points, P3: Points }, {
  title: 'PointsPerPriority',
  additionalProperties: false,
  description: 'What an open ticket of each priority takes of the capacity of who works on it; 0: nothing'
})

/**
 * RFC 3339 in UTC with `Z` and at most six decimals. What checks it is the pattern: ajv's format accepts a space for
 * the `T` and second 60, which other readers refuse. The format is for readers of documents, as all formats here are.
 */
export const Instant = Type.String({
  format: 'date-time',
  pattern:
    '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?Z$',
  description: 'RFC 3339 instant in UTC, at most six decimals: 2026-01-31T08:00:00.000000Z'
})

/**
 * ISO 8601 duration in hours, minutes and seconds; days and longer have no fixed length in business time. No `format`:
 * that of JSON Schema is the one of RFC 3339, which has no decimals and no sign.
 */
export const Duration = Type.String({
  pattern: '^PT(?=[0-9])([0-9]{1,7}H)?([0-9]{1,9}M)?([0-9]{1,10}(\\.[0-9]{1,6})?S)?$',
  description: 'ISO 8601 duration in hours, minutes, seconds: PT30M'
})

/** A duration that may be less than nothing. */
export const SignedDuration = Type.String({
  pattern: '^-?PT(?=[0-9])([0-9]{1,7}H)?([0-9]{1,9}M)?([0-9]{1,10}(\\.[0-9]{1,6})?S)?$',
  description: 'ISO 8601 duration in hours, minutes, seconds, with a minus before it when it is negative: -PT30M'
})

/** The text of a lower-case UUID, to be part of a pattern. */
export const uuidText = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
export const Uuid = Type.String({ format: 'uuid', pattern: `^${uuidText}$`, description: 'Lower-case UUID' })
const wholeUuid = new RegExp(`^${uuidText}$`)

/** Whether a text is a lower-case UUID, as the ids of people and everything else are. */
export function isUuid (text: string): boolean {
  return wholeUuid.test(text)
}

/** A UUID in lower case, as ids are written here; any other text as it is. */
export function canonicalId (text: string): string {
  const lower = text.toLowerCase()
  return isUuid(lower) ? lower : text
}

/** The nil UUID (RFC 9562): an id that nobody and nothing has. */
export const nilUuid = '00000000-0000-0000-0000-000000000000'

export const TenantId = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'Tenant name: lower-case letters, digits, hyphens'
})

// What Postgres cannot store besides the zero character, halves of surrogate pairs, `jsonFaults` refuses in all that is
// read: many regular expression engines cannot name them. Escapes are those that every engine knows.

/** Any text that Postgres can store: no zero character. */
export function PlainText (
  maxLength: number,
  description = `text of at most ${maxLength} characters, none of them zero`
): TString {
  return Type.String({ maxLength, pattern: '^[^\\x00]*$', description })
}

/** A text that says something: at least one character that is no blank. */
export function NamedText (
  maxLength: number,
  description = `1 to ${maxLength} characters that are not all blank`
): TString {
  return Type.String({
    maxLength,
    pattern: '^\\s*[^\\s\\x00][^\\x00]*$',
    description
  })
}

/** A zone by its IANA name. The form alone: whether there is such a zone is asked where somebody names it. */
export const TimeZone = Type.String({
  pattern: '^[A-Za-z][A-Za-z0-9_+/-]{0,63}$',
  description: 'name of an IANA time zone: Europe/Berlin, Asia/Riyadh, UTC'
})

/** A named text in one line: no line break and no other control character, such as a tab. */
export function OneLine (maxLength: number, description = 'at least one character'): TString {
  const refused = '\\x00-\\x1f\\x7f-\\x9f\u2028\u2029'
  return Type.String({
    maxLength,
    pattern: `^[^\\S${refused}]*[^\\s${refused}][^${refused}]*$`,
    description: `${description}; one line of at most ${maxLength} characters, not all blank, no control characters`
  })
}
