// The audit log of a real ServiceNow instance through gateway, ticket, sla-policy and clock; every clock is compared
// with a computation that shares no code with the product: the reading rules and the built-in targets, written down
// again.
import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import { createClient, type Clock } from '@dueline/client'
import { readServiceNowLog, runImport } from '@dueline/embedded'
import { testKafka } from '@dueline/testkit'
import t from 'tap'
import { stackBuses } from '../../harness/buses.ts'
import { oneStack } from '../../harness/one-stack.ts'

const file = new URL('../../../examples/data/servicenow-incidents.csv', import.meta.url)
const minuteMs = 60_000
/** Resolution targets of a tenant without rows of its own; open all the time. */
const targetMinutes: Record<string, number> = { 1: 4 * 60, 2: 24 * 60, 3: 48 * 60, 4: 72 * 60 }

interface Expected {
  state: string
  consumedMs: number
  breached: boolean
  dueMs: number | null
  targetMs: number
  startedMs: number
  stoppedMs: number | null
}

function timeOf (text: string): number {
  const [, day, month, year, hour, minute] = /^(\d\d)-(\d\d)-(\d{4}) (\d\d):(\d\d)$/.exec(text) ?? []
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute))
}

/** One incident's resolution clock by hand: a list of intervals in which it ran. */
function expectedOf (unsorted: Record<string, string>[], nowMs: number): Expected {
  const rows = [...unsorted].sort((a, b) =>
    timeOf(a.sys_updated_at ?? '') - timeOf(b.sys_updated_at ?? '') || Number(a.sys_mod_count) - Number(b.sys_mod_count)
  )
  const first = timeOf(rows[0]?.sys_updated_at ?? '')
  const opened = rows[0]?.opened_at === '?' ? first : timeOf(rows[0]?.opened_at ?? '')
  const startedMs = Math.min(first, opened)
  const targetMs = (targetMinutes[(rows.at(-1)?.priority ?? '')[0] ?? ''] ?? 0) * minuteMs
  const changes = [
    { at: startedMs, state: 'New' },
    ...rows.map((row) => ({ at: timeOf(row.sys_updated_at ?? ''), state: row.incident_state ?? '' }))
  ]
  const phase = (state: string): 'running' | 'paused' | 'met' =>
    state.startsWith('Awaiting') ? 'paused' : state === 'Resolved' || state === 'Closed' ? 'met' : 'running'
  let consumedMs = 0
  let dueMs: number | null = null
  let breached = false
  let stoppedMs: number | null = null
  changes.forEach(({ at, state }, index) => {
    const end = changes[index + 1]?.at ?? nowMs
    if (phase(state) === 'met') stoppedMs ??= at
    else stoppedMs = null
    if (phase(state) !== 'running') return
    // Running from `at` to `end`: the deadline is where the rest is used up; late is strictly after it.
    const deadline = at + Math.max(0, targetMs - consumedMs)
    if (consumedMs <= targetMs && end > at) {
      dueMs = deadline
      if (end > deadline) breached = true
    }
    consumedMs += end - at
  })
  return { state: phase(changes.at(-1)?.state ?? ''), consumedMs, breached, dueMs, targetMs, startedMs, stoppedMs }
}

function durationMs (iso: string): number {
  const [, hours = '0', minutes = '0', seconds = '0'] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(iso) ?? []
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
}

for (const { name, options } of stackBuses(await testKafka(t))) {
  t.test(`on ${name} every clock of a real log comes out as computed by hand, and nobody is notified`, async (t) => {
    const stack = await oneStack(options)
    const personId = '01990000-0000-7000-8000-000000000001'
    const claims = { tenant: 'history', personId, roles: ['admin' as const, 'manager' as const] }
    const client = createClient({ url: stack.url, token: () => stack.token(claims) })
    const csv = await readFile(file, 'utf8')
    const log = readServiceNowLog(csv)
    const result = await runImport({ client, log, progress: () => {} })

    const groups = new Map<string, Record<string, string>[]>()
    for (const row of parse(csv, { columns: true }) as Record<string, string>[]) {
      groups.set(row.number ?? '', [...groups.get(row.number ?? '') ?? [], row])
    }
    t.equal(result.imported, groups.size, 'every incident became a ticket')
    t.same(result.rejected, [], 'no line was refused')

    const numbers = new Map<string, string>()
    const query = { limit: 200 }
    for await (const ticket of client.paginate('/v1/tickets', { query })) {
      numbers.set(ticket.id, ticket.externalId ?? '')
    }
    const resolutions = (): Promise<Clock[]> =>
      Array.fromAsync(client.paginate('/v1/clocks', { query: { metric: ['resolution'], limit: 200 } }))
    const clocks = await resolutions()
    t.equal(clocks.length, groups.size, 'every ticket has one resolution clock')
    const wrong: string[] = []
    for (const clock of clocks) {
      const externalId = numbers.get(clock.ticketId) ?? ''
      const expected = expectedOf(groups.get(externalId) ?? [], Date.parse(clock.serverTime))
      const running = expected.state === 'running'
      const faults = [
        clock.state === expected.state ? '' : `state ${clock.state}, not ${expected.state}`,
        (clock.breachedAt !== null) === expected.breached
          ? ''
          : `breached at ${clock.breachedAt}, expected ${expected.breached}`,
        durationMs(clock.target) === expected.targetMs ? '' : `target ${clock.target}, not ${expected.targetMs} ms`,
        running || durationMs(clock.consumed) === expected.consumedMs
          ? ''
          : `consumed ${clock.consumed}, not ${expected.consumedMs} ms`,
        Date.parse(clock.startedAt) === expected.startedMs ? '' : `started ${clock.startedAt}`,
        !expected.breached || Date.parse(clock.breachedAt ?? '') === expected.dueMs
          ? ''
          : `breach at ${clock.breachedAt}, not ${new Date(expected.dueMs ?? 0).toISOString()}`,
        clock.stoppedAt === null
          ? (expected.stoppedMs === null ? '' : 'not stopped')
          : Date.parse(clock.stoppedAt) === expected.stoppedMs
          ? ''
          : `stopped ${clock.stoppedAt}`
      ].filter((fault) => fault !== '')
      if (faults.length > 0) wrong.push(`${externalId}: ${faults.join('; ')}`)
    }
    t.same(wrong.slice(0, 20), [], `${clocks.length} clocks agree`)
    t.ok(
      clocks.some((clock) => clock.breachedAt !== null) && clocks.some((clock) => clock.breachedAt === null),
      'some were late and some were not'
    )

    t.same((await client.get('/v1/messages')).data.items, [], 'nobody was written to')
    t.same((await client.get('/v1/escalations')).data.items, [], 'nothing was escalated')
    const again = await runImport({ client, log, progress: () => {} })
    t.equal(again.duplicates, groups.size, 'the same log again imports nothing')
    t.equal((await resolutions()).length, groups.size)
  })
}
