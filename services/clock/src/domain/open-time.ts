import type { Micros } from '@dueline/business-time'

/** What the fold needs of a compiled calendar; a `Calendar` of business-time is one. */
export interface OpenTime {
  /** The IANA zone of its hours; left out where it is always open. */
  readonly timezone?: string
  /** The earliest instant whose open time since `from` is `open`; null when there is not that much left, ever. */
  add(from: Micros, open: Micros): Micros | null
  /** Open time between two instants, negative when `to` is before `from`. */
  diff(from: Micros, to: Micros): Micros
  /** The open intervals within `[from, to)`; left out where it is always open. */
  openIntervals?(from: Micros, to: Micros): Iterable<{ readonly from: Micros, readonly to: Micros }>
}

/** A calendar pinned to its version; `id` null (version 0) is open all the time. */
export interface CalendarRef {
  readonly id: string | null
  readonly version: number
}

/** Finds a compiled calendar; undefined while its version has not arrived here. */
export type CalendarLookup = (ref: CalendarRef) => OpenTime | undefined

/** 24×7: every instant is open, up to the last one that there is, in 2255. */
export const alwaysOpen: OpenTime = {
  add: (from, open) => from + open > Number.MAX_SAFE_INTEGER ? null : from + open,
  diff: (from, to) => to - from
}
