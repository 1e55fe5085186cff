import { setTimeout as pause } from 'node:timers/promises'
import { serviceNames, type ServiceName } from '../harness/deployment.ts'
import type { TenantRecord } from '../harness/tenant-record.ts'
import { poisonEveryTopic } from './bus-faults.ts'
import { dieAtEveryPoint } from './crash-points.ts'
import { changeTwice, overtakenClocks, overtakenCopies, promiseUrgent, sumUpDisorder, unrulyEnv } from './disorder.ts'
import type { Load, LoadOptions, Patience } from './load.ts'
import type { Scene, Stage } from './scene.ts'

/** A fault on a stage `S`, and what must hold beside the checks of the tenant. */
export interface Drill<S extends Stage = Scene> {
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
  /** What the tenant needs beside its people and its promise. */
  prepare?: (scene: S) => Promise<void>
  /** What must hold of the whole record in the end. @returns further violations */
  check?: (record: TenantRecord, scene: S) => Promise<string[]>
  /** Does it, under load. @returns further violations */
  inject(scene: S, load: Load): Promise<string[]>
}

const everyone: readonly ServiceName[] = [...serviceNames, 'gateway']

export const drills: Record<string, Drill> = {
  'kill-each': {
    what: 'SIGKILL for each service in turn',
    async inject (scene) {
      for (const name of everyone) {
        await pause(1_500)
        const begunMs = performance.now()
        const killed = scene.replicaOf(name)
        await scene.replace(killed)
        scene.say(
          `killed ${name} (process ${killed.pid}), another is ready after ${seconds(performance.now() - begunMs)}`
        )
      }
      return []
    }
  },
  'two-of-each': {
    what: 'two replicas of every service; of each a third joins and another is killed while partitions move',
    replicas: 2,
    async inject (scene) {
      for (const name of everyone) {
        const first = scene.replicaOf(name)
        const third = scene.deployment.start(name)
        // it has loaded and is joining
        await pause(1_500)
        await first.kill()
        const { pid } = await third
        scene.say(`killed ${name} ${first.pid} while ${pid} was joining`)
      }
      return []
    }
  },
  'broker-outage': {
    what: 'Kafka is killed and is away for 30 s; requests are accepted meanwhile',
    needs: 'kafka',
    async inject (scene, load) {
      await pause(3_000)
      await scene.kafka?.kill()
      const before = load.accepted.length
      await pause(30_000)
      const meanwhile = load.accepted.length - before
      scene.say(`${meanwhile} tickets were accepted while it was away`)
      await scene.kafka?.restart()
      await pause(3_000)
      return [
        ...meanwhile < 570 ? [`only ${meanwhile} of 600 tickets were accepted while Kafka was away`] : [],
        ...load.again > 0 ? [`${load.again} callers had to send again`] : []
      ]
    }
  },
  'database-crash': {
    what: 'Postgres is stopped at once (SIGQUIT) and started again, three times',
    async inject (scene) {
      for (let times = 0; times < 3; times++) {
        await pause(3_000)
        const begunMs = performance.now()
        await scene.crashDatabase()
        scene.say(`Postgres was away for ${seconds(performance.now() - begunMs)}`)
      }
      await pause(3_000)
      return []
    }
  },
  'rolling-restart': {
    what: 'each service is replaced: the new one is ready, then the old one ends; callers send again once, after a 503',
    patience: 'once',
    async inject (scene) {
      const violations: string[] = []
      for (const name of everyone) {
        await pause(1_000)
        const old = scene.replicaOf(name)
        await scene.deployment.start(name)
        scene.deployment.retire(old)
        const { ending, ms } = await old.terminate()
        scene.say(`replaced ${name}, the old one ended with ${ending} after ${seconds(ms)}`)
        if (ending !== 0 || ms > 10_000) violations.push(`${name} ended with ${ending} after ${seconds(ms)}`)
      }
      return violations
    }
  },
  reorder: {
    what: 'each consumer gets what it reads late, in another order and more than once; ' +
      'each ticket is changed twice as soon as it is there',
    env: unrulyEnv,
    prepare: promiseUrgent,
    goOn: changeTwice,
    check: async (record, scene) => [...overtakenClocks(record), ...await overtakenCopies(record, scene)],
    async inject (scene) {
      await pause(20_000)
      return sumUpDisorder(scene)
    }
  },
  poison: {
    what: 'records that nobody can make sense of, in every topic',
    async inject (scene) {
      await pause(4_000)
      const violations = await poisonEveryTopic(scene)
      await pause(3_000)
      return violations
    }
  },
  'crash-points': {
    what: 'SIGKILL at every named point, in every service that has it',
    perSecond: 4,
    inject: async (scene) => await dieAtEveryPoint(scene)
  }
}

export function seconds (ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
