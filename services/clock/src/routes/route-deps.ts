import type { App, Upstream } from '@dueline/http'
import type { TenantDatabases } from '@dueline/postgres'
import type { Clock, Ids, Signal } from '@dueline/runtime'
import type { ClockProjector } from '../projection/clock-projector.ts'
import type { ClockConfig } from '../config.ts'
import type { TicketCase } from '../domain/ticket-case.ts'
import type { CalendarCache } from '../store/calendar-store.ts'

/** What routes are made of. */
export interface RouteDeps {
  readonly database: TenantDatabases
  readonly clock: Clock
  readonly ids: Ids
  readonly config: ClockConfig
  readonly calendars: CalendarCache
  readonly projector: ClockProjector
  readonly advanced: Signal<ReadonlyMap<string, TicketCase>>
  /** Asked in which language and zone somebody reads; undefined: nobody can be asked. */
  readonly directory: Upstream | undefined
}

/** One operation, added to the application. */
export type Route = (app: App, deps: RouteDeps) => void
