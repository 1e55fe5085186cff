import { clockEventTypes, isOneOf, type ClockEventType, type DuelineEvent } from '@dueline/contracts'
import type { Clock, TenantRecord } from '../tenant-record.ts'

/** A record with what is looked up in it for every item: a drill reads tens of thousands of each. */
export type Looked = TenantRecord & ReturnType<typeof lookUpsIn>

export function lookUpsIn ({ events, clocks, escalations }: TenantRecord) {
  return {
    eventsOfSubject: groupedBy(events, ({ subject }) => subject),
    eventsOfClock: groupedBy(events.filter(isClockEvent), ({ data }) => data.clock.id),
    eventsOfEscalation: groupedBy(events, ({ data }) => 'escalation' in data ? data.escalation.id : undefined),
    eventsOfAgreement: groupedBy(events, ({ data }) => 'agreement' in data ? data.agreement.id : undefined),
    ticketsWithClock: new Set(clocks.map(({ ticketId }) => ticketId)),
    escalated: new Set(escalations.map(({ clockId, cycle }) => `${clockId} ${cycle}`))
  }
}

/** What falls due may take this long to be seen, in microseconds. */
export const graceMicros = 2_000_000

export function isClockEvent (event: DuelineEvent): event is DuelineEvent<ClockEventType> {
  return isOneOf(event, clockEventTypes)
}

export function groupedBy<T, K> (items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

/** The keys that come more than once. */
export function repeated<T> (items: readonly T[], keyOf: (item: T) => string): string[] {
  const seen = new Set<string>()
  return items.map(keyOf).filter((key) => seen.size === seen.add(key).size)
}

export function name ({ type, id }: DuelineEvent): string {
  return `${type} ${id}`
}

export function nameOf ({ metric, id }: Clock): string {
  return `clock ${metric} ${id}`
}
