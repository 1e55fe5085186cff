import { describeDuration, parseDuration, type Micros } from '@dueline/business-time'
import type { Language } from '@dueline/contracts'

const tenthOfSecond = 100_000

/**
 * A duration in words, never longer than it is: hours and minutes, minutes and seconds, or seconds.
 * @param shortest what is said of less than a tenth of a second
 */
export function durationWords (duration: Micros, language: Language, shortest: string): string {
  return duration < tenthOfSecond ? shortest : describeDuration(duration, language, 2)
}

/** How far a mark is from what it counts from: `50%` of the time, or so long before or after the deadline. */
export function markWords (key: string, language: Language, shortest: string): string {
  const [kind, amount = ''] = key.split(':')
  if (kind === 'percent') {
    return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(Number(amount) / 100)
  }
  return kind === 'before' || kind === 'after' ? durationWords(parseDuration(amount), language, shortest) : ''
}

const seen = /[\p{L}\p{N}\p{P}\p{S}]/u

/** The first of some names in which there is something to see. */
export function firstVisible (...names: ReadonlyArray<string | null | undefined>): string | null {
  return names.find((name): name is string => typeof name === 'string' && seen.test(name)) ?? null
}
