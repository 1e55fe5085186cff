import { parseInstant, type Micros } from '@dueline/business-time'
import { Type } from 'typebox'

/** When something happened, as other systems write it; read with `readTimestamp`. */
export const Timestamp = Type.String({
  format: 'date-time',
  maxLength: 64,
  description:
    'RFC 3339 date and time in any zone, such as 2026-01-31T10:00:00.5+02:00; digits beyond the microsecond are cut'
})

const form = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:(\.\d{1,6})\d*)?([Zz]|[+-]\d{2}:\d{2})$/
const wanted =
  'must be a date and time with seconds and a zone (RFC 3339): 2026-01-31T08:00:00Z or 2026-01-31T10:00:00.5+02:00'

/**
 * The instant that a `Timestamp` names, or what is wrong with it: its form, a date that does not exist, a year outside
 * 1970 to 2255.
 */
export function readTimestamp (text: string): { at: Micros } | { fault: string } {
  const match = form.exec(text)
  if (match === null) return { fault: wanted }
  const [, date, time, decimals = '', zone] = match
  try {
    return { at: parseInstant(`${date}T${time}${decimals}${zone!.toUpperCase()}`) }
  } catch {
    return { fault: 'is not a date and time that exists, from 1970 to 2255' }
  }
}
