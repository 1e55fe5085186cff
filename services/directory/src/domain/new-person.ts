import type { Micros } from '@dueline/business-time'
import type { Language, Role } from '@dueline/contracts'

/** What may be known of somebody when they are added. */
interface Details {
  readonly email: string | null
  readonly phone: string | null
  readonly languages: Language[]
  readonly timeZone: string | null
  readonly calendarId: string | null
  readonly managerId: string | null
  readonly level: string | null
  readonly unitId: string | null
  readonly active: boolean
  readonly externalId: string | null
  /** Only imports have named them. */
  readonly imported: boolean
}

const unknown: Details = {
  email: null,
  phone: null,
  languages: ['en'],
  timeZone: null,
  calendarId: null,
  managerId: null,
  level: null,
  unitId: null,
  active: true,
  externalId: null,
  imported: false
}

interface Named {
  readonly id: string
  readonly role: Role
  readonly name: string
  readonly screenName: string
}

/** Somebody who is added at `now`: active, in English, and nothing else that is not given. */
export function newPerson (given: Named & Partial<Details>, now: Micros) {
  return { ...unknown, ...given, createdAt: now, updatedAt: now, version: 1 }
}
