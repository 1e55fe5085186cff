import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Role } from '@dueline/contracts'
import { Pool } from 'undici'
import { openBenchStack, type BenchStack } from './bench-stack.ts'

/** The whole embedded stack in a process of its own, and a bare peer in another, on the same database server. */
export interface BesideBare {
  readonly own: BenchStack
  /** Connections to the peer that stay open. */
  readonly bare: Pool
  /** Of the build in the folder `beside`, where one is named; on a server of its own. */
  readonly other: BenchStack | undefined
}

/** `peer` names a file in `peers/`. Everything is gone afterwards. */
export async function besideBare<T> (
  { peer, roles, connections, beside }: {
    peer: string,
    roles: Role[],
    connections: number,
    beside: string | undefined
  },
  use: (sides: BesideBare) => Promise<T>
): Promise<T> {
  const closings: Array<() => unknown> = []
  try {
    const own = await openBenchStack(roles, { connections })
    closings.unshift(own.close)
    const other = beside === undefined ? undefined : await openBenchStack(roles, { connections, build: beside })
    if (other !== undefined) closings.unshift(other.close)
    const peerProcess = fork(fileURLToPath(new URL(`./peers/${peer}.ts`, import.meta.url)), [own.databaseUrl])
    closings.unshift(() => peerProcess.kill())
    const [{ url }] = await once(peerProcess, 'message') as [{ url: string }]
    const bare = new Pool(url, { connections })
    closings.unshift(async () => await bare.close())
    return await use({ own, bare, other })
  } finally {
    for (const close of closings) await close()
  }
}
