import { Ajv2019, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2019.js'
import ajvFormats from 'ajv-formats'
import { documentedFormats, jsonFaults } from '@dueline/contracts'
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import type { Fault } from './errors.ts'
import { faultsOf } from './faults.ts'

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

const always: Options = {
  allErrors: true,
  // Schemas carry annotations (x-…, separator) that ajv need not know.
  strict: false,
  // The schema of schemas takes a third of what compiling a service takes. Schemas are typed, and checked in the
  // document.
  validateSchema: false,
  useDefaults: true,
  // Messages name what would be right; that needs the schema beside the error.
  verbose: true,
  removeAdditional: false
}

function withFormats (ajv: Ajv2019): Ajv2019 {
  // The package is CommonJS; its types hide that the default export is the function.
  ;(ajvFormats as unknown as (ajv: Ajv2019) => Ajv2019)(ajv)
  for (const name of documentedFormats) ajv.addFormat(name, true)
  return ajv
}

/** What validates one part of a request, in the way Fastify reads it. */
type Validate = ((value: unknown) => boolean) & { errors?: ErrorObject[] | null }

/**
 * Refuses what no schema may let in (see `jsonFaults`), before the schema is asked: its validator may recurse as deep
 * as the value does.
 */
function guarded (validate: ValidateFunction): Validate {
  const check: Validate = (value) => {
    const faults = jsonFaults(value)
    check.errors = faults.map(({ pointer, message }) => ({
      keyword: 'json',
      instancePath: pointer,
      schemaPath: '',
      params: {},
      message
    }))
    if (faults.length > 0) return false
    const valid = validate(value)
    check.errors = validate.errors ?? null
    return valid
  }
  return check
}

/**
 * Compiles each part of a request with the rules for it: a body as it is, strictly; everything else comes as text and
 * is read as what the schema says. Schemas are compiled once, when the app becomes ready.
 */
export function createValidatorCompiler (): FastifySchemaCompiler<object> {
  const strict = withFormats(new Ajv2019({ ...always, coerceTypes: false }))
  const coercing = withFormats(new Ajv2019({ ...always, coerceTypes: 'array' }))
  return ({ schema, httpPart }) => guarded((httpPart === 'body' ? strict : coercing).compile(schema)) as never
}

let judge: Ajv2019 | undefined

/**
 * What judges a part of a body by itself, in the words of a request's faults: for bodies that are not refused as a
 * whole, such as the rows of an import. Unknown fields are faults. The pointers start at the value.
 */
export function partFaults (schema: TSchema): (value: unknown) => Fault[] {
  let validate: Validate | undefined
  return (value) => {
    judge ??= withFormats(new Ajv2019({ ...always, useDefaults: false, coerceTypes: false }))
    validate ??= guarded(judge.compile(closed(schema) as object))
    return validate(value) ? [] : faultsOf(validate.errors ?? [], 'body')
  }
}
