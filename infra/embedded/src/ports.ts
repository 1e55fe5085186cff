import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below what systems give to outgoing connections (32,768 and up): there a port that is free now may be taken by the next connection. */
const range = { from: 20_000, size: 12_000 }
/** Processes that start one after another look this far apart. */
const stride = 131

let next = process.pid * stride

/**
 * `count` ports on loopback: `first`, `first + 1`, … or free ones when `first` is 0. A process is never given a port twice,
 * and processes that look at the same time look in different places: between choosing and listening nobody else comes.
 */
export async function choosePorts (first: number, count: number): Promise<number[]> {
  if (first !== 0) return Array.from({ length: count }, (_, index) => first + index)
  const ports: number[] = []
  for (let looked = 0; ports.length < count; looked++) {
    if (looked === range.size) throw new Error(`no ${count} free ports on 127.0.0.1 from ${range.from} on`)
    const port = range.from + next++ % range.size
    if (await isFree(port)) ports.push(port)
  }
  return ports
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
