import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startTestPostgres } from '@dueline/testkit'
import { startDeployment } from '../test/harness/deployment.ts'
import { runJob } from '../test/harness/service-process.ts'
import { benchKafka } from './measure.ts'
import { cpuSeconds, memoryMb } from './process-cost.ts'
import type { BusName, Result } from './scenario.ts'

/**
 * What each service costs as a process of its own that has nothing to do, with the Node.js options of its image. Memory
 * is resident set size: in containers of their own they share nothing. Linux only (reads /proc).
 */
export async function run ({ quick, bus }: { quick: boolean, bus: BusName }): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-bench-'))
  const postgres = await startTestPostgres()
  const kafka = bus === 'kafka' ? await benchKafka() : undefined
  const env = {
    NODE_OPTIONS: imageOptions(),
    ...(kafka === undefined ? {} : { BUS: 'kafka', KAFKA_BROKERS: kafka.brokers })
  }
  try {
    if (kafka !== undefined) {
      await runJob('infra/kafka/src/main.ts', { env: { KAFKA_BROKERS: kafka.brokers, LOG_LEVEL: 'warn' } })
    }
    const deployment = await startDeployment({ folder, adminUrl: postgres.url, env })
    try {
      // for the first minute the engine still tidies up after the start, which is as much again
      await pause(quick ? 3_000 : 75_000)
      const before = deployment.replicas.map(({ pid }) => cpuSeconds([pid]))
      const seconds = quick ? 5 : 30
      await pause(seconds * 1_000)
      const costs = deployment.replicas.map(({ name, pid }, i) => ({
        name: name.replace('-', '_'),
        cpuPercent: (cpuSeconds([pid]) - before[i]!) / seconds * 100,
        rssMb: memoryMb(pid, 'Rss')
      }))
      return {
        figures: {
          ...Object.fromEntries(costs.map(({ name, cpuPercent }) => [`${name}_cpu_percent`, cpuPercent])),
          ...Object.fromEntries(costs.map(({ name, rssMb }) => [`${name}_rss_mb`, rssMb])),
          most_cpu_percent: Math.max(...costs.map(({ cpuPercent }) => cpuPercent)),
          most_rss_mb: Math.max(...costs.map(({ rssMb }) => rssMb))
        },
        targets: { most_cpu_percent: { atMost: 1 }, most_rss_mb: { atMost: 120 } }
      }
    } finally {
      await deployment.stop()
    }
  } finally {
    await kafka?.stop()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function imageOptions (): string {
  return /NODE_OPTIONS="([^"]*)"/.exec(readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8'))?.[1] ?? ''
}
