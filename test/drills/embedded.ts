import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually, startNativeKafka } from '@dueline/testkit'
import { postgresOf } from '../harness/embedded-program.ts'
import { apiOf, seedTenant } from '../harness/short-agreement.ts'
import { forkStack, type StackProcess } from '../harness/stack-process.ts'
import { seconds, type Drill } from './drills.ts'
import { tenant, type System } from './system.ts'

/** The embedded form: one process, and the Postgres that it starts and looks after. */
export interface EmbeddedSystem extends System {
  readonly stack: StackProcess
  readonly folder: string
}

export const embeddedDrills: Record<string, Drill<EmbeddedSystem>> = {
  'kill-postgres': {
    what: 'SIGKILL for the Postgres of the embedded program, three times; nobody but the program starts it again',
    async inject ({ stack, folder, say }) {
      const violations: string[] = []
      const status = async (): Promise<number> => (await fetch(`${stack.url}/health/ready`)).status
      for (let times = 0; times < 3; times++) {
        await pause(3_000)
        const killed = postgresOf(folder)
        const begunMs = performance.now()
        process.kill(killed ?? 0, 'SIGKILL')
        await eventually(async () => await status() === 503).catch(() => {
          violations.push('the gateway was ready without a database')
        })
        await eventually(async () => await status() === 200 && postgresOf(folder) !== killed)
          .catch(() => {
            violations.push(`Postgres was not back after ${seconds(performance.now() - begunMs)}`)
          })
        say(`killed Postgres (process ${killed}), all is ready again after ${seconds(performance.now() - begunMs)}`)
      }
      await pause(3_000)
      return violations
    }
  }
}

export async function openEmbeddedSystem (
  { bus, say }: { bus: 'kafka' | 'postgres', say: (text: string) => void }
): Promise<EmbeddedSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-drill-'))
  const closes: (() => Promise<void>)[] = [async () => await rm(folder, { recursive: true, force: true })]
  const close = async (): Promise<void> => {
    for (const each of closes.splice(0).reverse()) await each()
  }
  try {
    const kafka = bus === 'kafka' ? await startNativeKafka() : undefined
    if (kafka !== undefined) closes.push(() => kafka.stop())
    // What fails while there is no database is expected.
    const stack = await forkStack({
      folder,
      logLevel: 'fatal',
      ...(kafka === undefined ? {} : { kafkaBrokers: kafka.brokers.split(',') })
    })
    closes.push(() => stack.stop())
    const api = await apiOf(stack, tenant)
    await seedTenant(api, tenant)
    return { api, mailUrl: stack.mailUrl, processes: 1, stack, folder, say, close }
  } catch (error) {
    await close()
    throw error
  }
}
