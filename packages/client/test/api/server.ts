import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came. */
export interface Came {
  method: string
  path: string
  query: URLSearchParams
  headers: Record<string, string>
  body: string
}

/** What is answered; a function writes the answer itself. */
export type Reply =
  | { status?: number, headers?: Record<string, string>, body?: unknown }
  | ((response: ServerResponse, came: Came) => void)

export interface TestServer {
  url: string
  /** Every request, in order. */
  came: Came[]
  /** What the next requests are answered, one after the other; the last one stays. */
  answer(...replies: Reply[]): void
  /** Ends every connection. */
  cut(): void
}

interface Test {
  teardown(fn: () => Promise<void>): unknown
}

/** A real server on loopback that answers as the test says. */
export async function startServer (t: Test): Promise<TestServer> {
  const came: Came[] = []
  let replies: Reply[] = [{ body: {} }]
  const server = createServer((request, response) => {
    void read(request).then((each) => {
      came.push(each)
      const reply = replies.length > 1 ? replies.shift() : replies[0]
      if (typeof reply === 'function') return reply(response, each)
      const { status = 200, headers = {}, body } = reply ?? {}
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    came,
    answer: (...next) => {
      replies = next
    },
    cut: () => server.closeAllConnections()
  }
}

async function read (request: IncomingMessage): Promise<Came> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
  return {
    method: request.method ?? '',
    path: pathname,
    query: searchParams,
    headers: request.headers as Record<string, string>,
    body: Buffer.concat(chunks).toString()
  }
}

/** The answer of a problem. */
export function problem (status: number, code: string, more: Record<string, unknown> = {}): Reply {
  const body = {
    type: 'about:blank',
    title: code,
    status,
    detail: code,
    instance: '/',
    code,
    errors: [],
    requestId: 'r'
  }
  return { status, headers: { 'content-type': 'application/problem+json' }, body: { ...body, ...more } }
}

/** Ends the connection without an answer. */
export const hangUp: Reply = (response) => {
  response.destroy()
}

/** A problem with a `Retry-After`. */
export function later (status: number, retryAfter: string, headers: Record<string, string> = {}): Reply {
  const reply = problem(status, status === 429 ? 'rate_limited' : 'unavailable') as { headers: object }
  return { ...reply, headers: { ...reply.headers, 'retry-after': retryAfter, ...headers } }
}

/** What an error of this status matches. */
export function ofStatus (status: number): Error {
  return { status } as unknown as Error
}
