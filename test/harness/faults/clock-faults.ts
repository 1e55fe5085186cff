import { parseDuration, parseInstant } from '@dueline/business-time'
import type { Clock, TenantRecord } from '../tenant-record.ts'
import { graceMicros, nameOf, type Looked } from './record.ts'
import { denseFaults } from './sequence-faults.ts'

const deadlineMetrics = ['first_response', 'resolution']

export function clockFaults (clock: Clock, { eventsOfClock, escalated }: Looked): string[] {
  const what = nameOf(clock)
  const own = eventsOfClock.get(clock.id) ?? []
  const faults = denseFaults(what, own, clock.sequence)
  if (own[0]?.type !== 'dueline.clock.started.v1') faults.push(`${what}: its first event is not its start`)
  const breaches = own.flatMap((event) =>
    event.type === 'dueline.clock.breached.v1' && event.data.clock.cycle === clock.cycle
      ? [event]
      : []
  )
  const overdue = clock.state === 'running' && clock.dueAt !== null &&
    parseInstant(clock.dueAt) + graceMicros < parseInstant(clock.serverTime)
  if (overdue && clock.breachedAt === null) {
    faults.push(`${what}: due at ${clock.dueAt} and not breached at ${clock.serverTime}`)
  }
  if ((clock.breachedAt === null) === (breaches.length > 0)) {
    faults.push(`${what}: breached at ${clock.breachedAt}, ${breaches.length} breach events`)
  }
  const escalates = deadlineMetrics.includes(clock.metric) &&
    breaches.some(({ data }) => data.mark.recordedOnly !== 'over')
  if (clock.breachedAt !== null && escalates && !escalated.has(`${clock.id} ${clock.cycle}`)) {
    faults.push(`${what}: breached and not escalated`)
  }
  return faults
}

/** Spans meet end to end from the clock's start on, and what they counted is what the clock says. */
export function ledgerFaults (clock: Clock, { ledgers }: TenantRecord): string[] {
  const what = `ledger of ${nameOf(clock)}`
  const ledger = ledgers.get(clock.id) ?? []
  const faults = ledger.flatMap((entry, index) =>
    index > 0 && ledger[index - 1]?.to !== entry.from ? [`${what}: a gap or overlap at ${entry.from}`] : []
  )
  if (ledger[0]?.from !== clock.startedAt && clock.cycle === 1) {
    faults.push(`${what}: begins at ${ledger[0]?.from}, not at ${clock.startedAt}`)
  }
  const counted = ledger.reduce((sum, { consumed }) => sum + parseDuration(consumed), 0)
  if (clock.state !== 'running' && clock.cycle === 1 && counted !== parseDuration(clock.consumed)) {
    faults.push(`${what}: ${counted} µs, not ${clock.consumed}`)
  }
  return faults
}
