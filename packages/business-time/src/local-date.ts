import { DAY, LAST_INSTANT } from './micros.ts'

const MS_PER_DAY = DAY / 1000

/**
 * Days are counted from Monday 1969-12-22, so that no day of the range has a negative number, whatever its zone,
 * and the weekday is the remainder by seven: 0 is Monday.
 */
export const EPOCH_DAY = 10

/** No instant of the range falls on a later local date. */
export const LAST_DAY = EPOCH_DAY + Math.floor(LAST_INSTANT / DAY) + 1

/**
 * The number of a date `YYYY-MM-DD`, counted from Monday 1969-12-22; null when the text is no date of the Gregorian
 * calendar.
 */
export function dayNumberOf (text: string): number | null {
  if (text.length !== 10 || text[4] !== '-' || text[7] !== '-') return null
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)]
  if (Number.isNaN(year) || Number.isNaN(month) || Number.isNaN(day)) return null
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  return daysFromCivil(year, month, day) + EPOCH_DAY
}

/** Month and day `MM-DD` as month × 100 + day, 29 February included; null when no year has such a day. */
export function monthDayOf (text: string): number | null {
  const isDate = text.length === 5 && dayNumberOf(`2000-${text}`) !== null
  return isDate ? digits(text, 0, 2) * 100 + digits(text, 3, 5) : null
}

/**
 * The day numbers from `first` to `last`, both included, that are these days of their years (month × 100 + day). There
 * is no 29 February in a common year.
 */
export function daysOfYears (monthDays: readonly number[], first: number, last: number): number[] {
  const days: number[] = []
  const lastYear = yearOf(last)
  for (let year = yearOf(first); year <= lastYear; year++) {
    for (const monthDay of monthDays) {
      const [month, day] = [Math.floor(monthDay / 100), monthDay % 100]
      if (day > daysInMonth(year, month)) continue
      const number = daysFromCivil(year, month, day) + EPOCH_DAY
      if (number >= first && number <= last) days.push(number)
    }
  }
  return days
}

function yearOf (dayNumber: number): number {
  return Number(dateOfDayNumber(dayNumber).slice(0, 4))
}

/** Dates that were asked for, by the lowest bits of their numbers: what is written together lies on a few days. */
const latest = Array.from({ length: 256 }, () => ({ dayNumber: NaN, date: '' }))

/** The date `YYYY-MM-DD` of a day number counted from Monday 1969-12-22. */
export function dateOfDayNumber (dayNumber: number): string {
  const known = latest[dayNumber & 255]!
  if (known.dayNumber !== dayNumber) {
    known.date = new Date((dayNumber - EPOCH_DAY) * MS_PER_DAY).toISOString().slice(0, 10)
    known.dayNumber = dayNumber
  }
  return known.date
}

/**
 * The number that the digits of `text` in `[from, to)` are; NaN when one is no digit. Six times as fast here as a
 * pattern.
 */
function digits (text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : NaN
  }
  return value
}

function daysInMonth (year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days from 1970-01-01 to a Gregorian date; March starts the counted year, so the leap day is its last. */
function daysFromCivil (year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468
}
