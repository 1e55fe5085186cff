import type { Ids } from '@dueline/runtime'
import type { Socket } from 'node:net'
import { problemMediaType } from './error-handler.ts'
import { baseErrors, problemBody, type ErrorEntry } from './errors.ts'

/** What becomes of a connection on which no request could be read, by the code of Node's error. */
const entries: Record<string, ErrorEntry> = {
  HPE_HEADER_OVERFLOW: baseErrors.headers_too_large,
  ERR_HTTP_REQUEST_TIMEOUT: baseErrors.request_timeout
}

/** Answers what is no HTTP request, or never became a whole one, with a problem, and ends the connection. */
export function clientErrorHandler (ids: Ids): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    const entry = entries[error.code ?? ''] ?? baseErrors.validation_failed
    // Gone already, or an answer is under way: nothing could be told.
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const requestId = ids.next()
    const detail = entry === baseErrors.validation_failed ? 'this is no HTTP request' : entry.title
    const body = JSON.stringify(problemBody(entry, { detail }, { instance: '/', requestId }))
    socket.end([`HTTP/1.1 ${entry.status} ${entry.title}`, `content-type: ${problemMediaType}`, `content-length: ${Buffer.byteLength(body)}`, 'connection: close', `x-request-id: ${requestId}`, '', body].join('\r\n'))
  }
}
