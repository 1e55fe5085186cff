import { isUtf8 } from 'node:buffer'
import { withInexactIntegers } from '@dueline/contracts'
import type { RouteOptions } from 'fastify'
import { baseErrors, Problem, problem } from './errors.ts'
import { mergePatchType, extractRemovals } from './merge-patch.ts'
import type { App } from './types.ts'

/** A body sent to an operation that takes none is a fault, like an unknown field. */
export async function refuseBody (request: { body: unknown }): Promise<void> {
  const { body } = request
  if (body === undefined || body === null) return
  if (typeof body === 'object' && Object.keys(body).length === 0) return
  problem(baseErrors.validation_failed, {
    detail: 'this operation takes no body',
    faults: [{ pointer: '', message: 'must be absent' }]
  })
}

/** A body that may be left out is as if nothing were said in it. */
export async function fillBody (request: { body: unknown }): Promise<void> {
  if (request.body === undefined) request.body = {}
}

const notUtf8 = { detail: 'the body is not UTF-8', faults: [{ pointer: '', message: 'must be JSON in UTF-8' }] }

const otherCharset = {
  detail: 'JSON is read as UTF-8 only: send "application/json", or "application/json; charset=utf-8"'
}

const notPatched = { detail: `${mergePatchType} is for PATCH`, headers: { accept: 'application/json' } }

/** Whether a media type names no charset, or UTF-8 (ASCII is a part of it). */
function isSaidUtf8 (mediaType = ''): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(mediaType)?.[1]?.toLowerCase()
  return charset === undefined || ['utf-8', 'utf8', 'us-ascii'].includes(charset)
}

/** The first name in a JSON text that would reach into objects, by which the parser refuses it; null: it is no JSON. */
function unsafeNameIn (text: string): string | null {
  let found: string | null = null
  try {
    JSON.parse(text, (name, value: unknown) => {
      const isUnsafe = name === '__proto__' ||
        (name === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype'))
      if (isUnsafe) found ??= name
      return value
    })
  } catch {
    return null
  }
  return found
}

/** What is wrong with a text that the parser has refused, where that is more than that it is no JSON. */
function refusalOf (text: string, error: Error): Error {
  const name = unsafeNameIn(text)
  if (name === null) return error
  return new Problem(baseErrors.validation_failed, {
    detail: `the body has a name that is not allowed: ${name}`,
    faults: [{ pointer: '', message: `must not have the name "${name}" at any depth` }],
    cause: error
  })
}

/**
 * JSON is the only type of bodies, for PATCH also as a merge patch. What is wrong with a value that was read is for
 * validation to say.
 */
export function registerParsers (app: App): void {
  app.removeContentTypeParser('text/plain')
  app.removeContentTypeParser('application/json')
  const parse = app.getDefaultJsonParser('error', 'error')
  app.decorateRequest('removals', null)
  app.addContentTypeParser(
    ['application/json', mergePatchType],
    { parseAs: 'buffer' },
    (request, body: Buffer, done) => {
      const isPatch = request.headers['content-type']?.toLowerCase().startsWith(mergePatchType) === true
      if (isPatch && request.method !== 'PATCH') return done(new Problem(baseErrors.unsupported_media_type, notPatched))
      // Clients set the type on every POST; nothing under it is no body, not bad JSON.
      if (body.length === 0) return done(null, undefined)
      if (!isSaidUtf8(request.headers['content-type'])) {
        return done(new Problem(baseErrors.unsupported_media_type, otherCharset))
      }
      // Read leniently, each broken character would be kept as U+FFFD without a word.
      if (!isUtf8(body)) return done(new Problem(baseErrors.validation_failed, notUtf8))
      const text = body.toString('utf8')
      return parse(
        request,
        text,
        (error, value) => {
          if (error !== null) return done(refusalOf(text, error))
          const read = withInexactIntegers(text, value)
          if (isPatch) request.removals = extractRemovals(read)
          return done(null, read)
        }
      )
    }
  )
}

/** What is special about an operation that streams events: it has no end. HEAD is its handler's to answer. */
export function prepareStream (route: RouteOptions): void {
  const { produces } = (route.schema ?? {}) as { produces?: readonly string[] }
  if (produces?.includes('text/event-stream') !== true) return
  route.config = { ...route.config, endless: true }
}
