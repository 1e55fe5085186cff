import { serviceNames } from '@dueline/contracts'
import { setTimeout as pause } from 'node:timers/promises'
import type { ProgramName } from '../harness/deployment.ts'
import type { TenantRecord } from '../harness/tenant-record.ts'
import { poisonEveryTopic } from './bus-faults.ts'
import { dieAtEveryPoint } from './crash-points.ts'
import { changeTwice, publishUrgentRow, staleClocks, staleCopies, sumUpDisorder, unrulyEnv } from './disorder.ts'
import type { Load, LoadOptions, Patience } from './load.ts'
import type { DeployedSystem, System } from './system.ts'

/** A fault in a system `S`, and what must hold beside the checks of the tenant. */
export interface Drill<S extends System = DeployedSystem> {
  what: string
  /** Replicas of every service; 1 by default. */
  replicas?: number
  needs?: 'kafka'
  perSecond?: number
  patience?: Patience
  goOn?: LoadOptions['goOn']
  /** Added to the environment of every service. */
  env?: Record<string, string>
  /** How long to wait for quiet, in milliseconds. */
  quietMs?: number
  /** What the tenant needs beside its people and its agreement. */
  prepare?: (system: S) => Promise<void>
  /** What must hold of the whole record in the end. @returns further violations */
  check?: (record: TenantRecord, system: S) => Promise<string[]>
  /** Does it, under load. @returns further violations */
  inject(system: S, load: Load): Promise<string[]>
}

const everyone: readonly ProgramName[] = [...serviceNames, 'gateway']

export const drills: Record<string, Drill> = {
  'kill-each': {
    what: 'SIGKILL for each service in turn',
    async inject (system) {
      for (const name of everyone) {
        await pause(1_500)
        const begunMs = performance.now()
        const killed = system.replicaOf(name)
        await system.replace(killed)
        system.say(
          `killed ${name} (process ${killed.pid}), another is ready after ${seconds(performance.now() - begunMs)}`
        )
      }
      return []
    }
  },
  'two-of-each': {
    what: 'two replicas of every service; of each a third joins and another is killed while partitions move',
    replicas: 2,
    async inject (system) {
      for (const name of everyone) {
        const first = system.replicaOf(name)
        const third = system.deployment.start(name)
        // it has loaded and is joining
        await pause(1_500)
        await first.kill()
        const { pid } = await third
        system.say(`killed ${name} ${first.pid} while ${pid} was joining`)
      }
      return []
    }
  },
  'broker-outage': {
    what: 'Kafka is killed and is away for 30 s; requests are accepted meanwhile',
    needs: 'kafka',
    async inject (system, load) {
      await pause(3_000)
      await system.kafka?.kill()
      const before = load.accepted.length
      await pause(30_000)
      const meanwhile = load.accepted.length - before
      system.say(`${meanwhile} tickets were accepted while it was away`)
      await system.kafka?.restart()
      await pause(3_000)
      return [
        ...meanwhile < 570 ? [`only ${meanwhile} of 600 tickets were accepted while Kafka was away`] : [],
        ...load.again > 0 ? [`${load.again} callers had to send again`] : []
      ]
    }
  },
  'database-crash': {
    what: 'Postgres is stopped at once (SIGQUIT) and started again, three times',
    async inject (system) {
      for (let times = 0; times < 3; times++) {
        await pause(3_000)
        const begunMs = performance.now()
        await system.crashDatabase()
        system.say(`Postgres was away for ${seconds(performance.now() - begunMs)}`)
      }
      await pause(3_000)
      return []
    }
  },
  'rolling-restart': {
    what: 'each service is replaced: the new one is ready, then the old one ends; callers send again once, after a 503',
    patience: 'once',
    async inject (system) {
      const violations: string[] = []
      for (const name of everyone) {
        await pause(1_000)
        const old = system.replicaOf(name)
        await system.deployment.start(name)
        system.deployment.retire(old)
        const { ending, ms } = await old.terminate()
        system.say(`replaced ${name}, the old one ended with ${ending} after ${seconds(ms)}`)
        if (ending !== 0 || ms > 10_000) violations.push(`${name} ended with ${ending} after ${seconds(ms)}`)
      }
      return violations
    }
  },
  reorder: {
    what: 'each consumer gets what it reads late, in another order and more than once; ' +
      'each ticket is changed twice as soon as it is there',
    env: unrulyEnv,
    prepare: publishUrgentRow,
    goOn: changeTwice,
    check: async (record, system) => [...staleClocks(record), ...await staleCopies(record, system)],
    async inject (system) {
      await pause(20_000)
      return sumUpDisorder(system)
    }
  },
  poison: {
    what: 'records that nobody can make sense of, in every topic',
    async inject (system) {
      await pause(4_000)
      const violations = await poisonEveryTopic(system)
      await pause(3_000)
      return violations
    }
  },
  'crash-points': {
    what: 'SIGKILL at every named point, in every service that has it',
    perSecond: 4,
    inject: async (system) => await dieAtEveryPoint(system)
  }
}

export function seconds (ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
