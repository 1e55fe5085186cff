import { Duration, Instant, SignedDuration, TenantId, TimeZone, Uuid } from './vocabulary.ts'

interface Form {
  readonly pattern?: string
  readonly description?: string
}

const described = (schema: object): string => String((schema as Form).description)

/** What each form is called that many fields share, whatever a field's own description says. */
const names = new Map<unknown, string>(([
  [Uuid, 'a lower-case UUID'],
  [Instant, `an ${described(Instant)}`],
  [Duration, `an ${described(Duration)}`],
  [SignedDuration, `an ${described(SignedDuration)}`],
  [TenantId, 'the name of a tenant: lower-case letters, digits, hyphens'],
  [TimeZone, `the ${described(TimeZone)}`]
] as const).map(([schema, name]) => [(schema as Form).pattern, name]))

/**
 * What a text with this `pattern` must be, to stand behind "must be": never the pattern, which says nothing to people,
 * but what its description says of the form. Null where nothing is said.
 */
export function formText (schema: object | undefined): string | null {
  const { pattern, description } = (schema ?? {}) as Form
  const name = names.get(pattern)
  if (name !== undefined) return name
  if (description === undefined) return null
  // what stands before it says what the line is for
  const form = description.replace(/^.*; (?=one line of )/s, '')
  return /^[A-Z][a-z]/.test(form) ? form.charAt(0).toLowerCase() + form.slice(1) : form
}

const types: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false'
}

/** What a value of these JSON types is, to stand behind "must be": `an object or null`. */
export function typeText (type: unknown): string {
  return [type].flat().map((each) => types[String(each)] ?? String(each)).join(' or ')
}
