import SerializerSelector from '@fastify/fast-json-stringify-compiler'
import { Ajv2019, type ErrorObject, type Options } from 'ajv/dist/2019.js'
import ajvFormats from 'ajv-formats'
import { documentedFormats, jsonFaults } from '@dueline/contracts'
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import type { Fault } from './errors.ts'
import { faultsOf } from './faults.ts'
import { closed } from './validation.ts'

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

/** What `make` returns, made at the first call. */
function atFirstCall<T> (make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/**
 * Refuses what no schema may let in (see `jsonFaults`), before the schema is asked: its validator may recurse as deep
 * as the value does.
 */
function guarded (validator: () => Validate): Validate {
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
    const validate = validator()
    const valid = validate(value)
    check.errors = validate.errors ?? null
    return valid
  }
  return check
}

/**
 * Compiles each part of a request with the rules for it: a body as it is, strictly; everything else comes as text and
 * is read as what the schema says. A schema is compiled, in some milliseconds, for the first value that it judges: a
 * process is asked a few of its operations, and the code of all of them was a tenth of its memory.
 */
export function createValidatorCompiler (): FastifySchemaCompiler<object> {
  const strict = atFirstCall(() => withFormats(new Ajv2019({ ...always, coerceTypes: false })))
  const coercing = atFirstCall(() => withFormats(new Ajv2019({ ...always, coerceTypes: 'array' })))
  return ({ schema, httpPart }) =>
    guarded(atFirstCall(() => (httpPart === 'body' ? strict : coercing)().compile(schema) as Validate)) as never
}

/** Fastify's own compiler of answers, for each at the first one that is written. */
export function createSerializerCompiler (): FastifySerializerCompiler<object> {
  const compile = SerializerSelector()({}, {})
  return (route) => {
    const serializer = atFirstCall(() => compile(route as never))
    return (answer) => serializer()(answer)
  }
}

const judge = atFirstCall(() => withFormats(new Ajv2019({ ...always, useDefaults: false, coerceTypes: false })))

/**
 * What judges a part of a body by itself, in the words of a request's faults: for bodies that are not refused as a
 * whole, such as the rows of an import. Unknown fields are faults. The pointers start at the value.
 */
export function partFaults (schema: TSchema): (value: unknown) => Fault[] {
  const validate = guarded(atFirstCall(() => judge().compile(closed(schema) as object) as Validate))
  return (value) => validate(value) ? [] : faultsOf(validate.errors ?? [], 'body')
}
