import { createServer, type AddressInfo } from 'node:net'

/**
 * `count` ports on loopback: `first`, `first + 1`, … or free ones when `first` is 0.
 * Free ones are held open together, so that they differ, and then given back.
 */
export async function choosePorts (first: number, count: number): Promise<number[]> {
  if (first !== 0) return Array.from({ length: count }, (_, index) => first + index)
  const servers = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    return server
  }))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
