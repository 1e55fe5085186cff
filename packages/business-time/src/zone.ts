import { DAY, HOUR, MINUTE, SECOND, WEEK, type Micros } from './micros.ts'
import { type Bounds, RANGE_END } from './range.ts'
import { lastAtMost } from './ascending.ts'

interface PlatformWithVersions {
  process?: { versions?: { tz?: string } }
}

/** The offsets of a zone within some bounds: from `starts[i]` on, the wall clock is UTC plus `offsets[i]`. */
export interface ZoneOffsets {
  readonly starts: readonly Micros[]
  readonly offsets: readonly Micros[]
}

/**
 * Offsets are sampled this often. Two changes of offset have never been, and are not planned, nearer than
 * 6 days 23 hours (America/Noronha in October 2000, Asia/Gaza in October 2040), so none is stepped over.
 */
const SAMPLE_STEP_MS = 6 * DAY / 1000

/** Nearly all changes happen at a whole half-hour of UTC, so that is where the search for one looks first. */
const GRID_MS = 30 * MINUTE / 1000

/**
 * ICU also takes names that are not of the IANA data, some of them for another place than readers think: `BST` is
 * Dhaka, `IST` Kolkata, `ECT` Paris. These are all names of three letters but those of IANA, and the old System V
 * rules.
 */
const OF_ICU_ALONE = /^(?!(?:CET|EET|EST|GMT|HST|MET|MST|PRC|ROC|ROK|UCT|UTC|WET)$)[a-z]{3}$|^SystemV\//i

const OFFSET = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/

/** Zones are read in blocks of this length, a little over a year. */
const BLOCK = 56 * WEEK

const USUAL_MS = Date.UTC(2025, 6, 1)

/** The version of the IANA data behind the platform's `Intl`, where it says. */
export const zoneDataVersion: string = (globalThis as PlatformWithVersions).process?.versions?.tz ?? 'unknown'

const zones = new Map<string, Zone>()

/**
 * The zone of an IANA name, whatever its case; null when the platform does not know it. One object per name and
 * process.
 */
export function zoneNamed (name: string): Zone | null {
  const key = name.toLowerCase()
  let zone = zones.get(key)
  if (zone === undefined) {
    const format = offsetFormat(name)
    if (format === null) return null
    zone = new Zone(format)
    zones.set(key, zone)
  }
  return zone
}

/** Whether the platform knows a zone of this IANA name, whatever its case. Offsets such as `+01:00` are no zones. */
export function isZoneName (name: string): boolean {
  return zoneNamed(name) !== null
}

/** An IANA zone as the platform's `Intl` knows it. Its offsets are read when they are first asked for, and kept. */
export class Zone {
  private readonly format: Intl.DateTimeFormat
  private readonly offsetOf = new Map<string, Micros>()
  private from = 0
  private to = 0
  private starts: Micros[] = []
  private offsets: Micros[] = []

  constructor (format: Intl.DateTimeFormat) {
    this.format = format
  }

  /** Local time minus UTC in the middle of the year 2025. */
  get usualOffset (): Micros {
    return this.offsetAt(USUAL_MS)
  }

  /** The offsets within `bounds`, as far as they are in the range; the first interval goes back without end. */
  within (bounds: Bounds): ZoneOffsets {
    const from = Math.max(0, bounds.from)
    const to = Math.min(RANGE_END, bounds.to)
    this.read(Math.floor(from / BLOCK) * BLOCK, Math.min(RANGE_END, Math.ceil(to / BLOCK) * BLOCK))
    const first = lastAtMost(this.starts, from)
    const last = lastAtMost(this.starts, to - 1)
    return { starts: this.starts.slice(first, last + 1), offsets: this.offsets.slice(first, last + 1) }
  }

  private read (from: Micros, to: Micros): void {
    if (this.to === 0) {
      this.from = this.to = from
      this.starts = [from]
      this.offsets = [this.offsetAt(from / 1000)]
    }
    if (to > this.to) {
      const found = this.changes(this.to, to, this.offsets.at(-1)!)
      this.starts.push(...found.starts)
      this.offsets.push(...found.offsets)
      this.to = to
    }
    if (from < this.from) {
      const offset = this.offsetAt(from / 1000)
      const found = this.changes(from, this.from, offset)
      this.starts = [from, ...found.starts, ...this.starts.slice(1)]
      this.offsets = [offset, ...found.offsets, ...this.offsets.slice(1)]
      this.from = from
    }
  }

  /** Every change of offset in `(from, to]`, given the offset at `from`. */
  private changes (from: Micros, to: Micros, offset: Micros): { starts: Micros[], offsets: Micros[] } {
    const starts: Micros[] = []
    const offsets: Micros[] = []
    const end = Math.floor(to / 1000)
    let same = Math.floor(from / 1000)
    while (same < end) {
      const sample = Math.min(same + SAMPLE_STEP_MS, end)
      const sampled = this.offsetAt(sample)
      if (sampled === offset) {
        same = sample
      } else {
        same = this.firstChange(same, sample, offset)
        offset = this.offsetAt(same)
        starts.push(same * 1000)
        offsets.push(offset)
      }
    }
    return { starts, offsets }
  }

  /**
   * The first millisecond in `(same, other]` at which the offset is no longer `offset`, given that at `other` it is
   * not.
   */
  private firstChange (same: number, other: number, offset: Micros): number {
    let gridSame = Math.floor(same / GRID_MS)
    let gridOther = Math.ceil(other / GRID_MS)
    while (gridOther - gridSame > 1) {
      const middle = Math.floor((gridSame + gridOther) / 2)
      if (this.offsetAt(middle * GRID_MS) === offset) gridSame = middle
      else gridOther = middle
    }
    let [low, high] = [gridSame * GRID_MS, gridOther * GRID_MS]
    if (this.offsetAt(high - 1) === offset) return high
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.offsetAt(middle) === offset) low = middle
      else high = middle
    }
    return high
  }

  private offsetAt (ms: number): Micros {
    const text = this.format.format(ms)
    const name = text.slice(text.indexOf('GMT'))
    let offset = this.offsetOf.get(name)
    if (offset === undefined) {
      offset = parseOffset(name)
      this.offsetOf.set(name, offset)
    }
    return offset
  }
}

/** Reads `GMT`, `GMT-05:00` or `GMT-00:44:30`. */
function parseOffset (name: string): Micros {
  const [, sign, hours, minutes, seconds] = OFFSET.exec(name)!
  if (sign === undefined) return 0
  const size = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds ?? 0) * SECOND
  return sign === '-' ? -size : size
}

function offsetFormat (name: string): Intl.DateTimeFormat | null {
  if (!/^[A-Za-z]/.test(name) || OF_ICU_ALONE.test(name)) return null
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hour: 'numeric',
      hourCycle: 'h23',
      timeZoneName: 'longOffset'
    })
  } catch {
    return null
  }
}
