import type { Ids } from '@dueline/runtime'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { problemMediaType } from './error-handler.ts'
import { baseErrors, problemBody, type ErrorEntry } from './errors.ts'

/** What becomes of a connection on which no request could be read, by the code of Node's error. */
const known: Record<string, ErrorEntry> = {
  HPE_HEADER_OVERFLOW: baseErrors.headers_too_large,
  ERR_HTTP_REQUEST_TIMEOUT: baseErrors.request_timeout
}
const noRequest = { detail: 'this is no HTTP request' }

/** Answers what is no HTTP request, or never became a whole one, with a problem, and ends the connection. */
export function clientErrorHandler (ids: Ids): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    // Gone already, or an answer is under way: nothing could be told.
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const requestId = ids.next()
    const found = known[error.code ?? '']
    const entry = found ?? baseErrors.validation_failed
    const body = JSON.stringify(problemBody(entry, found === undefined ? noRequest : {}, { instance: '/', requestId }))
    socket.end([`HTTP/1.1 ${entry.status} ${STATUS_CODES[entry.status]}`, `content-type: ${problemMediaType}`, `content-length: ${Buffer.byteLength(body)}`, 'connection: close', `x-request-id: ${requestId}`, '', body].join('\r\n'))
  }
}
