// Takes the database away for 20 seconds in the middle of everything: one that is not the stack's own, which it would
// start again.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { acquireServer } from '@dueline/embedded-postgres'
import { eventually, testKafka } from '@dueline/testkit'
import t from 'tap'
import { stackBuses } from '../harness/buses.ts'
import { apiOf, escalationsEnd, openTicket, seedTenant, violationsAtRest } from '../harness/short-agreement.ts'
import { forkStack } from '../harness/stack-process.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

// most of it is waiting
t.jobs = 2

const tenant = 'outage'
const serverSettings = { max_connections: '200' }
const outageMs = 20_000
const answerMsMax = 15_000

for (const { name, options } of stackBuses(await testKafka(t))) {
  t.test(`on ${name} requests succeed or learn when to come again, and everything catches up by itself`, {
    buffered: true
  }, async (t) => {
    const folder = await temporaryFolder(t)
    const serverFolder = join(folder, 'server')
    const first = await acquireServer(serverFolder, serverSettings)
    // Every request that fails is an error line of the log: expected here.
    const stack = await forkStack({ folder, adminUrl: first.url, logLevel: 'fatal', ...options })
    t.teardown(async () => {
      await stack.kill()
      await (await acquireServer(serverFolder, serverSettings)).release()
    })
    const api = await apiOf(stack, tenant)
    const token = await stack.token({ tenant, personId: randomUUID(), roles: ['admin', 'manager', 'integrator'] })
    const readServer = async (): Promise<{ url: string, pid: number }> =>
      JSON.parse(await readFile(join(serverFolder, 'server.json'), 'utf8')) as { url: string, pid: number }
    await seedTenant(api, tenant)
    const early = await Promise.all(['1', '2', '3'].map((key) => openTicket(api, key)))

    const before = await readServer()
    process.kill(before.pid, 'SIGQUIT')
    t.comment(`stopped Postgres (process ${before.pid}) at once, with three deadlines a second away`)
    const stoppedAt = performance.now()
    const answers = new Map<string, number>()
    const wrong: string[] = []
    const count = (status: string): void => {
      answers.set(status, (answers.get(status) ?? 0) + 1)
    }
    const probe = async (path: string): Promise<void> => {
      const response = await fetch(`${stack.url}${path}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(answerMsMax)
      }).catch((error: Error) => error)
      if (response instanceof Error) {
        wrong.push(`${path}: ${response.message}`)
        return
      }
      const text = await response.text()
      count(String(response.status))
      if (response.ok) return
      const problem = response.headers.get('content-type')?.startsWith('application/problem+json') === true
      if (response.status !== 503 || !problem || Number(response.headers.get('retry-after')) < 1) {
        wrong.push(`${path}: ${response.status} ${response.headers.get('retry-after')} ${text}`)
      }
    }
    const late: string[] = []
    const post = async (): Promise<void> => {
      const key = `late-${late.length}`
      late.push(key)
      await openTicket(api, key).then(() => count('201'), (error: Error & { status?: number }) => {
        count(String(error.status))
        if (error.status !== 503) wrong.push(`POST: ${error.message}`)
      })
    }
    await eventually(async () => {
      await Promise.all([
        post(),
        ...['/v1/tickets', '/v1/clocks', '/v1/sla-rows', '/v1/escalations', '/v1/events'].map(probe)
      ])
      return performance.now() - stoppedAt > outageMs
    }, { deadlineMs: outageMs + 2 * answerMsMax, everyMs: 500 })
    t.same(wrong, [], 'nothing but 503 with Retry-After, as problems')
    t.ok(
      (answers.get('503') ?? 0) > 0,
      `answers while it was away: ${[...answers].map(([status, times]) => `${times} × ${status}`).join(', ')}`
    )

    const server = await acquireServer(serverFolder, serverSettings)
    t.equal(
      server.url,
      before.url,
      `Postgres is back after ${((performance.now() - stoppedAt) / 1000).toFixed(1)} s, on the same port`
    )
    const back = performance.now()
    const tickets = await eventually(() => Promise.all(late.map((key) => openTicket(api, key))), { everyMs: 200 })
    t.comment(
      `${tickets.length} tickets that were sent while it was away were taken ` +
        `${((performance.now() - back) / 1000).toFixed(1)} s after it was back`
    )
    await escalationsEnd(api, [...early, ...tickets].map(({ id }) => id))
    const next = await openTicket(api, 'afterwards')
    await escalationsEnd(api, [next.id])
    t.same(await violationsAtRest(stack, tenant), [], 'nothing is lost, nothing was done twice')
    await stack.stop()
  })
}
