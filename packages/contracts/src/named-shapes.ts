type Json = Record<string, unknown>

/** A document whose named shapes stand in one place, by their names. */
export interface NamedShapes<T> {
  document: T
  schemas: Record<string, Json>
}

/** Two shapes that differ have one name. */
export class NameConflict extends Error {
  override readonly name = 'NameConflict'
}

const shapeName = /^[A-Z][A-Za-z0-9]*$/
/** Their values are data, not schemas. */
const data = ['example', 'examples', 'default', 'const', 'enum']
/** What may be said of a shape where it is used; all else makes it another shape. */
const annotations = ['description', 'default', 'examples', 'deprecated']
/** What stands below is sent to us; all else is sent by us. */
const inputs = ['requestBody', 'parameters']
export const schemaRef = '#/components/schemas/'

function isObject (value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Title-less objects and those with a title of several words are nobody's shape; a field may be called `title`. */
function nameIn ({ title, type, anyOf, oneOf, allOf, enum: values }: Json): string | undefined {
  const isSchema = [type, anyOf, oneOf, allOf, values].some((keyword) => keyword !== undefined)
  return typeof title === 'string' && isSchema && shapeName.test(title) ? title : undefined
}

/** The same text for the same value, whatever the order of its members. */
export function canonical (value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (!isObject(each)) return each
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => a < b ? -1 : 1))
  })
}

function split (schema: Json): { form: Json, said: Json } {
  const entries = Object.entries(schema)
  return {
    form: Object.fromEntries(entries.filter(([key]) => !annotations.includes(key))),
    said: Object.fromEntries(entries.filter(([key]) => annotations.includes(key)))
  }
}

/** Calls `visit` for every object in a document that is no data, the outermost first. */
function walk (value: unknown, visit: (schema: Json, isInput: boolean) => void, isInput = false): void {
  if (Array.isArray(value)) {
    for (const each of value) walk(each, visit, isInput)
  } else if (isObject(value)) {
    visit(value, isInput)
    for (const [key, each] of Object.entries(value)) {
      if (!data.includes(key) || isObject(each)) walk(each, visit, isInput || inputs.includes(key))
    }
  }
}

interface Variants {
  /** What is said of the shape, by how often. */
  said: Map<string, number>
  output: Set<string>
  input: Set<string>
}

function variantsOf (document: unknown): Map<string, Variants> {
  const found = new Map<string, Variants>()
  walk(document, (schema, isInput) => {
    const name = nameIn(schema)
    if (name === undefined) return
    const { form, said } = split(schema)
    const variants = found.get(name) ?? { said: new Map(), output: new Set(), input: new Set() }
    found.set(name, variants)
    variants[isInput ? 'input' : 'output'].add(canonical(form))
    const text = canonical(said)
    variants.said.set(text, (variants.said.get(text) ?? 0) + 1)
  })
  for (const [name, { output, input }] of found) {
    for (const forms of [output, input]) {
      if (forms.size > 1) throw new NameConflict(`several shapes are called ${name}: ${[...forms].join('\n')}`)
    }
  }
  return found
}

/**
 * Moves every schema whose `title` is one word in PascalCase to `schemas`, and refers to it where it stood: a shape is
 * named once, by its title. What is said of it at one place alone (`description`, `default`) stays there, beside the
 * reference. A shape that is sent in another form than it is answered, since requests are closed, is two:
 * `Reminder` and `ReminderInput`.
 * @throws {NameConflict} when two shapes that differ have one name
 */
export function nameShapes<T> (document: T): NamedShapes<T> {
  const variants = variantsOf(document)
  const schemas: Record<string, Json> = {}
  const mostSaid = (said: Map<string, number>): Json =>
    JSON.parse([...said].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '{}') as Json

  function referred (schema: Json, name: string, isInput: boolean): Json {
    const { output, input, said } = variants.get(name)!
    const { form, said: here } = split(schema)
    const isOther = isInput && output.size > 0 && !output.has([...input][0]!)
    const named = isOther ? `${name}Input` : name
    const base = mostSaid(said)
    if (schemas[named] === undefined) {
      // stands before what is in it, and so in the order of reading
      schemas[named] = {}
      schemas[named] = { ...inside(form, isInput) as Json, title: named, ...base }
    }
    const other = Object.entries(here).filter(([key, value]) => canonical(value) !== canonical(base[key]))
    return { $ref: `${schemaRef}${named}`, ...Object.fromEntries(other) }
  }

  function inside (value: unknown, isInput: boolean): unknown {
    if (Array.isArray(value)) return value.map((each) => replaced(each, isInput))
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => {
        if (data.includes(key) && !isObject(each)) return [key, each]
        return [key, replaced(each, isInput || inputs.includes(key))]
      })
    )
  }

  function replaced (value: unknown, isInput: boolean): unknown {
    const name = isObject(value) ? nameIn(value) : undefined
    return name === undefined ? inside(value, isInput) : referred(value as Json, name, isInput)
  }

  return { document: replaced(document, false) as T, schemas }
}
