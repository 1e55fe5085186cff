import type { Handler } from '@dueline/messaging'
import { afterCommit } from '@dueline/postgres'
import { savePeople } from '../store/person-store.ts'
import type { PersonDirectory } from '../upstreams/people.ts'

/** Keeps the copies of people, newest version each. */
export function createOnPersonChanged (
  { forget }: Pick<PersonDirectory, 'forget'>
): Handler<'dueline.person.changed.v1'> {
  return async (tx, events) => {
    await savePeople(tx, events.map(({ tenantid: tenantId, data: { person } }) => ({ ...person, tenantId })))
    afterCommit(tx, () => {
      for (const { tenantid, data: { person } } of events) forget(tenantid, person.id)
    })
  }
}
