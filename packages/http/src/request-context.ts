import type { IncomingMessage } from 'node:http'
import type { Ids } from '@dueline/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './types.ts'

const requestIdPattern = /^[A-Za-z0-9._:-]{8,128}$/
const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The caller's `x-request-id` when it is one, else a new id. */
export function requestIdFrom (ids: Ids): (request: IncomingMessage) => string {
  return (request) => {
    const given = request.headers['x-request-id']
    return typeof given === 'string' && requestIdPattern.test(given) ? given : ids.next()
  }
}

function newTraceparent (ids: Ids): string {
  const trace = ids.next().replaceAll('-', '')
  const span = ids.next().replaceAll('-', '').slice(-16)
  return `00-${trace}-${span === '0000000000000000' ? '0000000000000001' : span}-01`
}

/** Gives every request its `traceparent` (made on first use) and every answer its `x-request-id`. */
export function registerRequestContext (app: App, ids: Ids): void {
  const traces = new WeakMap<object, string>()
  app.decorateRequest('principal', null as never)
  app.decorateRequest('traceparent', {
    getter (this: FastifyRequest) {
      const known = traces.get(this)
      if (known !== undefined) return known
      const given = this.headers['traceparent']
      const trace = typeof given === 'string' && traceparentPattern.test(given) ? given : newTraceparent(ids)
      traces.set(this, trace)
      return trace
    }
  })
  app.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    reply.header('x-request-id', request.id)
    done()
  })
}
