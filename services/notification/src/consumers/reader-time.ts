import { isZoneName } from '@dueline/business-time'
import type { Language } from '@dueline/contracts'
import { DateTime } from 'luxon'

/**
 * An RFC 3339 instant as a person reads it, with its zone: the first of the given IANA zones that there is, or UTC.
 */
export function readerTime (
  instant: string,
  language: Language,
  zones: ReadonlyArray<string | null | undefined>
): string {
  const zone = zones.find((name): name is string => typeof name === 'string' && isZoneName(name)) ?? 'UTC'
  return DateTime.fromISO(instant, { zone, locale: language })
    .toLocaleString({ ...DateTime.DATETIME_MED, timeZoneName: 'short' })
}
