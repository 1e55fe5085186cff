import type { ClockSnapshot, DuelineEvent, Metric, TicketStatus } from '@dueline/contracts'

/** A clock of a ticket that was warned of or breached, and still runs. Instants as on the wire. */
export interface OpenClock {
  clockId: string
  metric: Metric
  calendarId: string | null
  dueAt: string | null
  /** The deadline that was missed. */
  breachedAt: string | null
  sequence: number
}

/** What of a ticket still waits for somebody: whoever is given the ticket is notified. */
export interface OpenMatters {
  clocks: readonly OpenClock[]
  /** Since when the customer has waited for an answer to what he wrote. */
  waitingSince: string | null
}

export const nothingOpen: OpenMatters = { clocks: [], waitingSince: null }

export function isNothingOpen ({ clocks, waitingSince }: OpenMatters): boolean {
  return clocks.length === 0 && waitingSince === null
}

/** Whether an event can change what is open, or notifies somebody of it. */
export function concernsOpenMatters (event: DuelineEvent): boolean {
  return clockOf(event) !== null || /^dueline\.ticket\.(?:assigned|message-added|status-changed)\.v1$/.test(event.type)
}

/** What is open after an event; the same object when it changes nothing, as an older state of a clock does. */
export function afterEvent (open: OpenMatters, event: DuelineEvent): OpenMatters {
  const clock = clockOf(event)
  if (clock !== null) return afterClock(open, clock)
  if (event.type === 'dueline.ticket.message-added.v1') {
    const { kind, authorKind } = event.data.message
    if (kind !== 'public') return open
    if (authorKind === 'customer') return open.waitingSince === null ? { ...open, waitingSince: event.time } : open
    return answered(open)
  }
  const ends = event.type === 'dueline.ticket.status-changed.v1' && endsWaiting.includes(event.data.to)
  return ends ? answered(open) : open
}

/** In these nobody waits for us. */
const endsWaiting: readonly TicketStatus[] = ['waiting_on_customer', 'resolved', 'closed', 'cancelled']

function answered (open: OpenMatters): OpenMatters {
  return open.waitingSince === null ? open : { ...open, waitingSince: null }
}

function afterClock (open: OpenMatters, clock: ClockSnapshot): OpenMatters {
  const before = open.clocks.find(({ clockId }) => clockId === clock.id)
  if (before !== undefined && before.sequence >= clock.sequence) return open
  const marked = clock.breachedAt !== null || clock.warnedAt !== null
  const isOpen = marked && (clock.state === 'running' || clock.state === 'paused')
  if (before === undefined && !isOpen) return open
  const others = open.clocks.filter((each) => each !== before)
  if (!isOpen) return { ...open, clocks: others }
  const { id: clockId, metric, calendarId, dueAt, breachedAt, sequence } = clock
  return { ...open, clocks: [...others, { clockId, metric, calendarId, dueAt, breachedAt, sequence }] }
}

/** A clock that only begins was not warned of yet: most events of clocks are such. */
function clockOf (event: DuelineEvent): ClockSnapshot | null {
  return event.type !== 'dueline.clock.started.v1' && 'clock' in event.data ? event.data.clock : null
}
