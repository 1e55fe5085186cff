/** A holiday as the library date-holidays tells it. */
export interface HolidayEntry {
  /** Its local start: `2026-03-23 00:00:00`, with `-0600` after it where the day begins at the sunset before. */
  readonly date: string
  readonly start: Date
  readonly end: Date
  readonly name: string
  readonly rule: string
}

/** What a holiday closes, in local dates and times of its country. */
export interface HolidayDays {
  readonly name: string
  /** By the moon: an announcement may move it by a day or two. */
  readonly expected: boolean
  /** Closed from midnight to midnight; for `holidays` of a calendar. */
  readonly dates: string[]
  /** Closed for a part of a date, `[from, to)`; for `breaks` of a calendar. */
  readonly parts: Array<{ date: string, from: string, to: string }>
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const islamicMonth = /Muharram|Safar|Rabi al|Jumada|Rajab|Shaban|Ramadan|Shawwal|Dhu al/

/**
 * The dates and the parts of dates that a holiday closes. A start at sunset (`-0600`) is counted from midnight: offices
 * close with the date and not with the evening before. Lengths that are whole days but for an hour, as when clocks
 * change, are whole days.
 */
export function holidayDays ({ date, start, end, name, rule }: HolidayEntry): HolidayDays {
  const [day = '', time = '00:00:00', sunset] = date.split(' ')
  const hours = Math.round((end.getTime() - start.getTime()) / hourMs)
  const days = Math.round(hours / 24)
  const length = Math.abs(hours - 24 * days) <= 1 ? days * dayMs : hours * hourMs
  const from = Date.parse(`${day}T${sunset === undefined ? time : '00:00:00'}Z`)
  const result: HolidayDays = { name, expected: islamicMonth.test(rule), dates: [], parts: [] }
  for (let at = from; at < from + length;) {
    const next = Math.min(at - at % dayMs + dayMs, from + length)
    const on = new Date(at).toISOString().slice(0, 10)
    if (next - at === dayMs) result.dates.push(on)
    else result.parts.push({ date: on, from: timeOf(at), to: next % dayMs === 0 ? '24:00' : timeOf(next) })
    at = next
  }
  return result
}

function timeOf (ms: number): string {
  return new Date(ms).toISOString().slice(11, 16)
}
