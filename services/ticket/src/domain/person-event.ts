import type { NewEvent, PersonSnapshot } from '@dueline/contracts'

/** `historical`: they came with an import. */
interface PersonEventFrame {
  id: string
  tenantId: string
  historical?: boolean
}

/** The event about a person as they are after a change. */
export function personEvent (
  person: PersonSnapshot & { updatedAt: number },
  { id, tenantId, historical = false }: PersonEventFrame
): NewEvent {
  const { id: personId, role, name, screenName, email, language, timeZone = null, managerId, active, version } = person
  return {
    id,
    type: 'dueline.person.changed.v1',
    subject: `person/${personId}`,
    time: person.updatedAt,
    tenantId,
    partitionKey: personId,
    sequence: version,
    historical,
    data: {
      person: { id: personId, role, name, screenName, email, language, timeZone, managerId, active, version }
    }
  }
}
