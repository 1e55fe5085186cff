import type { IncomingMessage } from 'node:http'
import { escapePointer } from '@dueline/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { baseErrors, faultsMax, Problem } from './errors.ts'
import type { Methods } from './methods.ts'

const absoluteForm = /^https?:\/\/([^/?#]*)([^#]*)$/i

/**
 * The path of a request target. Proxies send the whole address (`GET http://host/path`), which every server must take;
 * its host then counts in place of the `Host` header (RFC 9112, 3.2.2).
 */
export function originForm (request: IncomingMessage): string {
  const { url = '/', headers } = request
  if (url.startsWith('/')) return url
  const [, host, rest = ''] = absoluteForm.exec(url) ?? []
  if (host === undefined) return `/${url}`
  headers.host = host
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** Why there is nothing for a method at an address: 405 with those that it takes, or 404. */
export function nowhere (request: FastifyRequest, methods: Methods): Problem {
  const path = request.url.split('?', 1)[0]
  const allow = methods.of(request.url).join(', ')
  if (allow !== '') {
    return new Problem(baseErrors.method_not_allowed, { detail: `${path} takes ${allow}`, headers: { allow } })
  }
  return new Problem(baseErrors.not_found, { detail: `there is no ${request.method} ${path}` })
}

/**
 * Answers what no route is for before its body is looked at, so that neither its type nor its size hides the answer:
 * OPTIONS with 204 and `Allow`, other methods with 405, and where there is nothing 404. The hook comes behind those for
 * cross-origin rules, which have written what a browser asks for; a preflight is answered with 204 everywhere, so that
 * the browser sees the 404 of the request itself.
 */
export function answerUnrouted (methods: Methods) {
  return function (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
    if (request.method !== 'OPTIONS') {
      const isNowhere = request.is404 || methods.isTaken(request.method, request.url)
      return done(isNowhere ? nowhere(request, methods) : undefined)
    }
    const allow = methods.of(request.url).join(', ')
    const preflight = reply.hasHeader('access-control-allow-methods') &&
      request.headers['access-control-request-method'] !== undefined
    if (allow === '' && !preflight && request.originalUrl !== '*') return done(nowhere(request, methods))
    if (allow !== '') reply.header('allow', allow)
    reply.code(204).header('content-length', '0').send()
  }
}

/** Whether the percent signs of a part of a query stand for UTF-8; what is not ASCII is no HTTP request. */
function isDecodable (part: string): boolean {
  if (!part.includes('%')) return true
  try {
    decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}

/**
 * Refuses a query with a parameter that cannot be decoded, by its name: the parser would leave it as it was sent, and
 * it would be looked for as another text than was meant.
 */
export function refuseUndecodable (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
  const at = request.url.indexOf('?')
  const wrong = at < 0 ? [] : request.url.slice(at + 1).split('&').filter((part) => !isDecodable(part))
  if (wrong.length === 0) return done()
  const names = new Set(wrong.map((part) => part.split('=', 1)[0]!))
  done(
    new Problem(baseErrors.validation_failed, {
      faults: [...names].slice(0, faultsMax).map((name) => ({
        in: 'query',
        pointer: `/${escapePointer(name)}`,
        message: 'must be percent-encoded UTF-8; a percent sign itself is %25'
      }))
    })
  )
}

/** Refuses a body that is packed: it would be read as what it is not. */
export function refuseEncoded (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding === '' || encoding.toLowerCase() === 'identity') return done()
  done(
    new Problem(baseErrors.unsupported_media_type, {
      detail: `the body must be sent as it is, without Content-Encoding: ${encoding.slice(0, 100)}`,
      headers: { 'accept-encoding': 'identity' },
      faults: [{ in: 'header', pointer: '/content-encoding', message: 'must be absent or identity' }]
    })
  )
}
