import { STATUS_CODES } from 'node:http'
import { scimMediaType as mediaType, type ScimType } from '@dueline/contracts'
import { Problem, scimFaultOf, toProblem, type AnyReply, type AnyRequest, type App } from '@dueline/http'
import type { FastifyInstance } from 'fastify'
import { errorBody, ScimError } from '../domain/scim/scim-error.ts'
import { listBody } from '../domain/scim/views.ts'
import type { RouteDeps } from '../routes/route-deps.ts'
import { bulk } from './bulk.ts'
import { bodyMaxBytes, schemaViews, serviceProviderConfig, typeViews } from './discovery.ts'
import { groupKind } from './groups.ts'
import { base, type Kind } from './kind.ts'
import { listResources, searchAll } from './list-resources.ts'
import { createOne, deleteOne, patchOne, readOne, replaceOne, type Answer } from './operations.ts'
import { userKind } from './users.ts'
import { askedBy, listQueryOf, readsNothing } from './requests.ts'

/** The scimType of problems that the service raises for its own API too. */
const scimTypes: Readonly<Record<string, ScimType>> = { name_taken: 'uniqueness', person_exists: 'uniqueness' }

/** An error as SCIM says it. */
function scimErrorOf (error: unknown, request: AnyRequest): ScimError {
  if (error instanceof ScimError) return error
  const { status, scimType, detail } = scimFaultOf(toProblem(error, request), scimTypes)
  return new ScimError(status, scimType, detail)
}

function sendError (error: unknown, request: AnyRequest, reply: AnyReply): AnyReply {
  const answer = scimErrorOf(error, request)
  if (answer.status >= 500) {
    request.log.error({ err: error, route: request.routeOptions.url }, STATUS_CODES[answer.status] ?? 'request failed')
  }
  const headers = error instanceof Problem ? error.options.headers ?? {} : {}
  return reply.code(answer.status).headers(headers).type(mediaType).send(JSON.stringify(errorBody(answer)))
}

function send (reply: AnyReply, { status, body, headers }: Answer): AnyReply {
  reply.code(status).headers(headers)
  return body === undefined ? reply.send() : reply.type(mediaType).send(JSON.stringify(body))
}

/** No other hook or parser of the service is between a directory and what it asks but these. */
function prepare (scope: FastifyInstance, { scimCallers }: RouteDeps): void {
  scope.setErrorHandler((error, request, reply) => sendError(error, request, reply))
  scope.addHook('onRequest', async (request) => {
    request.principal = await scimCallers.of(request)
  })
  scope.removeAllContentTypeParsers()
  const parse = scope.getDefaultJsonParser('error', 'error')
  scope.addContentTypeParser(
    ['application/scim+json', 'application/json'],
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') return done(null, undefined)
      return parse(request, body as string, done)
    }
  )
}

// Every write may be sent again as it is: none takes an Idempotency-Key.
const hidden = { schema: { hide: true }, config: { idempotent: false } }

function addDiscovery (scope: FastifyInstance): void {
  const one = (path: string, body: object) =>
    scope.get(path, hidden, async (request, reply) => {
      readsNothing(request)
      return await reply.type(mediaType).send(JSON.stringify(body))
    })
  one('/ServiceProviderConfig', serviceProviderConfig)
  for (const [path, views] of [['/Schemas', schemaViews], ['/ResourceTypes', typeViews]] as const) {
    one(path, listBody(views, views.length, 1))
    scope.get(`${path}/:id`, hidden, async (request, reply) => {
      const { id } = request.params as { id: string }
      const view = views.find((each) => each.id.toLowerCase() === id.toLowerCase())
      if (view === undefined) throw new ScimError(404, undefined, `there is no ${id.slice(0, 200)}`)
      return await reply.type(mediaType).send(JSON.stringify(view))
    })
  }
}

function addResources (scope: FastifyInstance, kind: Kind, { database }: RouteDeps): void {
  const { endpoint } = kind.type
  const own = (request: AnyRequest) => database.forTenant(request.principal.tenantId)
  const list = async (request: AnyRequest, reply: AnyReply, from: unknown) => {
    const { read, tenantId } = own(request)
    const body = await listResources(read, tenantId, kind, listQueryOf(from))
    return await reply.type(mediaType).send(JSON.stringify(body))
  }
  scope.get(endpoint, hidden, async (request, reply) => await list(request, reply, request.query))
  scope.post(`${endpoint}/.search`, hidden, async (request, reply) => await list(request, reply, request.body))
  const answers = { GET: readOne, PUT: replaceOne, PATCH: patchOne, DELETE: deleteOne } as const
  scope.post(
    endpoint,
    hidden,
    async (request, reply) => send(reply, await createOne(own(request), kind, askedBy(request)))
  )
  for (const [method, answer] of Object.entries(answers)) {
    scope.route({
      method: method as 'GET',
      url: `${endpoint}/:id`,
      ...hidden,
      handler: async (request, reply) => send(reply, await answer(own(request), kind, askedBy(request)))
    })
  }
}

/** Addresses that there are, which some methods are not for. */
const known = /^\/scim\/v2\/(?:ServiceProviderConfig|Schemas|ResourceTypes|Users|Groups|Bulk)(?:[/?]|$)/

/** SCIM 2.0 (RFC 7643, 7644) at `/scim/v2`: its own tokens, media type and errors. */
export function scimRoutes (app: App, deps: RouteDeps): void {
  const kinds = [userKind(deps), groupKind(deps)]
  app.register(async (scope) => {
    prepare(scope as unknown as FastifyInstance, deps)
    addDiscovery(scope as unknown as FastifyInstance)
    for (const kind of kinds) addResources(scope as unknown as FastifyInstance, kind, deps)
    scope.post('/Bulk', { ...hidden, bodyLimit: bodyMaxBytes }, async (request, reply) => {
      const own = deps.database.forTenant(request.principal.tenantId)
      const body = await bulk(own, kinds, request.body, (error) => scimErrorOf(error, request))
      return await reply.type(mediaType).send(JSON.stringify(body))
    })
    scope.post('/.search', hidden, async (request, reply) => {
      const { read, tenantId } = deps.database.forTenant(request.principal.tenantId)
      const body = await searchAll(read, tenantId, kinds, listQueryOf(request.body))
      return await reply.type(mediaType).send(JSON.stringify(body))
    })
    scope.all('/*', hidden, async (request) => {
      if (request.method !== 'GET' && known.test(request.url)) throw new ScimError(405, undefined, 'not by this method')
      throw new ScimError(404, undefined, 'there is no such address')
    })
  }, { prefix: base })
}
