import { inTrace, newTraceparent, type Ids, type Logger } from '@dueline/runtime'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { problemMediaType } from './error-handler.ts'
import { baseErrors, problemBody, type ErrorEntry, type ProblemOptions } from './errors.ts'
import type { App } from './types.ts'

/** A request must be here within this time, head and body together. */
const requestTimeout = 30_000

/**
 * The server options that hold it. Fastify would set the second only, and Node then takes the larger: 60 s, looked at
 * every 30 s. By the interval a request can be late.
 */
export const requestLimits = {
  requestTimeout,
  http: { requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: 2_000 }
}

/** What becomes of a connection on which no request could be read, by the code of Node's error. */
const known: Record<string, { entry: ErrorEntry, detail: string }> = {
  HPE_HEADER_OVERFLOW: {
    entry: baseErrors.headers_too_large,
    detail: 'the address and all headers together may have 16 KiB; ask for long lists of ids in several requests'
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    entry: baseErrors.request_timeout,
    detail: `a request must arrive within ${requestTimeout / 1_000} seconds`
  }
}
const noHttp = { entry: baseErrors.validation_failed, detail: 'this is no HTTP request' }

/** The request that was last answered on a connection although its body had not come whole. */
const answeredEarly = new WeakMap<Socket, IncomingMessage>()

/** What an answer outside of any request is made and logged with. */
interface Deps {
  readonly ids: Ids
  readonly logger: Logger
}

/** What happens beside requests: CONNECT, and answers that did not wait for a body, such as a 401. */
export function registerConnectionErrors (app: App, deps: Deps): void {
  app.addHook('onResponse', ({ raw }: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    if (!raw.complete) answeredEarly.set(raw.socket, raw)
    done()
  })
  // It asks for a tunnel, which nothing here is; Node would close the connection without a word.
  app.server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    endWith(socket, baseErrors.method_not_allowed, deps)
  })
}

/** Answers what is no HTTP request, or never became a whole one, with a problem, and ends the connection. */
export function clientErrorHandler (deps: Deps): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    // Gone already, or answered already, or an answer is under way: nothing could be said.
    if (!socket.writable || error.code === 'ECONNRESET' || answeredEarly.get(socket)?.complete === false) {
      socket.destroy()
      return
    }
    const { entry, detail } = known[error.code ?? ''] ?? noHttp
    endWith(socket, entry, deps, { detail })
  }
}

/** Nothing of the request is known: it gets an id and a trace of its own, under which it is logged as others are. */
function endWith (socket: Socket, entry: ErrorEntry, { ids, logger }: Deps, options: ProblemOptions = {}): void {
  const requestId = ids.next()
  const body = JSON.stringify(problemBody(entry, options, { instance: '/', requestId }))
  const head = [
    `HTTP/1.1 ${entry.status} ${STATUS_CODES[entry.status]}`,
    `content-type: ${problemMediaType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    `x-request-id: ${requestId}`,
    ...(entry.status === 405 ? ['allow: '] : [])
  ]
  inTrace(newTraceparent, () => {
    logger.info({ requestId, route: 'none', status: entry.status, code: entry.code }, 'request answered')
  })
  // A caller that neither reads nor closes must not keep the connection.
  socket.end([...head, '', body].join('\r\n'), () => socket.destroySoon())
}
