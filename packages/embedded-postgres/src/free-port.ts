import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below what systems give to outgoing connections: there a server that is away for a moment may lose its port to the
 * next connection.
 */
const range = { from: 20_000, size: 12_000 }

/** `wanted` when it is free (0: no wish), else one of a range in which each process begins to look at another place. */
export async function freePort (wanted: number): Promise<number> {
  if (wanted > 0 && await isFree(wanted)) return wanted
  for (let looked = 0; looked < range.size; looked++) {
    const port = range.from + (process.pid * 131 + 6_007 + looked) % range.size
    if (await isFree(port)) return port
  }
  throw new Error(`no free port on 127.0.0.1 from ${range.from} on`)
}

async function isFree (port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
