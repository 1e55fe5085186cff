import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { arrivals } from './arrivals.ts'
import type { Arrivals } from './arrivals.ts'
import type { TestContext } from './test-database.ts'

/** One request, its body as the exact text that was signed. */
export interface ReceivedRequest {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
}

/** How a request is answered; `hang` never answers, `reset` drops the connection, a promise answers once it is kept. */
export type WebhookAnswer =
  | number
  | { status: number, headers?: Record<string, string>, body?: string }
  | 'hang'
  | 'reset'
  | Promise<number>

/** A real HTTP server on this machine that records requests. */
export interface WebhookReceiver {
  readonly url: string
  readonly requests: Arrivals<ReceivedRequest>
  /** Answers for the next requests, one each; afterwards 200 again. */
  answer(...answers: WebhookAnswer[]): void
  /** The answer whenever none is queued; a function is asked for each. */
  always(answer: WebhookAnswer | (() => WebhookAnswer)): void
}

/** Starts a receiver; it and its open connections are closed in the test's teardown. */
export async function webhookReceiver (t: Pick<TestContext, 'teardown'>): Promise<WebhookReceiver> {
  const requests = arrivals<ReceivedRequest>()
  const queue: WebhookAnswer[] = []
  let usual: WebhookAnswer | (() => WebhookAnswer) = 200
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', async () => {
      const answering = queue.shift() ?? (typeof usual === 'function' ? usual() : usual)
      requests.add({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8')
      })
      const answer = await answering
      if (answer === 'reset') request.socket.destroy()
      else if (answer !== 'hang') {
        const { status, headers = {}, body = '' } = typeof answer === 'number' ? { status: answer } : answer
        response.writeHead(status, headers).end(body)
      }
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  t.teardown(() =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  )
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (...answers) => {
      queue.push(...answers)
    },
    always: (answer) => {
      usual = answer
    }
  }
}
