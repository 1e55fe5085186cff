import { DAY, HOUR, MINUTE, SECOND, type Micros } from './micros.ts'

const PATTERN = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/

/**
 * Reads `HH:MM[:SS[.ffffff]]` as microseconds since midnight; `24:00` is the end of the day. Null when it is no such
 * time.
 */
export function parseTimeOfDay (text: string): Micros | null {
  const match = PATTERN.exec(text)
  if (match === null) return null
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
  if (minute > 59 || second > 59) return null
  const time = hour * HOUR + minute * MINUTE + second * SECOND + Number((match[4] ?? '').padEnd(6, '0'))
  return time <= DAY ? time : null
}
