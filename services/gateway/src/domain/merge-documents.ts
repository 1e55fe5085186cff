import { canonical, openApiWebhooks } from '@dueline/contracts'
import type { OpenApiDocument, Operation, PathItem } from '@dueline/http'
import { operationsOf } from './operations-of.ts'

type Json = Record<string, unknown>

/** OpenAPI documents that do not fit together: the same path or operationId twice, or a component that differs. */
export class MergeConflict extends Error {
  override readonly name = 'MergeConflict'
}

function pascal (name: string): string {
  return name.replace(/(^|[-_\s])([a-z])/g, (_, __, letter: string) => letter.toUpperCase()).replace(/[-_\s]/g, '')
}

/** What becomes of a service's references: those to shapes that are called otherwise, or are said something else of. */
interface Rewriting {
  readonly names: ReadonlyMap<string, string>
  readonly said: ReadonlyMap<string, Json>
}

/** A copy of `value` with every `$ref` as it is in the whole document. */
function rewriteRefs<T> (value: T, rewriting: Rewriting): T {
  if (Array.isArray(value)) return value.map((each) => rewriteRefs(each, rewriting)) as T
  if (typeof value !== 'object' || value === null) return value
  const { $ref } = value as { $ref?: unknown }
  const copy: Json = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === 'examples' ? each : rewriteRefs(each, rewriting)])
  )
  if (typeof $ref !== 'string') return copy as T
  return { ...copy, $ref: rewriting.names.get($ref) ?? $ref, ...rewriting.said.get($ref), ...saidOf(copy) } as T
}

const annotations = ['description', 'default', 'examples', 'deprecated']

/** What is said of a shape that does not make it another one. */
function saidOf (schema: object): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => annotations.includes(key)))
}

function formOf (schema: object): string {
  return canonical(Object.fromEntries(Object.entries(schema).filter(([key]) => !annotations.includes(key))))
}

/** Adds one service's components; gives the new names of those whose name another service uses for something else. */
function addComponents (merged: Record<string, Json>, service: string, document: OpenApiDocument): Rewriting {
  const renamed = new Map<string, string>()
  const said = new Map<string, Json>()
  const rewriting = { names: renamed, said }
  const sections = Object.entries(document.components ?? {})
  for (const [section, members] of sections) {
    for (const [name, value] of Object.entries(members)) {
      const known = merged[section]?.[name]
      if (known === undefined || canonical(known) === canonical(value)) continue
      if (section === 'schemas' && formOf(known as Json) === formOf(value as Json)) {
        said.set(`#/components/${section}/${name}`, differing(value as Json, known as Json))
      } else {
        renamed.set(`#/components/${section}/${name}`, `#/components/${section}/${pascal(service)}${pascal(name)}`)
      }
    }
  }
  // What refers to a renamed component is another component too: renamed in turn, until nothing changes.
  for (let before = -1; before !== renamed.size;) {
    before = renamed.size
    for (const [section, members] of sections) {
      for (const [name, value] of Object.entries(members)) {
        const ref = `#/components/${section}/${name}`
        const touched = canonical(rewriteRefs(value, { names: renamed, said: new Map() })) !== canonical(value)
        if (touched && merged[section]?.[name] !== undefined && !renamed.has(ref)) {
          renamed.set(ref, `#/components/${section}/${pascal(service)}${pascal(name)}`)
        }
      }
    }
  }
  for (const [section, members] of sections) {
    const target = merged[section] ??= {}
    for (const [name, value] of Object.entries(members)) {
      const ref = `#/components/${section}/${name}`
      const newName = (renamed.get(ref) ?? ref).slice(`#/components/${section}/`.length)
      if (newName !== name && target[newName] !== undefined) {
        throw new MergeConflict(`component ${newName} of ${service} is there already`)
      }
      if (!said.has(ref) || newName !== name) target[newName] = rewriteRefs(value, rewriting)
    }
  }
  return rewriting
}

/** What is said of a shape here and not there, but for examples: one is enough. */
function differing (here: Json, there: Json): Json {
  const { examples: _, ...said } = saidOf(here)
  return Object.fromEntries(Object.entries(said).filter(([key, value]) => canonical(value) !== canonical(there[key])))
}

const count = (description: string): object => ({ schema: { type: 'integer' }, description })
/** What the gateway itself says in every answer, by the name of the header. */
const limits = {
  'RateLimit-Limit': count('How many requests you may send in a window'),
  'RateLimit-Remaining': count('How many of them are left'),
  'RateLimit-Reset': count('Seconds until the window ends')
}

function addLimits ({ responses = {} }: Operation): void {
  for (const answer of Object.values(responses as Record<string, { headers?: Json }>)) {
    const references = Object.keys(limits).map((name) => [name, { $ref: `#/components/headers/${name}` }])
    answer.headers = { ...answer.headers, ...Object.fromEntries(references) }
  }
}

function assertUniqueOperations (paths: Record<string, PathItem>): void {
  const seen = new Map<string, string>()
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, { operationId }] of operationsOf(item)) {
      if (operationId === undefined) throw new MergeConflict(`${method} ${path} has no operationId`)
      const other = seen.get(operationId)
      if (other !== undefined) {
        throw new MergeConflict(`operationId ${operationId} is used by ${other} and by ${method} ${path}`)
      }
      seen.set(operationId, `${method} ${path}`)
    }
  }
}

/**
 * One OpenAPI document of several services' documents, deterministic whatever the order of their paths. Every path item
 * says in `x-service` whose it is; a component whose name another service uses for something else gets its service's
 * name in front; paths outside of `/v1` are left out.
 * @throws {MergeConflict} when two services have the same path, or two operations the same operationId
 */
export function mergeDocuments (documents: Readonly<Record<string, OpenApiDocument>>): OpenApiDocument {
  const components: Record<string, Json> = {}
  const paths: Record<string, PathItem> = {}
  const tags = new Map<string, unknown>()
  const problems: Json = {}
  for (const [service, document] of Object.entries(documents)) {
    Object.assign(problems, document['x-problems'])
    const rewriting = addComponents(components, service, document)
    for (const tag of document['tags'] as { name: string }[] | undefined ?? []) tags.set(tag.name, tag)
    for (const [path, item] of Object.entries(document.paths)) {
      if (!path.startsWith('/v1/')) continue
      if (paths[path] !== undefined) {
        throw new MergeConflict(`${path} is in ${String(paths[path]['x-service'])} and in ${service}`)
      }
      const routed = rewriteRefs(item, rewriting)
      for (const [, operation] of operationsOf(routed)) addLimits(operation)
      paths[path] = { 'x-service': service, ...routed }
    }
  }
  assertUniqueOperations(paths)
  const [first] = Object.values(documents)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Dueline',
      version: first?.info.version ?? '0.0.0',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    ...(tags.size === 0 ? {} : { tags: [...tags.values()] }),
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => a < b ? -1 : 1)),
    webhooks: openApiWebhooks(components['schemas'] ?? {}),
    'x-problems': Object.fromEntries(Object.entries(problems).sort(([a], [b]) => a < b ? -1 : 1)),
    components: {
      ...components,
      headers: { ...components['headers'], ...limits },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        ...components['securitySchemes']
      }
    }
  }
}
