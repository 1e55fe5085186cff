import type { Format } from './formats.ts'

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December'
]

/** An answer as text, dates and numbers as the field's own format writes them. */
export function written (answer: unknown, format: Format): string {
  if (typeof answer === 'number') {
    return format.decimals === undefined
      ? String(answer)
      : answer.toFixed(format.decimals)
  }
  if (typeof answer === 'object' && answer !== null) {
    const { other, name } = answer as { other?: unknown, name?: unknown }
    return String(other ?? name ?? '')
  }
  const text = String(answer)
  const [, date, time] = /^(\d{4}-\d\d-\d\d)?T?(\d\d:\d\d(?::\d\d)?)?/.exec(text) ?? []
  if (format.pattern === undefined || (date === undefined && time === undefined)) return text
  return byPattern(format.pattern, date ?? '', time ?? '')
}

/** In the letters of Acrobat: d, m, y of the date, H or h, M, s and tt of the time. */
function byPattern (pattern: string, date: string, time: string): string {
  const [year = '', month = '', day = ''] = date.split('-')
  const [hour = '00', minute = '00', second = '00'] = time.split(':')
  const monthName = months[Number(month) - 1] ?? ''
  const twelve = String(Number(hour) % 12 || 12)
  const parts: Record<string, string> = {
    yyyy: year,
    yy: year.slice(2),
    mmmm: monthName,
    mmm: monthName.slice(0, 3),
    mm: month,
    m: String(Number(month)),
    dd: day,
    d: String(Number(day)),
    HH: hour,
    H: String(Number(hour)),
    hh: twelve.padStart(2, '0'),
    h: twelve,
    MM: minute,
    M: String(Number(minute)),
    ss: second,
    s: String(Number(second)),
    tt: Number(hour) < 12 ? 'am' : 'pm'
  }
  return pattern.replace(/y{4}|yy|m{1,4}|dd?|HH?|hh?|MM?|ss?|tt/g, (part) => parts[part] ?? part)
}
