import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@dueline/client'
import { acquireServer } from '@dueline/embedded-postgres'
import { startNativeKafka, type NativeKafka } from '@dueline/testkit'
import { startDeployment, type Deployment, type Replica, type ProgramName } from '../harness/deployment.ts'
import { runJob } from '../harness/service-process.ts'
import { apiOf, seedTenant } from '../harness/short-agreement.ts'

export const tenant = 'drill'
const serverSettings = { max_connections: '400', max_wal_size: '1GB', log_min_messages: 'panic' }

/** What every drill runs on. */
export interface System {
  readonly api: Client
  readonly mailUrl: string
  /** How many processes make it up. */
  readonly processes: number
  say(text: string): void
  close(): Promise<void>
}

/** A whole deployment with a database server and a broker of its own, all of which may be killed. */
export interface DeployedSystem extends System {
  readonly deployment: Deployment
  /** Undefined on the Postgres log. */
  readonly kafka: NativeKafka | undefined
  /** Kills a replica and starts another in its place. */
  replace(replica: Replica, env?: Record<string, string>): Promise<Replica>
  replicaOf(name: ProgramName): Replica
  /** Stops the database server at once, and starts it again. */
  crashDatabase(): Promise<void>
}

/** @param replicas of every service */
export async function openDeployedSystem (
  { bus, replicas, say, env = {} }: {
    bus: 'kafka' | 'postgres',
    replicas: number,
    say: (text: string) => void,
    env?: Record<string, string>
  }
): Promise<DeployedSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-drill-'))
  const closes: (() => Promise<void>)[] = [async () => await rm(folder, { recursive: true, force: true })]
  const close = async (): Promise<void> => {
    for (const each of closes.splice(0).reverse()) await each()
  }
  try {
    const postgresFolder = join(folder, 'postgres')
    const server = await acquireServer(postgresFolder, serverSettings)
    closes.push(async () => {
      await (await acquireServer(postgresFolder, serverSettings)).release()
    })
    const kafka = bus === 'kafka' ? await startNativeKafka() : undefined
    if (kafka !== undefined) {
      closes.push(() => kafka.stop())
      await runJob('infra/kafka/src/main.ts', { env: { KAFKA_BROKERS: kafka.brokers, LOG_LEVEL: 'warn' } })
    }
    const busEnv: Record<string, string> = kafka === undefined ? {} : { BUS: 'kafka', KAFKA_BROKERS: kafka.brokers }
    const deployment = await startDeployment({
      folder: join(folder, 'stack'),
      adminUrl: server.url,
      env: { DUELINE_CRASH_POINTS: 'enabled', ...busEnv, ...env }
    })
    closes.push(() => deployment.stop())
    for (const { name } of [...deployment.replicas]) {
      for (let more = 1; more < replicas; more++) await deployment.start(name)
    }
    const api = await apiOf(deployment, tenant)
    await seedTenant(api, tenant)
    return {
      deployment,
      api,
      mailUrl: deployment.mailUrl,
      processes: deployment.replicas.length,
      kafka,
      say,
      close,
      async replace (replica, more = {}) {
        await replica.kill()
        return await deployment.start(replica.name, more)
      },
      replicaOf (name) {
        const found = deployment.replicas.find((each) => each.name === name)
        if (found === undefined) throw new Error(`no replica of ${name} runs`)
        return found
      },
      async crashDatabase () {
        const { pid } = JSON.parse(await readFile(join(postgresFolder, 'server.json'), 'utf8')) as { pid: number }
        process.kill(pid, 'SIGQUIT')
        await acquireServer(postgresFolder, serverSettings)
      }
    }
  } catch (error) {
    await close()
    throw error
  }
}
