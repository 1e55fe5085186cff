import { replay } from './dist/domain/replay.js'
import { alwaysOpen } from './dist/domain/open-time.js'
import { compileCalendar } from '../../packages/business-time/dist/index.js'
const S = 1e6, M = 60 * S
async function run () {
  const cal = compileCalendar({ timezone: 'Europe/Berlin', weekly: { mon: [['09:00', '17:00']], tue: [['09:00', '17:00']], wed: [['09:00', '17:00']], thu: [['09:00', '17:00']], fri: [['09:00', '17:00']] } })
  for (const [n, c] of [[500, null]]) {
    const facts = [{ id: 'f0', at: 1.7e15, sequence: 1, kind: 'created', data: { status: 'new', assigneeId: null, teamId: null } },
      ...Array.from({ length: n - 1 }, (_, i) => ({ id: `f${i + 1}`, at: 1.7e15 + (i + 1) * M, sequence: i + 2, kind: 'message', data: { visibility: 'public', author: i % 2 ? 'agent' : 'customer' } }))]
    const terms = { agreementId: 'a', policyVersion: 0, calendar: { id: c === null ? null : 'c', version: 0 }, targets: { first_response: S, next_response: S, periodic_update: S, resolution: S }, pauseRules: {}, marks: Array.from({ length: 20 }, (_, i) => ({ after: (i + 1) * S, urgent: false })), reopen: 'continue', ladderId: null }
    for (let i = 0; i < 12; i++) {
      const b = process.cpuUsage()
      let k = 0
      const r = replay({ facts, promises: [{ kind: 'sla', version: 1, madeAt: 0, effect: 'retroactive', terms }], calendars: ({ id }) => id === null ? alwaysOpen : cal, asOf: 1.7e15 + n * M, newId: () => `c${k++}`, window: { from: 0, count: 500 } })
      const u = process.cpuUsage(b)
      console.log(n, c === null, (u.user + u.system) / 1000, r.changes.length, r.clocks.length)
    }
  }
  return { figures: {}, targets: {} }
}
await run()
