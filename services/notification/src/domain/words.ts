import { parseDuration, type Micros } from '@dueline/business-time'
import type { Language } from '@dueline/contracts'

const second = 1_000_000
const minute = 60 * second
const hour = 60 * minute

/**
 * A duration in words, never longer than it is: hours and minutes, minutes and seconds, or seconds. Not in days: a day
 * of working time has no fixed length.
 * @param shortest what is said of less than a tenth of a second
 */
export function durationWords (duration: Micros, language: Language, shortest: string): string {
  const unit = (count: number, name: 'hour' | 'minute' | 'second'): string[] => {
    if (count === 0) return []
    return [new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'long' }).format(count)]
  }
  const whole = (size: Micros): number => Math.floor(duration / size)
  const parts = duration >= hour
    ? [...unit(whole(hour), 'hour'), ...unit(whole(minute) % 60, 'minute')]
    : duration >= minute
    ? [...unit(whole(minute), 'minute'), ...unit(whole(second) % 60, 'second')]
    : unit(whole(second / 10) / 10, 'second')
  return parts.length === 0 ? shortest : new Intl.ListFormat(language, { type: 'unit' }).format(parts)
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

const leftToRight = /[^\P{L}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

/** A line of text that stands in a text of another direction, so that neither mixes up the other's order. */
export function isolated (line: string, direction: 'ltr' | 'rtl'): string {
  return (direction === 'rtl' ? leftToRight : rightToLeft).test(line) ? `\u2068${line}\u2069` : line
}
