import { isZoneName } from '@dueline/business-time'
import { emailAddressFault } from '@dueline/contracts'
import type { Fault } from '@dueline/http'
import { contradicts } from '../domain/languages.ts'
import type { PersonPatch } from './people.ts'

/** What the schema cannot say of a person's fields: whether there is such a mailbox or time zone at all. */
export function personFaults (fields: PersonPatch): Fault[] {
  const { email = null, timeZone = null } = fields
  const faults: Fault[] = []
  const emailFault = email === null ? null : emailAddressFault(email)
  if (emailFault !== null) faults.push({ pointer: '/email', message: emailFault })
  if (contradicts(fields)) faults.push({ pointer: '/language', message: 'must be the first of languages' })
  if (timeZone !== null && !isZoneName(timeZone)) {
    faults.push({ pointer: '/timeZone', message: 'is not a known IANA time zone, such as Europe/Berlin or UTC' })
  }
  return faults
}
