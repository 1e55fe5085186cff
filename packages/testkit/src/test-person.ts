import type { PersonSnapshot } from '@dueline/contracts'

/** A person as events name them: an active agent without anything that may be missing, but for `fields`. */
export function testPerson ({ id, ...fields }: Pick<PersonSnapshot, 'id'> & Partial<PersonSnapshot>): PersonSnapshot {
  const { language = 'en' } = fields
  return {
    id,
    role: 'agent',
    name: 'Original Name',
    screenName: 'Desk 1',
    email: null,
    phone: null,
    language,
    languages: [language],
    timeZone: null,
    calendarId: null,
    managerId: null,
    level: null,
    unitId: null,
    active: true,
    externalId: null,
    version: 1,
    ...fields
  }
}
