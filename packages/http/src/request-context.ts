import type { IncomingMessage } from 'node:http'
import { inTrace, isTraceparent, newTraceparent, type Ids } from '@dueline/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './types.ts'

const requestIdPattern = /^[A-Za-z0-9._:-]{8,128}$/

/** The caller's `x-request-id` when it is one, else a new id. */
export function requestIdFrom (ids: Ids): (request: IncomingMessage) => string {
  return (request) => {
    const given = request.headers['x-request-id']
    return typeof given === 'string' && requestIdPattern.test(given) ? given : ids.next()
  }
}

const traces = new WeakMap<FastifyRequest, string>()

function traceparentOf (request: FastifyRequest): string {
  const known = traces.get(request)
  if (known !== undefined) return known
  const given = request.headers['traceparent']
  const traceparent = isTraceparent(given) ? given : newTraceparent()
  traces.set(request, traceparent)
  return traceparent
}

/** Longest that is passed on: who propagates it must take 512 characters (W3C Trace Context). */
const tracestateMax = 512

/** The caller's `tracestate`; one that came without a `traceparent` that holds says nothing. */
function tracestateOf ({ headers: { traceparent, tracestate } }: FastifyRequest): string | undefined {
  const state = [tracestate ?? []].flat().join(',')
  return state !== '' && state.length <= tracestateMax && isTraceparent(traceparent) ? state : undefined
}

/** Does `fn` in the trace of a request: the caller's `traceparent` with its `tracestate`, or a new one. */
export function inTraceOf (request: FastifyRequest, fn: () => void): void {
  inTrace(() => traceparentOf(request), fn, tracestateOf(request))
}

/** Does all that follows for a request in its trace. Gives every answer its `x-request-id`. */
export function registerRequestContext (app: App): void {
  app.decorateRequest('principal', null as never)
  app.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    reply.header('x-request-id', request.id)
    inTraceOf(request, done)
  })
  // what reads a body goes on in the context of the connection
  app.addHook('preValidation', (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    inTraceOf(request, done)
  })
}
