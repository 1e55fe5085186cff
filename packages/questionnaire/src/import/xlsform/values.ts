import { readDate, readDateTime, readTime } from '../../calendar.ts'
import { readNumber } from '../../numerals.ts'
import type { Kind } from './to-cel.ts'

/** A default as the file writes it, as an expression; undefined when it is no answer of that kind. */
export function defaultOf (text: string, kind: Kind): string | undefined {
  switch (kind) {
    case 'integer':
    case 'decimal': {
      const number = readNumber(text)
      if (number === undefined || (kind === 'integer' && !Number.isInteger(number))) return undefined
      return String(number)
    }
    case 'date': {
      // A date cell comes with a time from some programs.
      const date = readDate(text.slice(0, 10))
      return date === undefined ? undefined : `date("${date}")`
    }
    case 'time':
      return readTime(text) === undefined ? undefined : `time("${text}")`
    case 'date_time':
      return readDateTime(text) === undefined ? undefined : `timestamp("${text}")`
    case 'yes_no':
      return /^(OK|yes|true|1|نعم)$/i.test(text) ? 'true' : /^(no|false|0|لا)$/i.test(text) ? 'false' : undefined
    case 'list':
      return `[${text.split(/\s+/).map((name) => JSON.stringify(name)).join(', ')}]`
    case 'text':
      return JSON.stringify(text)
    default:
      return undefined
  }
}

/** What `range` asks for: a rating where it looks like one, else a number within bounds. */
export function rangeOf (
  parameters: string,
  appearance: string
): { kind: 'rating', min: number, max: number } | { kind: 'integer' | 'decimal', min: number, max: number } {
  const given = new Map(
    [...parameters.matchAll(/(\w+)\s*=\s*(-?[\d.]+)/g)].map(([, name, value]) => [name, Number(value)])
  )
  const [min, max, step] = [given.get('start') ?? 1, given.get('end') ?? 10, given.get('step') ?? 1]
  const bounds = { min: Math.min(min, max), max: Math.max(min, max) }
  const whole = [min, max, step].every(Number.isInteger)
  if (whole && /\brating\b/.test(appearance)) return { kind: 'rating', ...bounds }
  return { kind: whole ? 'integer' : 'decimal', ...bounds }
}
