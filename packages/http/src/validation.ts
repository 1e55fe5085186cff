import type { TSchema } from 'typebox'

type Json = Record<string, unknown>

/** Whether a value of JSON has members. */
export function isObject (value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const listsOfSchemas = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
// `content` and `schema`: an answer that comes in several forms
const singleSchemas = ['schema', 'items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains']
const mapsOfSchemas = ['content', 'properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']

/** A copy of a schema with `change` applied to every schema in it, innermost first. */
function mapSchema (
  schema: unknown,
  change: (schema: Json, parentKeyword: string) => Json,
  parentKeyword = ''
): unknown {
  if (!isObject(schema)) return schema
  const copy: Json = {}
  for (const [keyword, value] of Object.entries(schema)) {
    const mapped = (each: unknown): unknown => mapSchema(each, change, keyword)
    if (Array.isArray(value) && (listsOfSchemas.includes(keyword) || keyword === 'items')) {
      copy[keyword] = value.map(mapped)
    } else if (mapsOfSchemas.includes(keyword) && isObject(value)) {
      copy[keyword] = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapped(each)]))
    } else if (singleSchemas.includes(keyword)) {
      copy[keyword] = mapped(value)
    } else {
      copy[keyword] = value
    }
  }
  return change(copy, parentKeyword)
}

const opensItself = ['additionalProperties', 'unevaluatedProperties', 'patternProperties']

/**
 * The schema with every object in it closed, unless it says itself what else may be there: a field that nobody
 * reads must be refused, not lost. Parts of an intersection are closed together.
 */
export function closed (schema: unknown): unknown {
  return mapSchema(schema, (each, parentKeyword) => {
    if (opensItself.some((keyword) => keyword in each)) return each
    if (parentKeyword === 'allOf' || parentKeyword === 'if' || parentKeyword === 'not') return each
    if (Array.isArray(each['allOf'])) return { ...each, unevaluatedProperties: false }
    return isObject(each['properties']) ? { ...each, additionalProperties: false } : each
  })
}

/** What a document shows in place of a schema, where that would say less, or refuse with other words. */
const shownAs = 'x-shown'

/** A schema that lets more in than the document shows: who reads the value refuses the rest, and says better why. */
export function documentedAs<T extends TSchema> (schema: T, shown: object): T {
  return { ...schema, [shownAs]: shown }
}

/** The schema with everything in it as the document shows it. */
export function shown (schema: unknown): unknown {
  return mapSchema(schema, (each) => isObject(each[shownAs]) ? each[shownAs] : each)
}

/** The schema as callers see it: what has a default need not be sent, though it is there once the request is read. */
export function asSent (schema: unknown): unknown {
  return mapSchema(schema, (each) => {
    const { required, properties } = each
    if (!Array.isArray(required) || !isObject(properties)) return each
    const needed = required.filter((name) => !(isObject(properties[name]) && 'default' in properties[name]))
    const { required: _, ...rest } = each
    return needed.length === 0 ? rest : { ...each, required: needed }
  })
}

/** What is taken for this or that object by a validator is written as it is. */
function isChoiceOfObjects (choices: readonly Json[]): boolean {
  return choices.length > 1 && choices.every(({ type }) => type === 'object')
}

/**
 * The schema with "this or null" written as `nullable`, which fast-json-stringify compiles to one comparison, and
 * without choices of objects; an `anyOf` would run a validator per value.
 */
export function serialisable (schema: unknown): unknown {
  return mapSchema(schema, (each) => {
    const choices = each['anyOf']
    if (!Array.isArray(choices)) return each
    if (isChoiceOfObjects(choices)) return {}
    if (choices.length !== 2) return each
    const other = choices.find((choice) => choice['type'] !== 'null')
    if (other === undefined || choices.every((choice) => choice['type'] !== 'null') || !('type' in other)) return each
    return { ...other, nullable: true }
  })
}
