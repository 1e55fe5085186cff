// What `webhook-fairness` sends to: one receiver that answers at once and says what arrived when, and one that never
// answers.
import { systemClock } from '@dueline/runtime'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

async function listen (onRequest: RequestListener): Promise<Server> {
  const server = createServer(onRequest)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  return server
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const healthy = await listen((request, response) => {
  const receivedAt = systemClock.now()
  request.resume().on('end', () => {
    response.end()
    process.send?.({ id: request.headers['webhook-id'], receivedAt })
  })
})
const hanging = await listen((request) => {
  request.resume()
})

// the endpoint is gone: nobody waits for what it was sent
process.on('message', () => hanging.closeAllConnections())
process.on('disconnect', () => process.exit(0))
process.send?.({ healthy: urlOf(healthy), hanging: urlOf(hanging) })
