import { formatInstant, type Micros } from '@dueline/business-time'
import { ClockSnapshot, type AgreementKind, type Role } from '@dueline/contracts'
import { baseErrors, problem, type Principal } from '@dueline/http'
import type { Read } from '@dueline/postgres'
import { Type, type Static } from 'typebox'
import { snapshotOf } from '../domain/snapshot.ts'
import { foldedVersion } from '../domain/ticket-case.ts'
import type { CalendarCache } from '../store/calendar-store.ts'
import { readCase } from '../store/case-store.ts'
import type { ClockOfCase } from '../store/clock-list.ts'
import { readClock } from '../store/clock-store.ts'

/** A clock as it is answered: consumed and remaining time are those of `serverTime`. */
export const ClockView = Type.Object({
  ...ClockSnapshot.properties,
  ticketVersion: Type.Integer({
    description: 'Newest version of the ticket from which everything that follows is in this clock'
  }),
  serverTime: Type.String({
    description: 'When consumed, remaining and overdue were computed: count on from here, not from your own clock'
  })
}, { title: 'Clock' })
export type ClockView = Static<typeof ClockView>

/** Who sees the tenant's clocks; a customer only those of own tickets. */
export const readers: readonly Role[] = ['customer', 'agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']
/** Who sees how a clock came to be: its causes and holders are not for customers. */
export const auditors: readonly Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']

/** Whether a caller sees only own tickets: nothing but a customer. */
export function seesOwnOnly ({ roles }: Pick<Principal, 'roles'>): boolean {
  return !roles.some((role) => auditors.includes(role))
}

/** Promises of these kinds are made to customers; what staff and vendors promise each other is not theirs to see. */
export const kindsForCustomers: readonly AgreementKind[] = ['sla']

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
    ticketVersion: foldedVersion(ticket),
    serverTime
  }))
}

/** A clock that the caller may know of. @throws {Problem} 404 otherwise */
export async function findClock (db: Read, principal: Principal, clockId: string): Promise<ClockOfCase> {
  const clock = await readClock(db, principal.tenantId, clockId)
  const ticket = clock === undefined ? undefined : await readCase(db, clock)
  if (clock === undefined || ticket === undefined) return problem(baseErrors.not_found)
  const isHidden = ticket.customerId !== principal.personId || !kindsForCustomers.includes(clock.kind)
  if (seesOwnOnly(principal) && isHidden) problem(baseErrors.not_found)
  return { clock, ticket }
}
