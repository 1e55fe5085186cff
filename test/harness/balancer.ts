import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** One address for all replicas of a service, as a cluster gives it: each new connection goes to the next one. */
export interface Balancer {
  readonly url: string
  /** New connections go to this port of loopback too. */
  add(port: number): void
  /** No new connection goes there; those that exist are left alone. */
  remove(port: number): void
  /** Breaks every connection that exists. */
  cut(): void
  close(): Promise<void>
}

export async function startBalancer (): Promise<Balancer> {
  const ports: number[] = []
  const open = new Set<Socket>()
  let turn = 0
  const server = createServer((caller) => {
    const port = ports[turn++ % ports.length]
    if (port === undefined) return caller.destroy()
    const replica = connect({ port, host: '127.0.0.1', noDelay: true })
    caller.setNoDelay(true)
    for (const [from, to] of [[caller, replica], [replica, caller]] as const) {
      open.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const cut = (): void => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (port) => {
      ports.push(port)
    },
    remove: (port) => {
      if (ports.includes(port)) ports.splice(ports.indexOf(port), 1)
    },
    cut,
    close: async () => {
      cut()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    }
  }
}
