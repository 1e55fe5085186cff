import type { Micros } from '@dueline/business-time'
import type { Outbox } from '@dueline/messaging'
import type { Ids, Signal } from '@dueline/runtime'
import type { Timers } from '@dueline/timers'
import type { TicketCase } from '../domain/ticket-case.ts'
import type { CalendarCache } from '../store/calendar-store.ts'

/** What advancing clocks needs besides the transaction. */
export interface ProjectorDeps {
  readonly calendars: CalendarCache
  readonly outbox: Outbox
  readonly timers: Pick<Timers, 'set' | 'clear'>
  readonly ids: Ids
  /** Emits the tickets of each committed change as it left them, by `textOf`. */
  readonly advanced: Signal<ReadonlyMap<string, TicketCase>>
  /** Since when this process has been looking after marks. */
  readonly aliveSince: Micros
}
