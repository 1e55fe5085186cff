import { isZoneName } from '@dueline/business-time'
import { DateTime } from 'luxon'
import { findIana } from 'windows-iana'

/** A local time as it stands in a file. */
export interface LocalTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** The IANA zone that a file means: an IANA name, or a name of Windows; null for any other. */
export function zoneOf (name: string): string | null {
  if (isZoneName(name)) return name
  return findIana(name as never)[0] ?? null
}

/** Where a local time is in time: the first of two, and after a gap as far as it would have been into it. */
export function instantOf (local: LocalTime, zone: string): DateTime {
  const { year, month, day, hour, minute, second } = local
  return DateTime.fromObject({ year, month, day, hour, minute, second }, { zone }).getPossibleOffsets()[0]!
}
