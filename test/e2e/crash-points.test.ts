// Kills a whole stack with SIGKILL at every named place, starts it again and looks whether the story came out as if nothing
// had happened. Names of crash points on the command line are tried alone.
import { join } from 'node:path'
import { formatInstant, parseInstant } from '@dueline/business-time'
import { isOfType } from '@dueline/contracts'
import { acquireServer } from '@dueline/embedded-postgres'
import { crashPoints, systemClock, type CrashPoint } from '@dueline/runtime'
import { eventually, webhookReceiver } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { apiOf, openTicket, seedTenant, storiesEnd, violationsAtRest } from '../harness/short-promise.ts'
import { forkStack, type StackProcess } from '../harness/stack-process.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

t.setTimeout(900_000)

const named = crashPoints.filter((point) => process.argv.includes(point))
const points = named.length > 0 ? named : crashPoints
// One tenant each: what is slow to be made up for (the lease of a dead sender) is awaited for all of them together.
const tenantOf = (point: string): string => point.replace(':', '-')
const targetMicros = 1_000_000

const folder = await temporaryFolder(t)
const receiver = await webhookReceiver(t)
let stack: StackProcess | undefined
t.teardown(async () => {
  await stack?.kill()
  await (await acquireServer(join(folder, 'postgres'), {})).release()
})

async function start (env: Record<string, string> = {}): Promise<StackProcess> {
  const started = await forkStack({ folder, env: { DUELINE_CRASH_POINTS: 'enabled', ...env } })
  stack = started
  void started.exited.then(() => { if (stack === started) stack = undefined })
  return started
}

/** Opens a ticket at a stack that is to die from it. @returns when the ticket was sent */
async function sendAndDie (t: Pick<Test, 'equal' | 'comment'>, doomed: StackProcess, point: CrashPoint): Promise<number> {
  const sentAt = systemClock.now()
  const answered = await openTicket(await apiOf(doomed, tenantOf(point)), 'one').then(() => 'answered', () => 'not answered')
  const how = await Promise.race([doomed.exited, eventually(() => false, { deadlineMs: 30_000 }).catch(() => 'still alive after 30 s')])
  t.equal(how, 'SIGKILL', `the stack died at ${point}`)
  t.comment(`killed process ${doomed.pid} at ${point}, ${((systemClock.now() - sentAt) / 1e6).toFixed(2)} s after the ticket was sent, which was ${answered}`)
  if (how !== 'SIGKILL') await doomed.kill()
  return sentAt
}

t.test('seed', async (t) => {
  const fresh = await start()
  await Promise.all(points.map(async (point) => await seedTenant(await apiOf(fresh, tenantOf(point)), tenantOf(point), receiver.url)))
  await fresh.stop()
  // The first one is told its place by its environment, each later one while it runs.
  await start({ DUELINE_CRASH_AT: points[0] ?? '' })
  t.pass(`${points.length} tenants`)
})

const caughtUp: string[] = []
for (const [index, point] of points.entries()) {
  t.test(`killed at ${point}`, async (t) => {
    const doomed = stack ?? await start()
    const before = points[index - 1]
    if (before !== undefined) {
      // At rest but for what a lease still holds, so that it dies of this ticket.
      await violationsAtRest(doomed, tenantOf(before), 5_000)
      doomed.dieAt(point)
    }
    const sentAt = await sendAndDie(t, doomed, point)
    // Down until the deadline has passed, so that what was not told yet is for the next process to catch up on.
    await eventually(() => systemClock.now() > sentAt + 1.5 * targetMicros)
    const restartedAt = systemClock.now()
    const api = await apiOf(await start(), tenantOf(point))
    const ticket = await openTicket(api, 'one')
    t.same(await openTicket(api, 'one'), ticket, 'the same key, the same ticket')
    t.comment(parseInstant(ticket.createdAt) < restartedAt ? 'the ticket was there before it died' : 'the ticket was not there when it died')
    const breaches = (await storiesEnd(api, [ticket.id])).filter((event) => isOfType(event, 'dueline.clock.breached.v1'))
    t.equal(breaches.length, 1, 'one breach')
    for (const { data: { mark, firedAt, catchUp } } of breaches) {
      if (parseInstant(firedAt) < restartedAt || parseInstant(mark.dueAt) > restartedAt) continue
      caughtUp.push(point)
      t.equal(catchUp, true, `due at ${mark.dueAt} while down until ${formatInstant(restartedAt)}: marked as caught up`)
    }
  })
}

t.test('nothing is lost, nothing was done twice', async (t) => {
  const last = stack ?? await start()
  for (const point of points) t.same(await violationsAtRest(last, tenantOf(point)), [], point)
  t.ok(caughtUp.length > 0, `a deadline fell into the downtime of ${caughtUp.length}: ${caughtUp.join(', ')}`)
  const ids = receiver.requests.all.map(({ headers }) => String(headers['webhook-id']))
  t.comment(`webhooks: ${ids.length} requests for ${new Set(ids).size} events`)
  await last.stop()
})
