import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '@dueline/contracts'
import { createClient } from '@dueline/client'
import { forkStack, type ForkOptions, type StackProcess } from '../test/harness/stack-process.ts'

/** The only person of the tenant `bench`: whoever asks, and the customer of every ticket. */
export const benchPersonId = '01990000-0000-7000-8000-00000000000c'

/** The whole embedded stack in a process of its own, on a database server of its own in a temporary folder. */
export interface BenchStack {
  readonly stack: StackProcess
  readonly folder: string
  /** Of `benchPersonId`. */
  readonly token: string
  /** Stops it and removes what it has written. */
  close(): Promise<void>
}

/** Starts a stack of this build, or of the one in the folder `build`, with the one person that scenarios ask as. */
export async function openBenchStack (
  roles: Role[],
  options: Pick<ForkOptions, 'build' | 'kafkaBrokers'> = {}
): Promise<BenchStack> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-bench-'))
  const stack = await forkStack({ folder, ...options })
  const token = await stack.token({ tenant: 'bench', personId: benchPersonId, roles })
  const customer = { id: benchPersonId, role: 'customer', name: 'Bench', screenName: 'Bench', email: null } as const
  await createClient({ url: stack.url, token }).post('/v1/people', { body: customer })
  return {
    stack,
    folder,
    token,
    async close () {
      await stack.stop()
      await rm(folder, { recursive: true, force: true })
    }
  }
}
