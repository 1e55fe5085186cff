import { formatInstant, parseDuration, parseInstant, type Micros } from '@dueline/business-time'

/** What is wrong with a text in the form of `Instant` that names no instant, such as 30 February. */
export const instantFault = 'must be an instant that exists, from 1970 to 2255'

/** The instant that a text names; null when there is none. */
export function existingInstant (text: string): Micros | null {
  try {
    return parseInstant(text)
  } catch {
    return null
  }
}

/** An instant on the wire; null stays null. */
export function instantText (instant: Micros | null): string | null {
  return instant === null ? null : formatInstant(instant)
}

/** The microseconds of a text in the form of `Duration`; infinite when they cannot be counted exactly. */
export function durationOf (text: string): Micros {
  try {
    return parseDuration(text)
  } catch {
    return Infinity
  }
}
