/** A JSON Schema as the documents hold it. */
export type Schema = Record<string, unknown>

/**
 * Who writes what a schema describes: `input` is sent to us, and must not be taken less of; `output` we send, and its
 * readers must find what they found; `event` is output that readers also validate, so that its bounds count as well.
 */
export type Direction = 'input' | 'output' | 'event'

/** Follows `$ref`; gives other schemas back as they are. */
export type Resolve = (schema: Schema) => Schema

/** Keywords by which a smaller number takes less, and those by which a greater one does. */
const upper = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']
const lower = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']
/** Any other value of these is another set of values. */
const exact = ['pattern', 'format', 'uniqueItems', 'dependentRequired', 'multipleOf', 'propertyNames', 'not']
const alternatives = [['anyOf', 'oneOf'], ['allOf']]

/** What about `after` breaks who relies on `before`, one line each that begins with `path`; empty when nothing does. */
export function schemaChanges (
  before: Schema,
  after: Schema,
  { direction, path, resolve, around = new Map() }: {
    direction: Direction,
    path: string,
    resolve: { before: Resolve, after: Resolve },
    /** What is being compared with what around these two: a schema may hold itself. */
    around?: ReadonlyMap<Schema, Schema>
  }
): string[] {
  const old = resolve.before(before)
  const now = resolve.after(after)
  if (around.get(old) === now) return []
  const here = new Map(around).set(old, now)
  const inner = (child: string, was: unknown, is: unknown): string[] =>
    schemaChanges(was as Schema, is as Schema, { direction, path: `${path}${child}`, resolve, around: here })
  const of = (text: string): string => `${path}: ${text}`
  if (isAny(old) && direction === 'output') return []
  if (isAny(old) && direction === 'input') return isAny(now) ? [] : [of('has a form now')]
  const choices = direction === 'input' ? [] : choicesOf(now, resolve.after)
  // what was one object is one of several: each of them has to be what it was
  if (choices.length > 0 && typesOf(old) !== undefined && choicesOf(old, resolve.before).length === 0) {
    return choices.flatMap((choice) => inner('', old, choice))
  }
  const ofType = typeChanges(old, now, direction).map(of)
  return [
    ...ofType,
    ...valueChanges(old, now, direction).map(of),
    ...(direction === 'output' || (direction === 'event' && ofType.length > 0)
      ? []
      : boundChanges(old, now, direction).map(of)),
    ...fieldChanges(old, now, direction).map(of),
    ...Object.entries(propertiesOf(old)).flatMap(([name, schema]) => {
      const same = propertiesOf(now)[name]
      return same === undefined ? [] : inner(`.${name}`, schema, same)
    }),
    ...(isSchema(old['items']) && isSchema(now['items']) ? inner('[]', old['items'], now['items']) : []),
    ...(direction !== 'output' && isSchema(now['items']) && old['type'] === 'array' && !isSchema(old['items'])
      ? [of('its items have a form now')]
      : []),
    ...othersChanges(old, now, direction, of, inner),
    ...alternatives.flatMap((keywords) =>
      alternativeChanges(
        keywords.flatMap((keyword) => listOf(old[keyword])).map(resolve.before),
        keywords.flatMap((keyword) => listOf(now[keyword])).map(resolve.after),
        keywords[0]!,
        direction,
        of,
        inner
      )
    )
  ]
}

/** Whether it lets everything be. */
function isAny (schema: Schema): boolean {
  return Object.keys(schema).filter((key) => key !== 'description').length === 0
}

/** The objects of which it is one; a field that another of them has may be missing in each. */
function choicesOf ({ anyOf, oneOf }: Schema, resolve: Resolve): Schema[] {
  const choices = [...listOf(anyOf), ...listOf(oneOf)].map(resolve)
  const all = Object.assign({}, ...choices.map(propertiesOf)) as Record<string, Schema>
  return choices.map((choice) =>
    choice['type'] === 'object' ? { ...choice, properties: { ...all, ...propertiesOf(choice) } } : choice
  )
}

type Inner = (child: string, was: unknown, is: unknown) => string[]

/** Additional properties: of a form, any (the default), or none. */
function othersChanges (
  old: Schema,
  now: Schema,
  direction: Direction,
  of: (text: string) => string,
  inner: Inner
): string[] {
  const [was, is] = [old['additionalProperties'] ?? true, now['additionalProperties'] ?? true]
  if (isSchema(was) && isSchema(is)) return inner('.*', was, is)
  if (direction === 'input') return was !== false && is !== true && was !== is ? [of('takes fewer other fields')] : []
  // Readers of answers ignore what they do not know, but read other fields of a form by that form.
  return isSchema(was) && (is === true || is === false) && Object.keys(was).length > 0
    ? [of('its other fields have no form any more')]
    : []
}

/**
 * Alternatives are found again by what they are for: the type, the value, or else their place. A value that may be null
 * is one.
 */
function alternativeChanges (
  before: readonly Schema[],
  after: readonly Schema[],
  keyword: string,
  direction: Direction,
  of: (text: string) => string,
  inner: Inner
): string[] {
  if (before.length === 0 && after.length === 0) return []
  const [old, now] = [labelled(before), labelled(after)]
  const same = [...old].filter(([label]) => now.has(label))
  const gone = [...old.keys()].filter((label) => !now.has(label))
  const added = [...now.keys()].filter((label) => !old.has(label))
  const lessOfAll = keyword === 'allOf' ? added : gone
  const moreOfAll = keyword === 'allOf' ? gone : added
  return [
    ...same.flatMap(([label, schema]) => inner(`<${label}>`, schema, now.get(label))),
    ...lessOfAll.map((label) => of(`${keyword} ${keyword === 'allOf' ? 'asks for' : 'no longer has'} ${label}`)),
    ...(direction === 'input'
      ? []
      : moreOfAll.map((label) =>
        of(`${keyword} ${keyword === 'allOf' ? 'no longer asks for' : 'may be'} ${label} now`)
      ))
  ]
}

function labelled (schemas: readonly Schema[]): Map<string, Schema> {
  const labels = new Map<string, Schema>()
  for (const schema of schemas) {
    const base = schema['const'] !== undefined
      ? JSON.stringify(schema['const'])
      : String(schema['$ref'] ?? schema['type'] ?? Object.keys(propertiesOf(schema)).join('+'))
    let label = base
    for (let place = 2; labels.has(label); place++) label = `${base} ${place}`
    labels.set(label, schema)
  }
  return labels
}

function typeChanges (old: Schema, now: Schema, direction: Direction): string[] {
  const [was, is] = [typesOf(old), typesOf(now)]
  if (was === undefined && is === undefined) return []
  const lost = is === undefined ? [] : was === undefined ? ['any other type'] : was.filter((type) => !covers(is, type))
  const won = was === undefined ? [] : is === undefined ? ['any other type'] : is.filter((type) => !covers(was, type))
  // Who reads numbers reads integers.
  const missed = lost.filter((type) => type !== 'number' || is?.includes('integer') !== true)
  const wrong = direction === 'input' ? lost : [...missed, ...won]
  return wrong.length === 0 ? [] : [`type ${said(was)} became ${said(is)}`]
}

function said (types: readonly string[] | undefined): string {
  return types?.join(' or ') ?? 'any'
}

function covers (types: readonly string[], type: string): boolean {
  return types.includes(type) || (type === 'integer' && types.includes('number'))
}

function typesOf (schema: Schema): string[] | undefined {
  const { type } = schema
  return type === undefined ? undefined : Array.isArray(type) ? type as string[] : [String(type)]
}

/** Of `enum` and `const`. */
function valueChanges (old: Schema, now: Schema, direction: Direction): string[] {
  const [was, is] = [valuesOf(old), valuesOf(now)]
  if (was === undefined && is === undefined) return []
  if (was === undefined) return direction === 'output' ? [] : ['only some values are left']
  if (is === undefined) return direction === 'input' ? [] : ['may be any value now']
  return [
    ...was.filter((value) => !is.includes(value)).map((value) => `no longer has the value ${value}`),
    ...(direction === 'input'
      ? []
      : is.filter((value) => !was.includes(value)).map((value) => `has a new value ${value}`))
  ]
}

function valuesOf (schema: Schema): string[] | undefined {
  if (schema['const'] !== undefined) return [JSON.stringify(schema['const'])]
  return Array.isArray(schema['enum']) ? schema['enum'].map((value) => JSON.stringify(value)) : undefined
}

/** What ECMA-262, whose patterns JSON Schema has, takes `\d` for; other engines take digits of other scripts too. */
const digit = String.raw`\\d`

function boundChanges (old: Schema, now: Schema, direction: Direction): string[] {
  const tighter = (keyword: string, sign: number): boolean => {
    const [was, is] = [old[keyword], now[keyword]] as [number | undefined, number | undefined]
    if (was === is) return false
    if (direction === 'event') return true
    return is !== undefined && (was === undefined || (is - was) * sign < 0)
  }
  const other = (keyword: string): boolean => {
    const [was, is] = [old, now].map((schema) => JSON.stringify(schema[keyword])?.replaceAll(digit, '[0-9]'))
    // beside a pattern it is for readers of documents: what the pattern takes is what it was
    if (keyword === 'format' && was === undefined && old['pattern'] !== undefined) return false
    return was !== is && (direction === 'event' || (is !== undefined && is !== 'false'))
  }
  return [
    ...upper.filter((keyword) => tighter(keyword, 1)),
    ...lower.filter((keyword) => tighter(keyword, -1)),
    ...exact.filter(other)
  ].map((keyword) => `${keyword} ${JSON.stringify(old[keyword])} became ${JSON.stringify(now[keyword])}`)
}

function fieldChanges (old: Schema, now: Schema, direction: Direction): string[] {
  const [was, is] = [propertiesOf(old), propertiesOf(now)]
  const [mustOld, mustNow] = [listOf<string>(old['required']), listOf<string>(now['required'])]
  const gone = Object.keys(was).filter((name) => is[name] === undefined).map((name) => `field ${name} was removed`)
  if (direction === 'input') {
    return [
      ...gone,
      ...mustNow.filter((name) => !mustOld.includes(name)).map((name) => `field ${name} must be sent now`)
    ]
  }
  const closed = old['additionalProperties'] === false
  return [
    ...gone,
    ...Object.keys(is).filter((name) => closed && was[name] === undefined).map((name) =>
      `field ${name} is new, and its readers know of all`
    ),
    ...mustOld.filter((name) => !mustNow.includes(name) && is[name] !== undefined).map((name) =>
      `field ${name} may be missing now`
    )
  ]
}

function propertiesOf (schema: Schema): Record<string, Schema> {
  return (schema['properties'] ?? {}) as Record<string, Schema>
}

function listOf<T = Schema> (value: unknown): T[] {
  return Array.isArray(value) ? value as T[] : []
}

function isSchema (value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
