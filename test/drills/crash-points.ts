import { setTimeout as pause } from 'node:timers/promises'
import { serviceNames } from '@dueline/contracts'
import { crashPoints, type CrashPoint } from '@dueline/runtime'
import type { Ending } from '../harness/service-process.ts'
import type { DeployedSystem } from './system.ts'

type Crashing = typeof serviceNames[number]

/**
 * The group of a member that died while others joined takes 15 s for the join and 10 s for its session; a busy machine
 * several times that.
 */
const comesByMs = 180_000

/**
 * Every service dies at each of its points, one after another; all services at once, because each goes by work of its
 * own. Consumer points come first: they wait until the broker has given up the member that died before, the others do
 * not.
 */
export async function dieAtEveryPoint (system: DeployedSystem): Promise<string[]> {
  const stop = new AbortController()
  const changing = changeCatalogue(system, stop.signal)
  const violations = await Promise.all(serviceNames.map(async (name) => await dieAtEach(system, name, pointsOf(name))))
  stop.abort()
  await changing
  system.say(
    `${serviceNames.reduce((sum, name) => sum + pointsOf(name).length, 0)} deaths were asked for, ` +
      `${violations.flat().length} did not come`
  )
  return violations.flat()
}

async function dieAtEach (system: DeployedSystem, name: Crashing, points: readonly CrashPoint[]): Promise<string[]> {
  const violations: string[] = []
  const tookS: string[] = []
  await system.replicaOf(name).kill()
  for (const point of points) {
    const begunMs = performance.now()
    const ending = await endOf(system, name, point)
    tookS.push(((performance.now() - begunMs) / 1_000).toFixed(0))
    if (ending !== 'SIGKILL') violations.push(`${name} did not die at ${point}: ${ending}`)
  }
  await system.deployment.start(name)
  system.say(
    `${name} died at ${points.length - violations.length} of ${points.length} points, after ${tookS.join(', ')} s`
  )
  return violations
}

/** Starts a replica that is to die at `point`. Some points lie so early that it dies before it is ready. */
async function endOf (system: DeployedSystem, name: Crashing, point: CrashPoint): Promise<Ending | string> {
  const doomed = await system.deployment.start(name, { DUELINE_CRASH_AT: point }).catch((error: Error) => error)
  if (doomed instanceof Error) return doomed.message.startsWith('ended with SIGKILL') ? 'SIGKILL' : doomed.message
  const ending = await Promise.race([
    doomed.exited,
    pause(comesByMs, `it did not come by within ${comesByMs / 1_000} s`, { ref: false })
  ])
  await doomed.kill()
  return ending
}

/**
 * Where points lie on the way of a new ticket, and of a new product for the ticket service, which reads nothing else
 * here.
 */
function pointsOf (name: Crashing): readonly CrashPoint[] {
  const parts = [
    'consumer:',
    ...name === 'ticket' ? ['http:'] : [],
    ...timed.includes(name) ? ['timers:'] : [],
    ...name === 'notification' ? ['notification:'] : [],
    'relay:'
  ]
  return parts.flatMap((part) => crashPoints.filter((point) => point.startsWith(part)))
}

const timed: readonly Crashing[] = ['clock', 'escalation', 'notification']

/** A new product each second, for whoever reads the catalogue. */
async function changeCatalogue ({ api }: DeployedSystem, signal: AbortSignal): Promise<void> {
  for (let index = 1; !signal.aborted; index++) {
    // sla-policy is away again and again
    await api.post('/v1/products', { body: { name: `Product ${index}` } }).catch(() => {})
    await pause(1_000, undefined, { signal }).catch(() => {})
  }
}
