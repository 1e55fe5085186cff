import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Role } from '@dueline/contracts'
import { createClient, type Client } from '@dueline/client'
import { acquireServer } from '@dueline/embedded-postgres'
import { Pool } from 'undici'
import { openBenchStack } from './bench-stack.ts'

/** The whole embedded stack in a process of its own, and a bare peer in another, on the same database server. */
export interface BesideBare {
  api: Client
  token: string
  databaseUrl: string
  /** Connections to the gateway, and to the peer, that stay open. */
  ours: Pool
  theirs: Pool
}

/** `peer` names a file in `peers/`. Everything is gone afterwards. */
export async function besideBare<T> (
  { peer, roles, connections }: { peer: string, roles: Role[], connections: number },
  use: (both: BesideBare) => Promise<T>
): Promise<T> {
  const { stack, folder, token, close } = await openBenchStack(roles)
  const server = await acquireServer(join(folder, 'postgres'), {})
  const database = new URL(server.url)
  database.pathname = '/dueline'
  const bare = fork(fileURLToPath(new URL(`./peers/${peer}.ts`, import.meta.url)), [database.href])
  const pools: Pool[] = []
  try {
    const [{ url }] = await once(bare, 'message') as [{ url: string }]
    const api = createClient({ url: stack.url, token })
    const [ours, theirs] = [new Pool(stack.url, { connections }), new Pool(url, { connections })]
    pools.push(ours, theirs)
    return await use({ api, token, databaseUrl: database.href, ours, theirs })
  } finally {
    await Promise.all(pools.map((pool) => pool.close()))
    bare.kill()
    await server.release()
    await close()
  }
}
