import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyWebhook } from '@dueline/client'

/** An integrator's receiver that believes nothing that is not signed. */
export interface WebhookListener {
  url: string
  /** From here on deliveries are checked with this secret. */
  trust(secret: string): void
  /** Types of the events whose signature was right. */
  verified: string[]
  rejected: number
  stop(): Promise<void>
}

/**
 * @param url how it is called from where deliveries come; it listens on that port, on loopback only when the address is
 * there. Port 0 takes a free one
 */
export async function startWebhookListener (url: string): Promise<WebhookListener> {
  const { hostname, port } = new URL(url)
  const secrets: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      verifyWebhook(request.headers, Buffer.concat(chunks), secrets).then(({ type }) => {
        listener.verified.push(type)
        response.writeHead(204).end()
      }, () => {
        listener.rejected++
        response.writeHead(400).end()
      })
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(Number(port), hostname === '127.0.0.1' ? hostname : undefined, resolve)
  })
  const listener: WebhookListener = {
    url: `http://${hostname}:${(server.address() as AddressInfo).port}/events`,
    trust: (secret) => {
      secrets.push(secret)
    },
    verified: [],
    rejected: 0,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
  return listener
}
