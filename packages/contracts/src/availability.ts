import type { Micros } from '@dueline/business-time'
import type { AvailabilityState } from './vocabulary.ts'

/** A planned absence of a person, as instants; `to` is no part of it. */
export interface AbsencePeriod {
  readonly from: Micros
  readonly to: Micros
  /** Who stands in meanwhile. */
  readonly substituteId: string | null
}

/** All that decides whether a person can be given work. */
export interface AvailabilityFacts {
  /** false: the person has left. */
  readonly active: boolean
  /** What was set by hand; null: nothing. */
  readonly state: AvailabilityState | null
  /** When that ends to count; null: never by itself. */
  readonly until: Micros | null
  /** Absences in any order. */
  readonly absences: readonly AbsencePeriod[]
}

/** What made the state: not active, set by hand, an absence, the calendar, or nothing of these. */
export const availabilityReasons = ['inactive', 'set', 'absence', 'calendar', 'none'] as const
export type AvailabilityReason = typeof availabilityReasons[number]

/** The state of a person at an instant, and why. */
export interface EffectiveAvailability {
  readonly state: AvailabilityState
  readonly reason: AvailabilityReason
  /** The absence at the instant, whatever made the state. */
  readonly absence: AbsencePeriod | null
}

/**
 * Whether a person can be given work at an instant. Who has left is off. What was set by hand beats a planned absence
 * (away), and that the calendar (off while it is closed). `isOpen`: whether the calendar of the person is open at the
 * instant; null: it has none, and is available.
 */
export function effectiveAvailability (
  { active, state, until, absences }: AvailabilityFacts,
  at: Micros,
  isOpen: boolean | null
): EffectiveAvailability {
  const absence = absences.find(({ from, to }) => from <= at && at < to) ?? null
  if (!active) return { state: 'off', reason: 'inactive', absence }
  if (state !== null && (until === null || at < until)) return { state, reason: 'set', absence }
  if (absence !== null) return { state: 'away', reason: 'absence', absence }
  if (isOpen === null) return { state: 'available', reason: 'none', absence }
  return { state: isOpen ? 'available' : 'off', reason: 'calendar', absence }
}

/** Whether somebody else stands in: the person is planned to be absent, and did not say by hand that it works. */
function hasSubstitute ({ state, absence }: EffectiveAvailability): boolean {
  return absence !== null && (state === 'away' || state === 'off')
}

/**
 * Who stands in for a person: the substitute of its absence, or of the substitute's own absence, and so on, to the
 * first who is not planned to be absent itself. Null: nobody has to, or there is nobody: an absence without a
 * substitute, somebody unknown or who has left, a circle. `find` answers the availability of each at one instant.
 */
export function substituteOf (
  personId: string,
  find: (personId: string) => EffectiveAvailability | undefined
): string | null {
  const seen = new Set([personId])
  for (let at = find(personId); at !== undefined && hasSubstitute(at);) {
    const next = at.absence?.substituteId ?? null
    if (next === null || seen.has(next)) return null
    seen.add(next)
    at = find(next)
    if (at === undefined || at.reason === 'inactive') return null
    if (!hasSubstitute(at)) return next
  }
  return null
}
