import ical from 'ical.js'

export type Recur = InstanceType<typeof ical.Recur>
export type Time = InstanceType<typeof ical.Time>

/** What this reads of a rule, by its frequency: shapes of which each has a next day within a few years. */
const partsOf: Readonly<Record<string, readonly string[]>> = {
  DAILY: [],
  WEEKLY: ['BYDAY'],
  MONTHLY: ['BYDAY', 'BYMONTHDAY'],
  YEARLY: ['BYDAY', 'BYMONTHDAY', 'BYMONTH']
}
const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
type Parts = Partial<Record<string, Array<number | string>>>

/** Why a rule is not taken; null where it is. `raw` is the rule as written, by the lower-case names of its parts. */
export function ruleFault (rule: Recur, raw: Readonly<Record<string, unknown>>): string | null {
  const scale = raw['rscale']
  if (scale !== undefined && String(scale).toUpperCase() !== 'GREGORIAN') {
    return `its rule counts in the calendar ${String(scale)} (RSCALE), not in the Gregorian`
  }
  const parts = rule.parts as Parts
  const known = partsOf[rule.freq]
  if (known === undefined) return `its rule repeats within a day (${rule.freq})`
  const other = Object.keys(parts).find((name) => !known.includes(name))
  if (other !== undefined) return `the part ${other} of a ${rule.freq} rule is not read`
  const { BYDAY = [], BYMONTHDAY = [], BYMONTH = [] } = parts
  const most = rule.freq === 'YEARLY' && BYMONTH.length === 0 ? 53 : 5
  const numbers = BYDAY.map((day) => parseInt(String(day), 10)).filter((number) => !Number.isNaN(number))
  if (numbers.some((number) => Math.abs(number) > most)) return 'its rule (BYDAY) names a week that there never is'
  if (numbers.length > 0 && BYMONTHDAY.length > 0) return 'its rule names a numbered weekday and a day of the month'
  const months = BYMONTH.length === 0 ? daysOfMonth.map((_, i) => i + 1) : BYMONTH.map(Number)
  const longest = Math.max(...months.map((month) => daysOfMonth[month - 1] ?? 0))
  if (BYMONTHDAY.length > 0 && BYMONTHDAY.every((day) => day === 0 || Math.abs(Number(day)) > longest)) {
    return 'its rule names a day that there never is'
  }
  return null
}

/**
 * The rule with the day said that it takes from its first day. Left to the library, the 29th of February becomes the
 * 1st of March.
 */
function explicitly (rule: Recur, { month, day }: Time): Recur {
  const explicit = rule.clone()
  const parts = explicit.parts as Parts
  const { BYDAY, BYMONTHDAY, BYMONTH } = parts
  if (BYDAY !== undefined || BYMONTHDAY !== undefined) return explicit
  if (rule.freq === 'YEARLY' || rule.freq === 'MONTHLY') parts['BYMONTHDAY'] = [day]
  if (rule.freq === 'YEARLY' && BYMONTH === undefined) parts['BYMONTH'] = [month]
  return explicit
}

/** The day `MM-DD` on which a rule begins in every year without end; null where it is of another kind. */
export function everyYear (rule: Recur, start: Time): string | null {
  const { BYDAY, BYMONTH = [], BYMONTHDAY = [] } = explicitly(rule, start).parts as Parts
  if (rule.freq !== 'YEARLY' || rule.interval !== 1 || rule.count !== null || rule.until !== null) return null
  if (BYDAY !== undefined || BYMONTH.length !== 1 || BYMONTHDAY.length !== 1) return null
  const day = `${two(Number(BYMONTH[0]))}-${two(Number(BYMONTHDAY[0]))}`
  return day === `${two(start.month)}-${two(start.day)}` ? day : null
}

/** How often rules may still repeat before the file is too much. */
export interface Budget {
  left: number
}

/**
 * The local starts of a rule, from its first day to a local date. `UNTIL` is for the caller to look at: the library
 * would compare it with times of which it does not know the zone. Null ends them when the budget is used up.
 */
export function* startsOf (rule: Recur, start: Time, last: string, budget: Budget): Generator<Time | null> {
  const bounded = explicitly(rule, start)
  // never without an end: the library would look for a day that there never is until the year 20000
  bounded.until = start.isDate ? ical.Time.fromDateString(last) : ical.Time.fromDateTimeString(`${last}T23:59:59`)
  const { year, month, day, hour, minute, second, isDate } = start
  const first = new ical.Time({ year, month, day, hour, minute, second, isDate }, ical.Timezone.localTimezone)
  const iterator = bounded.iterator(first)
  for (let next = iterator.next(); next !== null && next !== undefined; next = iterator.next()) {
    if (--budget.left < 0) return yield null
    yield next.clone()
  }
}

export function two (number: number): string {
  return String(number).padStart(2, '0')
}
