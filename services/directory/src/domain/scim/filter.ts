import { named, pathOf, type Attribute, type AttributePath, type ResourceType } from './attributes.ts'
import { wordsOf, type Word } from './filter-words.ts'
import { refused } from './scim-error.ts'

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const
export type Operator = typeof operators[number]
export type Literal = string | number | boolean | null

/** A filter (RFC 7644, 3.4.2.2) whose attributes were found in the schemas. */
export type Filter =
  | { readonly kind: 'and' | 'or', readonly parts: readonly Filter[] }
  | { readonly kind: 'not', readonly part: Filter }
  | { readonly kind: 'present', readonly path: AttributePath }
  | { readonly kind: 'compare', readonly path: AttributePath, readonly operator: Operator, readonly value: Literal }
  /** `emails[…]`: one value of it fits all of the part, whose paths are those of the value. */
  | { readonly kind: 'within', readonly path: AttributePath, readonly part: Filter }

/** What a filter may have at most. */
const depthMax = 20
const termsMax = 200

/** Finds an attribute by its name; undefined: there is none. */
type Find = (name: string) => AttributePath | undefined

class Reader {
  readonly #words: readonly Word[]
  #next = 0
  #terms = 0

  constructor (words: readonly Word[]) {
    this.#words = words
  }

  get word (): Word | undefined {
    return this.#words[this.#next]
  }

  isMark (text: string): boolean {
    return this.word?.kind === 'mark' && this.word.text === text
  }

  takesName (text: string): boolean {
    if (this.word?.kind !== 'name' || this.word.text.toLowerCase() !== text) return false
    this.#next++
    return true
  }

  takesMark (text: string): boolean {
    if (!this.isMark(text)) return false
    this.#next++
    return true
  }

  advance (): Word {
    return this.#words[this.#next++] ?? refused('invalidFilter', 'the filter ends too early')
  }

  mark (text: string): void {
    if (!this.takesMark(text)) this.fail(`"${text}" is expected`)
  }

  fail (what: string): never {
    const { word } = this
    return refused('invalidFilter', `${what} ${word === undefined ? 'at its end' : `at character ${word.at + 1}`}`)
  }

  either (find: Find, depth: number): Filter {
    if (depth > depthMax) this.fail(`brackets may stand ${depthMax} deep, and stand deeper`)
    const parts = [this.both(find, depth)]
    while (this.takesName('or')) parts.push(this.both(find, depth))
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts }
  }

  both (find: Find, depth: number): Filter {
    const parts = [this.one(find, depth)]
    while (this.takesName('and')) parts.push(this.one(find, depth))
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts }
  }

  one (find: Find, depth: number): Filter {
    if (++this.#terms > termsMax) this.fail(`a filter may have ${termsMax} conditions, and has more`)
    const isNot = this.takesName('not')
    if (isNot && !this.isMark('(')) this.fail('"(" is expected after not')
    if (this.takesMark('(')) {
      const part = this.either(find, depth + 1)
      this.mark(')')
      return isNot ? { kind: 'not', part } : part
    }
    return this.condition(find, depth)
  }

  condition (find: Find, depth: number): Filter {
    if (this.word?.kind !== 'name') this.fail('the name of an attribute is expected')
    const { text } = this.advance() as { text: string }
    const path = find(text) ?? refused('invalidFilter', `there is no attribute ${text}`)
    if (this.takesMark('[')) return this.within(path, text, depth)
    if (this.takesName('pr')) return { kind: 'present', path }
    return this.comparison(path, text)
  }

  within (path: AttributePath, text: string, depth: number): Filter {
    const { subAttributes, multiValued } = path.attribute
    if (subAttributes === undefined || path.sub !== null || !multiValued) {
      refused('invalidFilter', `${text} has no parts in brackets`)
    }
    const inside: Find = (name) => partOf(subAttributes, name)
    const part = this.either(inside, depth + 1)
    this.mark(']')
    // `emails[type eq "work"].value eq "…"`, as Entra ID asks
    if (!this.takesMark('.')) return { kind: 'within', path, part }
    return { kind: 'within', path, part: { kind: 'and', parts: [part, this.condition(inside, depth)] } }
  }

  comparison (given: AttributePath, text: string): Filter {
    const name = this.word?.kind === 'name' ? this.word.text.toLowerCase() : ''
    const operator = operators.find((each) => each === name) ?? this.fail('pr, eq or another operator is expected')
    this.advance()
    if (this.word?.kind !== 'value') this.fail('a value is expected: a text in quotes, true, false, null or a number')
    const { value } = this.advance() as { value: Literal }
    // of several values that have parts, `value` is meant (RFC 7644, 3.4.2.2)
    const sub = given.sub ??
      (given.attribute.multiValued ? named(given.attribute.subAttributes, 'value') ?? null : null)
    const path = { ...given, sub }
    return { kind: 'compare', path, operator, value: literalFor(sub ?? given.attribute, operator, value, text) }
  }
}

/** A value as the attribute has it. Entra ID writes true and false as texts. */
function literalFor (attribute: Attribute, operator: Operator, value: Literal, text: string): Literal {
  if (value === null && (operator === 'eq' || operator === 'ne')) return null
  switch (attribute.type) {
    case 'complex':
      return refused('invalidFilter', `${text} is compared by one of its parts`)
    case 'boolean': {
      const read = typeof value === 'string' ? { true: true, false: false }[value.toLowerCase()] : value
      if (typeof read !== 'boolean') refused('invalidFilter', `${text} is compared with true or false`)
      if (operator !== 'eq' && operator !== 'ne') refused('invalidFilter', `${text} is compared by eq and ne`)
      return read
    }
    case 'dateTime':
      if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) {
        refused('invalidFilter', `${text} is compared with an instant such as "2026-03-02T09:00:00Z"`)
      }
      return value
    default:
      if (typeof value !== 'string') refused('invalidFilter', `${text} is compared with a text in quotes`)
      return value
  }
}

function partOf (attributes: readonly Attribute[], name: string): AttributePath | undefined {
  const attribute = named(attributes, name)
  return attribute === undefined ? undefined : { extension: null, attribute, sub: null }
}

/** Reads a filter on resources of a type. @throws ScimError invalidFilter for what is broken, unknown or too large */
export function parseFilter (type: ResourceType, text: string): Filter {
  const reader = new Reader(wordsOf(text))
  const filter = reader.either((name) => pathOf(type, name), 0)
  if (reader.word !== undefined) reader.fail('and, or, or the end is expected')
  return filter
}

/** What a PATCH operation is about. */
export interface Target {
  readonly path: AttributePath
  /** Which values of it; null: all. */
  readonly filter: Filter | null
}

/** Reads the path of a PATCH operation: an attribute, or values of one by a filter, or a part of these. */
export function parseTarget (type: ResourceType, text: string): Target {
  const bracket = text.indexOf('[')
  if (bracket < 0) {
    const path = pathOf(type, text) ?? refused('invalidPath', `there is no attribute ${text.slice(0, 200)}`)
    return { path, filter: null }
  }
  const end = text.lastIndexOf(']')
  const path = pathOf(type, text.slice(0, bracket))
  const part = /^(?:\.([\w$]+))?$/.exec(text.slice(end + 1))
  if (end < bracket || path === undefined || part === null) {
    return refused('invalidPath', `the path cannot be read: ${text.slice(0, 200)}`)
  }
  const filter = parseFilter(type, text.slice(0, end + 1))
  if (filter.kind !== 'within') return refused('invalidPath', `the path cannot be read: ${text.slice(0, 200)}`)
  const sub = part[1] === undefined ? null : named(path.attribute.subAttributes, part[1])
  if (sub === undefined) return refused('invalidPath', `${path.attribute.name} has no part ${part[1]}`)
  return { path: { ...path, sub }, filter: filter.part }
}
