import type { Language, NewEvent, PersonSnapshot } from '@dueline/contracts'

/** `historical`: they came with an import. */
interface PersonEventFrame {
  id: string
  tenantId: string
  historical?: boolean
}

/** What an event needs of a person; `updatedAt` in microseconds. */
type Published = Omit<PersonSnapshot, 'language'> & { updatedAt: number }

/** The language in which texts to a person are written. */
export function languageOf ({ languages: [first = 'en'] }: { languages: readonly Language[] }): Language {
  return first
}

/** The event about a person as they are after a change. */
export function personEvent (
  person: Published,
  { id, tenantId, historical = false }: PersonEventFrame
): NewEvent<'dueline.person.changed.v1'> {
  const snapshot: PersonSnapshot = {
    id: person.id,
    role: person.role,
    name: person.name,
    screenName: person.screenName,
    email: person.email,
    phone: person.phone,
    language: languageOf(person),
    languages: [...person.languages],
    timeZone: person.timeZone,
    calendarId: person.calendarId,
    managerId: person.managerId,
    level: person.level,
    unitId: person.unitId,
    active: person.active,
    externalId: person.externalId,
    version: person.version
  }
  return {
    id,
    type: 'dueline.person.changed.v1',
    subject: `person/${person.id}`,
    time: person.updatedAt,
    tenantId,
    partitionKey: person.id,
    sequence: person.version,
    historical,
    data: { person: snapshot }
  }
}
