import { once } from 'node:events'
import { createServer } from 'node:net'
import { StartFault, wrongChoice } from './start-fault.ts'

/**
 * Below what systems give to outgoing connections (32,768 and up): there a port that is free now may be taken by the
 * next connection.
 */
const range = { from: 20_000, size: 12_000 }
/** Processes that start one after another look this far apart. */
const stride = 131

let next = process.pid * stride

/**
 * What listens on the ports of a stack, in order. Services are written out, because the help lists ports before any
 * package is there; a test compares them with the list.
 */
export const portUses: readonly string[] = [
  'the API',
  'metrics of the gateway',
  'the mail page',
  'mails by SMTP',
  'the ticket service',
  'the sla-policy service',
  'the clock service',
  'the escalation service',
  'the notification service',
  'the directory service',
  'the template service'
]

/**
 * `count` ports on loopback: `first`, `first + 1`, … or free ones when `first` is 0. A process is never given a port
 * twice, and processes that look at the same time look in different places: between choosing and listening nobody else
 * comes.
 */
export async function choosePorts (first: number, count: number): Promise<number[]> {
  if (first !== 0) return Array.from({ length: count }, (_, index) => first + index)
  const ports: number[] = []
  for (let looked = 0; ports.length < count; looked++) {
    if (looked === range.size) throw new Error(`no ${count} free ports on 127.0.0.1 from ${range.from} on`)
    const port = range.from + next++ % range.size
    if (await portState(port) === 'free') ports.push(port)
  }
  return ports
}

/**
 * Looks at all of them before anything starts, which says more than the one that fails to listen.
 * @throws StartFault that names each port and its use
 */
export async function assertFree (ports: readonly number[], uses: readonly string[]): Promise<void> {
  const states = await Promise.all(ports.map(portState))
  const inState = (state: string): string[] =>
    ports.flatMap((port, index) => states[index] === state ? [`${port} (${uses[index]})`] : [])
  const [taken, forbidden] = [inState('taken'), inState('forbidden')]
  if (forbidden.length > 0) {
    throw wrongChoice(`this user may not use the port ${forbidden.join(', ')}: choose a --port above 1023`)
  }
  if (taken.length === 0) return
  const several = taken.length > 1
  throw wrongChoice(
    `the ${several ? 'ports' : 'port'} ${taken.join(', ')} ${several ? 'are' : 'is'} taken: ` +
      `stop what has ${several ? 'them' : 'it'}, or choose another --port (${ports.length} in a row are needed; ` +
      '0 takes free ones)'
  )
}

/** The first of `count` free ports in a row from `wanted` on. @throws StartFault when there are none nearby */
export async function freeRow (wanted: number, count: number): Promise<{ first: number, taken: number | undefined }> {
  let taken: number | undefined
  for (let first = wanted, port = first; port < wanted + 1_000; port++) {
    if (await portState(port) !== 'free') {
      taken ??= port
      first = port + 1
    } else if (port - first === count - 1) return { first, taken }
  }
  throw new StartFault(
    `there are no ${count} free ports in a row from ${wanted} on: choose another --port (0 takes free ones)`
  )
}

async function portState (port: number): Promise<'free' | 'taken' | 'forbidden'> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'forbidden' : 'taken'
  }
  server.close()
  await once(server, 'close')
  return 'free'
}
