import { formatInstant, type Micros } from '@dueline/business-time'
import { ClockSnapshot, Instant, nullable, PrioritySchema, TicketStatusSchema, Uuid } from '@dueline/contracts'
import { baseErrors, problem, type Principal } from '@dueline/http'
import type { Read } from '@dueline/postgres'
import { Type, type Static } from 'typebox'
import { authorize } from '../access.ts'
import { snapshotOf } from '../domain/snapshot.ts'
import { foldedVersion, type TicketCase } from '../domain/ticket-case.ts'
import type { CalendarCache } from '../store/calendar-store.ts'
import { readCase } from '../store/case-store.ts'
import type { ClockOfCase } from '../store/clock-list.ts'
import { readClock } from '../store/clock-store.ts'

/** A clock as it is answered: consumed and remaining time are those of `serverTime`. */
export const ClockView = Type.Object({
  ...ClockSnapshot.properties,
  ticket: nullable(
    Type.Object({
      number: Type.String({ description: 'The number that people use: T-000123' }),
      subject: Type.String(),
      status: TicketStatusSchema,
      priority: PrioritySchema,
      customerId: Uuid
    }, { title: 'TicketOfClock', description: 'What is known of the ticket at `ticketVersion` or later' })
  ),
  ticketVersion: Type.Integer({
    description: 'The clock includes everything up to this version of the ticket'
  }),
  serverTime: {
    ...Instant,
    description: 'When consumed, remaining and overdue were computed; count from here, not from your own clock'
  }
}, { title: 'Clock', description: 'One metric of an agreement of a ticket, measured' })
export type ClockView = Static<typeof ClockView>

/** Clocks in their wire form at `now`. */
export async function viewsOf (
  db: Read,
  cache: CalendarCache,
  found: readonly ClockOfCase[],
  now: Micros
): Promise<ClockView[]> {
  const calendars = await cache.lookup(db, found.map(({ clock }) => clock))
  const serverTime = formatInstant(now)
  return found.map(({ clock, ticket }) => ({
    ...snapshotOf(clock.ticketId, clock, now, calendars(clock.tenantId)),
    ticket: ticketOf(ticket),
    ticketVersion: foldedVersion(ticket),
    serverTime
  }))
}

function ticketOf ({ summary }: TicketCase): ClockView['ticket'] {
  if (summary === null) return null
  const { number, subject, status, priority, customerId } = summary
  return { number, subject, status, priority, customerId }
}

/** A clock that the caller may know of. @throws {Problem} 404 otherwise */
export async function findClock (db: Read, principal: Principal, clockId: string): Promise<ClockOfCase> {
  const clock = await readClock(db, principal.tenantId, clockId)
  const ticket = clock === undefined ? undefined : await readCase(db, clock)
  if (clock === undefined || ticket === undefined) return problem(baseErrors.not_found)
  const { customerId } = ticket
  if (!authorize(principal, 'seeClock', { customerId, kind: clock.kind })) problem(baseErrors.not_found)
  return { clock, ticket }
}
