import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '@dueline/contracts'
import { createClient } from '@dueline/client'
import { Pool } from 'undici'
import { forkStack } from '../test/harness/stack-process.ts'
import { benchPersonId } from './beside-bare.ts'

/** The whole embedded stack of another build, in a process of its own on a database server of its own. */
export interface OtherBuild {
  readonly token: string
  readonly pool: Pool
  /** Stops it and removes what it has written. */
  close(): Promise<void>
}

/** Starts the build in `folder`, with the one person that scenarios ask as. */
export async function openOtherBuild (build: string, roles: Role[], connections: number): Promise<OtherBuild> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-bench-'))
  const stack = await forkStack({ folder, build })
  const token = await stack.token({ tenant: 'bench', personId: benchPersonId, roles })
  const customer = { id: benchPersonId, role: 'customer', name: 'Bench', screenName: 'Bench', email: null } as const
  await createClient({ url: stack.url, token }).post('/v1/people', { body: customer })
  const pool = new Pool(stack.url, { connections })
  return {
    token,
    pool,
    async close () {
      await pool.close()
      await stack.stop()
      await rm(folder, { recursive: true, force: true })
    }
  }
}
