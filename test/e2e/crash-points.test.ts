// Kills whole stacks with SIGKILL at every named place, starts them again and looks whether its tickets came out as if
// nothing had happened. Names of crash points on the command line are tried alone.
import { once } from 'node:events'
import { join } from 'node:path'
import { formatInstant, parseInstant } from '@dueline/business-time'
import { acquireServer } from '@dueline/embedded-postgres'
import { crashPoints, systemClock, type CrashPoint } from '@dueline/runtime'
import { eventually, testKafka, webhookReceiver } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { stackBuses, type StackBusChoice } from '../harness/buses.ts'
import { apiOf, escalationsEnd, openTicket, seedTenant, violationsAtRest } from '../harness/short-agreement.ts'
import { stackFolder } from '../harness/stack-folder.ts'
import { forkStack, type StackProcess } from '../harness/stack-process.ts'

t.setTimeout(900_000)

const named = crashPoints.filter((point) => process.argv.includes(point))
const points = named.length > 0 ? named : crashPoints
/** They die side by side: on Kafka the partitions of a dead member are free only after ten seconds. */
const stacksPerBus = 2
// One tenant each: what is slow to be made up for (the lease of a dead sender) is awaited for all of a stack together.
const tenantOf = (point: string): string => point.replace(':', '-')
const targetMicros = 1_000_000

/** A stack that is started again whenever it has died, on the same data. */
class MortalStack {
  readonly #folder: string
  readonly #options: StackBusChoice['options']
  #running: StackProcess | undefined

  constructor (folder: string, options: StackBusChoice['options']) {
    this.#folder = folder
    this.#options = options
  }

  async start (): Promise<StackProcess> {
    const started = await forkStack({
      folder: this.#folder,
      env: { DUELINE_CRASH_POINTS: 'enabled' },
      ...this.#options
    })
    this.#running = started
    void started.exited.then(() => {
      if (this.#running === started) this.#running = undefined
    })
    return started
  }

  async running (): Promise<StackProcess> {
    return this.#running ?? await this.start()
  }

  async end (): Promise<void> {
    await this.#running?.kill()
    await (await acquireServer(join(this.#folder, 'postgres'), {})).release()
  }
}

/** Opens a ticket at a stack that is to die from it. @returns when the ticket was sent */
async function sendAndDie (
  t: Pick<Test, 'equal' | 'comment'>,
  doomed: StackProcess,
  point: CrashPoint
): Promise<number> {
  const sentAt = systemClock.now()
  const answered = await openTicket(await apiOf(doomed, tenantOf(point)), 'one').then(
    () => 'answered',
    () => 'not answered'
  )
  const how = await Promise.race([
    doomed.exited,
    // of which nothing is left to wait for once it has died
    once(AbortSignal.timeout(120_000), 'abort').then(() => 'still alive after 120 s')
  ])
  t.equal(how, 'SIGKILL', `the stack died at ${point}`)
  t.comment(
    `killed process ${doomed.pid} at ${point}, ${((systemClock.now() - sentAt) / 1e6).toFixed(2)} s after the ` +
      `ticket was sent, which was ${answered}`
  )
  if (how !== 'SIGKILL') await doomed.kill()
  return sentAt
}

/**
 * Lets the stack die at `point` and looks at what became of its ticket.
 * @returns whether its deadline fell into the downtime
 */
async function dieAndCatchUp (
  t: Pick<Test, 'equal' | 'same' | 'comment'>,
  stack: MortalStack,
  point: CrashPoint
): Promise<boolean> {
  const sentAt = await sendAndDie(t, await stack.running(), point)
  // Down until the deadline has passed, so that what was not announced yet is for the next process to catch up on.
  await eventually(() => systemClock.now() > sentAt + 1.5 * targetMicros)
  const restartedAt = systemClock.now()
  const api = await apiOf(await stack.start(), tenantOf(point))
  const ticket = await openTicket(api, 'one')
  t.same(await openTicket(api, 'one'), ticket, 'the same key, the same ticket')
  t.comment(
    parseInstant(ticket.createdAt) < restartedAt
      ? 'the ticket was there before it died'
      : 'the ticket was not there when it died'
  )
  const breaches = (await escalationsEnd(api, [ticket.id]))
    .filter((event) => event.type === 'dueline.clock.breached.v1')
  t.equal(breaches.length, 1, 'one breach')
  const missed = breaches.filter(({ data: { mark, firedAt } }) =>
    parseInstant(firedAt) >= restartedAt && parseInstant(mark.dueAt) <= restartedAt
  )
  for (const { data: { mark, catchUp } } of missed) {
    t.equal(catchUp, true, `due at ${mark.dueAt} while down until ${formatInstant(restartedAt)}: marked as caught up`)
  }
  return missed.length > 0
}

/**
 * One stack, killed at each of these points, one after the other.
 * @returns those where a deadline fell into the downtime
 */
async function killAtPoints (
  t: Test,
  options: StackBusChoice['options'],
  points: readonly CrashPoint[]
): Promise<CrashPoint[]> {
  const stack = new MortalStack(await stackFolder(t), options)
  t.teardown(async () => await stack.end())
  const receiver = await webhookReceiver(t)
  const fresh = await stack.start()
  await Promise.all(points.map(async (point) => {
    await seedTenant(await apiOf(fresh, tenantOf(point)), tenantOf(point), receiver.url)
    await violationsAtRest(fresh, tenantOf(point), 5_000)
  }))

  const caughtUp: CrashPoint[] = []
  for (const [index, point] of points.entries()) {
    await t.test(`killed at ${point}`, async (t) => {
      const before = points[index - 1]
      const doomed = await stack.running()
      // At rest but for what a lease still holds, so that it dies of this ticket.
      if (before !== undefined) await violationsAtRest(doomed, tenantOf(before), 5_000)
      doomed.dieAt(point)
      if (await dieAndCatchUp(t, stack, point)) caughtUp.push(point)
    })
  }

  const last = await stack.running()
  for (const point of points) {
    t.same(await violationsAtRest(last, tenantOf(point)), [], `nothing is lost, nothing was done twice: ${point}`)
  }
  const ids = receiver.requests.all.map(({ headers }) => String(headers['webhook-id']))
  t.comment(`webhooks: ${ids.length} requests for ${new Set(ids).size} events`)
  await last.stop()
  return caughtUp
}

const shares = Array.from(
  { length: Math.min(stacksPerBus, points.length) },
  (_, first) => points.filter((_, index) => index % stacksPerBus === first)
)
const buses = stackBuses(await testKafka(t))
t.jobs = buses.length
for (const { name, options } of buses) {
  t.test(`on ${name} a stack outlives its death at every point`, { buffered: true }, async (t) => {
    t.jobs = shares.length
    const caughtUp: CrashPoint[] = []
    await Promise.all(shares.map((share) =>
      t.test(share.join(', '), { buffered: true }, async (t) => {
        caughtUp.push(...await killAtPoints(t, options, share))
      })
    ))
    t.ok(caughtUp.length > 0, `a deadline fell into the downtime of ${caughtUp.length}: ${caughtUp.join(', ')}`)
  })
}
