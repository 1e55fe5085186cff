import { addExamples, nameShapes, tagUnions } from '@dueline/contracts'
import { fastifySwagger, formatParamUrl } from '@fastify/swagger'
import type { RouteOptions } from 'fastify'
import { answerHeaders, headersOf } from './answer-headers.ts'
import { describeAnswers } from './answers.ts'
import { baseErrors, type ErrorTable } from './errors.ts'
import { mergePatchType } from './merge-patch.ts'
import { takesKey } from './methods.ts'
import { problemCodesOf, problemResponses, problemSchema, problemsOf } from './problem-answers.ts'
import type { App } from './types.ts'

/** An OpenAPI 3.1 document, as far as it is looked into here. */
export interface OpenApiDocument {
  openapi: string
  info: { title: string, version: string, [member: string]: unknown }
  paths: Record<string, PathItem>
  components?: Record<string, Record<string, unknown>>
  [member: string]: unknown
}

/** The operations of one path, by lower-case method; members that start with `x-` are annotations. */
export type PathItem = Record<string, unknown>

/** One operation of a document. */
export interface Operation {
  operationId?: string
  parameters?: object[]
  responses?: Record<string, unknown>
  security?: object[]
  'x-roles'?: readonly string[]
  /** What an API key needs for it; absent where only people may. */
  'x-scope'?: string
  [member: string]: unknown
}

function upperFirst (text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

interface Media {
  description?: string
  headers?: Record<string, object>
  content?: Record<string, { schema?: Record<string, unknown> }>
}

/** Names and describes what an operation takes and answers after it, where its author has not. */
function nameBodies ({ operationId = '', summary, requestBody, responses = {} }: Operation): void {
  const name = ({ content = {} }: Media, ending: string, description: string | undefined): void => {
    for (const { schema } of Object.values(content)) {
      if (schema?.['type'] !== 'object') continue
      schema['title'] ??= `${upperFirst(operationId)}${ending}`
      schema['description'] ??= description
    }
  }
  name((requestBody ?? {}) as Media, 'Body', `What to send to: ${String(summary)}`)
  for (const [status, answer] of Object.entries(responses as Record<string, Media>)) {
    if (status < '300') name(answer, 'Answer', answer.description)
  }
}

function headerParameters (route: RouteOptions, codes: readonly string[]): object[] {
  const parameters: object[] = []
  if (takesKey(route)) {
    parameters.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      schema: { type: 'string', pattern: '^[!-~]{1,255}$', minLength: 1, maxLength: 255 },
      description:
        'Visible ASCII characters. The same key and request give the same answer for 24 hours, and one effect'
    })
  }
  if (codes.includes('precondition_failed')) {
    const required = codes.includes('precondition_required')
    parameters.push({
      name: 'If-Match',
      in: 'header',
      required,
      schema: { type: 'string' },
      description: `The \`ETag\` of what you have read${required ? '' : '; without it any version will do'}`
    })
  }
  if (route.method === 'GET' && route.config?.etag === true) {
    parameters.push({
      name: 'If-None-Match',
      in: 'header',
      required: false,
      schema: { type: 'string' },
      description: 'The `ETag` of what you have; 304 when it is still the newest'
    })
  }
  return parameters
}

/** For who cannot send a token in a header. */
const ticketScheme = {
  type: 'apiKey',
  in: 'query',
  name: 'ticket',
  description: 'A ticket of `POST /v1/events/stream-tickets`: it opens one stream, within 30 seconds'
}

/** Answered in place of 200 where the caller has the present version. */
const unchanged = (): object => ({ 304: { description: 'You have the newest version.' } })

function complete (
  operation: Operation,
  route: RouteOptions,
  table: ErrorTable,
  routes: readonly RouteOptions[]
): void {
  const codes = problemCodesOf(route)
  const { roles, answers, etag } = route.config ?? {}
  const more = route.method === 'GET' && etag === true ? unchanged() : {}
  describeAnswers(operation.operationId ?? '', operation.responses ?? {}, answers)
  nameBodies(operation)
  operation.responses = { ...operation.responses, ...more, ...problemResponses(codes, table) }
  for (const [status, answer] of Object.entries(operation.responses) as Array<[string, Media]>) {
    answer.headers = { ...answer.headers, ...headersOf(status, route, codes, routes) }
  }
  const parameters = [...(operation.parameters ?? []), ...headerParameters(route, codes)]
  if (parameters.length > 0) operation.parameters = parameters
  const consumes = (route.schema as { consumes?: readonly string[] } | undefined)?.consumes
  if (operation['requestBody'] === undefined && consumes !== undefined) {
    // A body that is read as it comes has no schema, but it has a type.
    operation['requestBody'] = {
      required: true,
      content: Object.fromEntries(consumes.map((type) => [type, { schema: { type: 'string' } }]))
    }
  }
  if (route.config?.bodyOptional === true) Object.assign(operation['requestBody'] as object, { required: false })
  const content = (operation['requestBody'] as Media | undefined)?.content
  if (route.method === 'PATCH' && content?.['application/json'] !== undefined) {
    content[mergePatchType] = content['application/json']
  }
  if (route.config?.ticket === true) operation.security = [{ bearer: [] }, { ticket: [] }]
  if (route.config?.answerSeal !== undefined) operation['x-secret'] = true
  if (roles === 'public') operation.security = []
  else if (roles !== undefined) operation['x-roles'] = [...roles]
  if (typeof route.config?.scope === 'string') operation['x-scope'] = route.config.scope
}

export interface OpenApiOptions {
  service: string
  version: string
  errors: ErrorTable
  /** The schema of a route as it was written, when the one it runs with was rewritten for speed. */
  originalOf: (schema: object) => object | undefined
  /** Every route of the app, filled as they are added. */
  routes: readonly RouteOptions[]
}

/**
 * Registers the OpenAPI document of an app. The plugin is called as the function it is, not through `register`, because
 * its hook must stand before the first route is added, and `register` would run it after.
 */
export function registerOpenApi (app: App, { service, version, errors, originalOf, routes }: OpenApiOptions): void {
  const table: ErrorTable = { ...baseErrors, ...errors }
  fastifySwagger(
    app as never,
    {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: `Dueline ${upperFirst(service)}`,
          version,
          license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
        },
        servers: [{ url: '/' }],
        components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
        security: [{ bearer: [] }]
      },
      convertConstToEnum: false,
      transform: ({ schema, url }) => ({ schema: (originalOf(schema ?? {}) ?? schema) as never, url }),
      transformObject: (document) => {
        const { openapiObject } = document as { openapiObject: OpenApiDocument }
        if (routes.some(({ config }) => config?.ticket === true)) {
          Object.assign(openapiObject.components?.['securitySchemes'] ?? {}, { ticket: ticketScheme })
        }
        for (const route of routes) {
          const item = openapiObject.paths[formatParamUrl(route.url)]
          for (const method of [route.method].flat()) {
            const operation = item?.[method.toLowerCase()] as Operation | undefined
            if (operation !== undefined) complete(operation, route, table, routes)
          }
        }
        const { document: named, schemas } = nameShapes({ paths: openapiObject.paths, problemSchema })
        for (const part of [named, schemas]) tagUnions(part, schemas)
        addExamples(schemas)
        openapiObject.paths = named.paths
        openapiObject.components = { ...openapiObject.components, schemas, headers: answerHeaders }
        openapiObject['x-problems'] = problemsOf(table)
        return openapiObject as never
      }
    },
    (error?: Error) => {
      if (error !== undefined) throw error
    }
  )
}
