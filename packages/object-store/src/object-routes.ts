import { Readable } from 'node:stream'
import { baseErrors, defineErrors, problem, type AnyRequest, type App } from '@dueline/http'
import type { Clock } from '@dueline/runtime'
import { Type } from 'typebox'
import { attachment } from './content.ts'
import { SignatureRefused, type Grant, type GrantSigner } from './files-signature.ts'
import { ContentRefused, ObjectNotFound, ObjectStoreUnavailable, type ObjectStore } from './store.ts'

/** What operations on files may answer besides the base table; a service that has them spreads it into its own. */
export const objectErrors = defineErrors({
  signature_refused: {
    status: 403,
    title: 'The address is not signed, or not for this',
    description: 'Use the address as it was given, with its method and headers.'
  },
  signature_expired: {
    status: 403,
    title: 'The address has expired',
    description: 'Ask for another one: reserve the upload again, or read the file again.'
  },
  content_refused: {
    status: 400,
    title: 'The bytes are not those that were reserved',
    description: '`detail` says whether their number, their SHA-256 or their type differs. Nothing was stored.'
  }
})

export interface ObjectRouteOptions {
  /** As in the path: `/v1/<path>`. */
  path: string
  /** How operations are called: `putTemplateObject` and `getTemplateObject` of `TemplateObject`. */
  name: string
  store: ObjectStore
  signer: GrantSigner
  clock: Clock
}

const Signed = Type.Object({
  signature: Type.String({ minLength: 1, maxLength: 4_000, description: 'As it stands in the address that was given' })
})
const Bytes = Type.Unsafe<unknown>({ description: 'The bytes that were reserved', contentMediaType: '*/*' })

/**
 * Adds `PUT` and `GET /v1/<path>?signature=`, by which callers send and get objects of a files store. The address alone
 * is the right to do it, so it needs no token.
 */
export function objectRoutes (app: App, options: ObjectRouteOptions): void {
  app.register(async (scope: App) => {
    // bytes are passed on as they come: validation must not look at them
    const bodies = new WeakMap<AnyRequest, Readable>()
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (request, payload, done) => {
      bodies.set(request, payload)
      done(null, undefined)
    })
    putRoute(scope, options, bodies)
    getRoute(scope, options)
  })
}

function putRoute (
  app: App,
  { path, name, store, signer, clock }: ObjectRouteOptions,
  bodies: WeakMap<AnyRequest, Readable>
): void {
  app.route({
    method: 'PUT',
    url: `/v1/${path}`,
    config: {
      roles: 'public',
      rawBody: true,
      idempotent: false,
      problems: ['signature_refused', 'signature_expired', 'content_refused'],
      answers: { 204: 'The bytes are stored' }
    },
    schema: {
      operationId: `put${name}`,
      summary: 'Send the bytes of a file',
      description:
        'The address that reserving a file has answered, with the `headers` that it named. Sending the same ' +
        'bytes again changes nothing; others are refused.',
      tags: ['files'],
      consumes: ['*/*'],
      querystring: Signed,
      body: Bytes,
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) => {
      const grant = grantOf(signer, request.query.signature, 'PUT', clock)
      const { sizeBytes = 0, sha256 = '', contentType } = grant
      refuseOther(request, grant)
      const body = bodies.get(request) ?? Readable.from([])
      await store.put(grant.key, { sizeBytes, sha256, contentType, open: () => body }).catch(refuse)
      return await reply.code(204).send(null)
    }
  })
}

function getRoute (app: App, { path, name, store, signer, clock }: ObjectRouteOptions): void {
  app.route({
    method: 'GET',
    url: `/v1/${path}`,
    config: {
      roles: 'public',
      problems: ['signature_refused', 'signature_expired', 'not_found'],
      answers: { 200: 'The bytes' }
    },
    schema: {
      operationId: `get${name}`,
      summary: 'Get the bytes of a file',
      description: 'The address that reading a file has answered.',
      tags: ['files'],
      produces: ['application/octet-stream'],
      querystring: Signed,
      response: { 200: Type.Unsafe<Readable>({ type: 'string', format: 'binary' }) }
    },
    handler: async (request, reply) => {
      const { key, contentType, fileName = 'file' } = grantOf(signer, request.query.signature, 'GET', clock)
      const { body, sizeBytes } = await store.get(key).catch(refuse)
      return await reply
        .header('content-length', sizeBytes)
        .header('content-disposition', attachment(fileName))
        // what people have sent is never run or guessed at by a browser
        .header('x-content-type-options', 'nosniff')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('cache-control', 'private, no-store')
        .type(contentType)
        .send(body)
    }
  })
}

function grantOf (signer: GrantSigner, signature: string, method: Grant['method'], clock: Clock): Grant {
  try {
    return signer.read(signature, method, clock.now() / 1_000)
  } catch (error) {
    if (!(error instanceof SignatureRefused)) throw error
    return problem(error.reason === 'expired' ? objectErrors.signature_expired : objectErrors.signature_refused, {
      faults: [{ in: 'query', pointer: '/signature', message: `must be as it was given: ${error.message}` }]
    })
  }
}

/** Refuses by the headers what need not be read. */
function refuseOther ({ headers }: AnyRequest, { contentType, sizeBytes }: Grant): void {
  if (headers['content-type'] !== contentType) {
    problem(objectErrors.content_refused, {
      detail: 'the media type is not the reserved one',
      faults: [{ in: 'header', pointer: '/content-type', message: `must be ${contentType}` }]
    })
  }
  const length = headers['content-length']
  if (length !== undefined && Number(length) !== sizeBytes) {
    problem(objectErrors.content_refused, {
      detail: 'the number of bytes is not the reserved one',
      faults: [{ in: 'header', pointer: '/content-length', message: `must be ${sizeBytes}` }]
    })
  }
}

/** Answers what a store throws. */
export function refuse (error: unknown): never {
  if (error instanceof ContentRefused) {
    problem(objectErrors.content_refused, {
      detail: error.message,
      faults: [{ pointer: '', message: `must have the reserved ${error.what}` }]
    })
  }
  if (error instanceof ObjectNotFound) problem(baseErrors.not_found, { detail: 'there is no such object' })
  if (error instanceof ObjectStoreUnavailable) {
    problem(baseErrors.unavailable, {
      detail: 'the object store is not available at the moment',
      headers: { 'retry-after': '1' },
      cause: error
    })
  }
  throw error
}
