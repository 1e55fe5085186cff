import { isZoneName } from '@dueline/business-time'
import type { Fault } from '@dueline/http'

/** What the schema cannot say of a person's fields: whether there is such a time zone. */
export function personFaults ({ timeZone }: { timeZone?: string | null }): Fault[] {
  if (timeZone === undefined || timeZone === null || isZoneName(timeZone)) return []
  return [{ pointer: '/timeZone', message: 'is not a known IANA time zone, such as Europe/Berlin or UTC' }]
}
