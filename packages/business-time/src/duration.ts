import { assertDuration, HOUR, MINUTE, SECOND, type Micros } from './micros.ts'
import { shown } from './shown.ts'

const PATTERN = /^(-)?PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,6}))?S)?$/

/**
 * Reads an ISO 8601 duration of hours, minutes and seconds, such as `PT30M`, `PT1H30M` or `-PT0.5S`.
 *
 * Each part is a whole number, the seconds may have up to six decimals, parts come in the order H, M, S and may
 * exceed 59. Returns microseconds. Throws `RangeError` on days and longer, on any other text, and when the
 * amount is beyond a safe integer of microseconds.
 */
export function parseDuration (text: string): Micros {
  const match = typeof text === 'string' ? PATTERN.exec(text) : null
  if (match === null) {
    throw new RangeError(`not an ISO 8601 duration of hours, minutes and seconds: ${shown(text)}`)
  }
  const [hours, minutes, seconds] = [Number(match[2] ?? 0), Number(match[3] ?? 0), Number(match[4] ?? 0)]
  const fraction = Number((match[5] ?? '').padEnd(6, '0'))
  const amount = hours * HOUR + minutes * MINUTE + seconds * SECOND + fraction
  if (!Number.isSafeInteger(amount)) throw new RangeError(`duration too long: ${shown(text)}`)
  return match[1] === undefined || amount === 0 ? amount : -amount
}

/**
 * Writes a duration in its one canonical form: `PT1H30M`, `PT0.25S`, `-PT15M`, `PT0S`; hours are the largest unit.
 * Throws `RangeError` unless `duration` is integer microseconds.
 */
export function formatDuration (duration: Micros): string {
  assertDuration(duration, 'duration')
  const amount = Math.abs(duration)
  const [hours, minutes] = [Math.floor(amount / HOUR), Math.floor(amount % HOUR / MINUTE)]
  const [seconds, fraction] = [Math.floor(amount % MINUTE / SECOND), amount % SECOND]
  const decimals = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
  let text = duration < 0 ? '-PT' : 'PT'
  if (hours > 0) text += `${hours}H`
  if (minutes > 0) text += `${minutes}M`
  if (seconds > 0 || fraction > 0 || amount === 0) text += `${seconds}${decimals}S`
  return text
}
