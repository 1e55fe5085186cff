import { chmod, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '@dueline/contracts'
import { createClient, type Client } from '@dueline/client'
import { acquireServer } from '@dueline/embedded-postgres'
import pg from 'pg'
import { Pool } from 'undici'
import { forkStack, type ForkOptions, type StackProcess } from '../test/harness/stack-process.ts'
import { cpuSeconds } from './process-cost.ts'

/** The only person of the tenant `bench`: whoever asks, and the customer of every ticket. */
export const benchPersonId = '01990000-0000-7000-8000-00000000000c'

/** The whole embedded stack in a process of its own, on a database server of its own in a temporary folder. */
export interface BenchStack {
  readonly stack: StackProcess
  /** Of `benchPersonId`. */
  readonly token: string
  readonly api: Client
  /** Connections to its gateway that stay open. */
  readonly pool: Pool
  readonly databaseUrl: string
  /** Stops it and removes what it has written. */
  close(): Promise<void>
}

/**
 * Starts a stack of this build, or of the one in the folder `build`, with the one person that scenarios ask as.
 * `connections`: how many of `pool` there are at most.
 */
export async function openBenchStack (
  roles: Role[],
  { connections = 1, ...options }: Pick<ForkOptions, 'build' | 'kafkaBrokers'> & { connections?: number } = {}
): Promise<BenchStack> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-bench-'))
  const stack = await forkStack({ folder, ...options })
  const data = join(folder, 'postgres')
  const { mode } = await stat(data)
  const server = await acquireServer(data, {})
  // it closes the folder to others, but the server of an older build runs as one and dies at its next checkpoint
  await chmod(data, mode)
  const token = await stack.token({ tenant: 'bench', personId: benchPersonId, roles })
  const api = createClient({ url: stack.url, token })
  const customer = { id: benchPersonId, role: 'customer', name: 'Bench', screenName: 'Bench', email: null } as const
  await api.post('/v1/people', { body: customer })
  const pool = new Pool(stack.url, { connections })
  return {
    stack,
    token,
    api,
    pool,
    databaseUrl: new URL('/dueline', server.url).href,
    async close () {
      await pool.close()
      await stack.stop()
      await server.release()
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** Seconds of CPU of the stack and of each process of its Postgres. */
export async function cpuByProcess (stack: number, client: pg.Client): Promise<Map<number, number>> {
  const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity')
  return new Map([stack, ...rows.map(({ pid }) => pid)].map((pid) => [pid, cpuSeconds([pid])]))
}
