import { escapePointer, schemaRef } from '@dueline/contracts'
import { closed, type OpenApiDocument } from '@dueline/http'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import type { DocumentedOperation } from './document.ts'

/** An answer as it came. */
export interface RawAnswer {
  status: number
  headers: Readonly<Record<string, unknown>>
  /** The body's text; empty when it had none. */
  text: string
}

interface Media {
  schema?: object
}
interface DocumentedHeader {
  $ref?: string
  required?: boolean
}
interface Documented {
  content?: Record<string, Media>
  headers?: Record<string, DocumentedHeader>
}

/** What answers have whatever they answer: of HTTP itself, of caches, and what tells browsers to be careful. */
const generalHeaders = new Set([
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
  'vary'
])

/** Compares answers with their document. */
export interface AnswerChecker {
  /** Every way in which an answer differs from what the operation documents. */
  faults(operation: DocumentedOperation, answer: RawAnswer): string[]
  /** Headers that the operation documents for what it has answered and that no answer had, with their status. */
  unseenHeaders(operation: DocumentedOperation): string[]
}

/**
 * A checker for the answers of a document. Every object is closed unless its schema says what else may be there, so
 * that a property nobody documented is a fault.
 */
export function answerChecker (document: OpenApiDocument): AnswerChecker {
  const ajv = validatorOf(document)
  const ofForm = new Map<string, ValidateFunction>()
  /** By operation: the statuses answered, and each with the headers that came with it. */
  const seen = new Map<string, Set<string>>()

  function headerFaults (operation: DocumentedOperation, { headers: documented = {} }: Documented, answer: RawAnswer) {
    const { status, headers } = answer
    const ofOperation = seen.get(operation.id) ?? new Set()
    seen.set(operation.id, ofOperation.add(String(status)))
    for (const name of Object.keys(headers)) ofOperation.add(`${status} ${name}`)
    const names = new Map(Object.entries(documented).map(([name, header]) => [name.toLowerCase(), header]))
    const unsaid = Object.keys(headers).filter((name) => !names.has(name) && !generalHeaders.has(name))
    const lacking = [...names].filter(([name, header]) => isRequired(header) && headers[name] === undefined)
    return [
      ...unsaid.map((name) => `${status} has the header ${name}, which is not documented`),
      ...lacking.map(([name]) => `${status} lacks the header ${name}`)
    ]
  }

  function isRequired ({ $ref, required }: DocumentedHeader): boolean {
    if ($ref === undefined) return required === true
    return isRequired(document.components?.['headers']?.[$ref.replace('#/components/headers/', '')] as DocumentedHeader)
  }

  function validate (operation: DocumentedOperation, status: string, type: string, media: Media, body: unknown) {
    const pointer = ['paths', operation.path, operation.method.toLowerCase(), 'responses', status, 'content', type]
    const ref = `document#/${[...pointer, 'schema'].map(partOf).join('/')}`
    // Most answers are of few forms, and to compile one takes milliseconds.
    const form = JSON.stringify(media.schema)
    const validator = ofForm.get(form) ?? ajv.compile({ $ref: ref })
    ofForm.set(form, validator)
    if (validator(body)) return []
    return (validator.errors ?? []).map(({ instancePath, message, params }) =>
      `${status}: ${instancePath || '/'} ${message} ${JSON.stringify(params)}`
    )
  }

  function bodyFaults (operation: DocumentedOperation, { content }: Documented, { status, headers, text }: RawAnswer) {
    const type = String(headers['content-type'] ?? '').split(';', 1)[0] ?? ''
    if (content === undefined) return text === '' ? [] : [`${status} has a body that is not documented`]
    const media = content[type]
    if (media === undefined) return [`${status} is of the type "${type}", not documented`]
    return type.endsWith('json') ? validate(operation, String(status), type, media, JSON.parse(text)) : []
  }

  return {
    faults (operation, answer) {
      const { status, text } = answer
      const documented = responseOf(document, operation, String(status))
      if (documented === undefined) return [`answers ${status}, which it does not document: ${text.slice(0, 300)}`]
      return [...headerFaults(operation, documented, answer), ...bodyFaults(operation, documented, answer)]
    },
    unseenHeaders (operation) {
      const ofOperation = seen.get(operation.id) ?? new Set()
      return operation.statuses.filter((status) => ofOperation.has(status)).flatMap((status) =>
        Object.keys(responseOf(document, operation, status)?.headers ?? {})
          .map((name) => `${status} ${name.toLowerCase()}`)
          .filter((header) => !ofOperation.has(header))
      )
    }
  }
}

/** Every example in a document that its own schema refuses. */
export function exampleFaults (document: OpenApiDocument): { tried: number, faults: string[] } {
  const ajv = validatorOf(document)
  const faults: string[] = []
  let tried = 0
  function look (part: unknown, pointer: string): void {
    if (typeof part !== 'object' || part === null) return
    const { examples, example } = part as { examples?: unknown, example?: unknown }
    // that of a parameter stands beside its schema
    const schema = 'in' in part && 'schema' in part ? `${pointer}/schema` : pointer
    for (const each of [...(Array.isArray(examples) ? examples : []), ...(example === undefined ? [] : [example])]) {
      tried++
      if (!ajv.validate(`document#${schema}`, each)) faults.push(`${pointer}: ${ajv.errorsText()}`)
    }
    for (const [key, value] of Object.entries(part)) {
      if (key !== 'examples' && key !== 'example') look(value, `${pointer}/${partOf(key)}`)
    }
  }
  look(document, '')
  return { tried, faults }
}

function validatorOf (document: OpenApiDocument): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateSchema: false })
  ;(ajvFormats as unknown as (ajv: Ajv2020) => Ajv2020)(ajv)
  return ajv.addSchema(closedIn(document) as object, 'document')
}

/** A document with each schema in it closed. */
function closedIn (document: OpenApiDocument): unknown {
  const { schemas = {}, ...components } = document.components ?? {}
  const parts = partsOfAll(document)
  return {
    ...document,
    paths: closedBelow(document.paths),
    components: {
      ...components,
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([name, schema]) => {
          const { additionalProperties, ...open } = closed(schema) as Record<string, unknown>
          // a part of a whole is closed with the whole
          return [
            name,
            parts.has(name) || additionalProperties === undefined ? open : { ...open, additionalProperties }
          ]
        })
      )
    }
  }
}

function closedBelow (part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closedBelow)
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, key === 'schema' ? closedAnswer(value) : closedBelow(value)])
  )
}

/** What is a part of others is closed where it is used alone. */
function closedAnswer (schema: object): unknown {
  return closed('$ref' in schema ? { allOf: [schema] } : schema)
}

/** The names of schemas of which others are made by `allOf`. */
function partsOfAll (part: unknown, found = new Set<string>()): Set<string> {
  if (typeof part !== 'object' || part === null) return found
  const { allOf = [] } = part as { allOf?: Array<{ $ref?: string }> }
  for (const { $ref } of allOf) if ($ref !== undefined) found.add($ref.slice(schemaRef.length))
  for (const each of Object.values(part)) partsOfAll(each, found)
  return found
}

function responseOf (
  { paths }: OpenApiDocument,
  { path, method }: DocumentedOperation,
  status: string
): Documented | undefined {
  const operation = paths[path]?.[method.toLowerCase()] as { responses?: Record<string, Documented> } | undefined
  return operation?.responses?.[status]
}

/** A part of a JSON pointer inside a URI. */
function partOf (key: string): string {
  return encodeURIComponent(escapePointer(key))
}
