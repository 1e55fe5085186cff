import { DAY, HOUR, LAST_INSTANT, MINUTE, SECOND, type Micros } from './micros.ts'

/** The offsets of one IANA zone from 1970 to 2255: from `starts[i]` on, the wall clock is UTC plus `offsets[i]`. */
export interface Zone {
  readonly name: string
  readonly starts: Float64Array
  readonly offsets: Float64Array
}

const SCAN_STEP_MS = 7 * DAY / 1000
const LAST_MS = Math.floor(LAST_INSTANT / 1000)
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/

const zones = new Map<string, Zone>()

/** The zone of an IANA name, read from the platform's data once per process; null when the platform does not know it. */
export function zoneNamed (name: string): Zone | null {
  const known = zones.get(name)
  if (known !== undefined) return known
  const offsetAt = offsetReader(name)
  if (offsetAt === null) return null
  const zone = readZone(name, offsetAt)
  zones.set(name, zone)
  return zone
}

type OffsetAt = (ms: number) => Micros

function offsetReader (name: string): OffsetAt | null {
  if (!/^[A-Za-z]/.test(name)) return null
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
  } catch {
    return null
  }
  return ms => {
    const [, sign, hours, minutes, seconds] = OFFSET.exec(format.format(ms))!
    if (sign === undefined) return 0
    const size = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds ?? 0) * SECOND
    return sign === '-' ? -size : size
  }
}

function readZone (name: string, offsetAt: OffsetAt): Zone {
  const starts = [0]
  const offsets = [offsetAt(0)]
  let before = 0
  while (before < LAST_MS) {
    const after = Math.min(before + SCAN_STEP_MS, LAST_MS)
    let offset = offsets.at(-1)!
    const end = offsetAt(after)
    let from = before
    while (offset !== end) {
      const change = firstChange(offsetAt, from, after, offset)
      offset = offsetAt(change)
      starts.push(change * 1000)
      offsets.push(offset)
      from = change
    }
    before = after
  }
  return { name, starts: Float64Array.from(starts), offsets: Float64Array.from(offsets) }
}

/** The first millisecond in `(from, to]` at which the offset is no longer `offset`, given that at `to` it is not. */
function firstChange (offsetAt: OffsetAt, from: number, to: number, offset: Micros): number {
  let [same, other] = [from, to]
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2)
    if (offsetAt(middle) === offset) same = middle
    else other = middle
  }
  return other
}
