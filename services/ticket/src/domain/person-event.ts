import type { NewEvent, PersonSnapshot } from '@dueline/contracts'

/** The event that tells of a person as they are after a change. `historical`: they came with an import. */
export function personEvent (person: PersonSnapshot & { updatedAt: number }, { id, tenantId, historical = false, traceparent }: { id: string, tenantId: string, historical?: boolean, traceparent?: string }): NewEvent {
  const { id: personId, role, name, screenName, email, language, managerId, active, version } = person
  return {
    id,
    type: 'dueline.person.changed.v1',
    subject: `person/${personId}`,
    time: person.updatedAt,
    tenantId,
    partitionKey: personId,
    sequence: version,
    historical,
    ...(traceparent === undefined ? {} : { traceparent }),
    data: { person: { id: personId, role, name, screenName, email, language, managerId, active, version } }
  }
}
