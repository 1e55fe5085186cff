import type { Handler } from '@dueline/messaging'
import { afterCommit } from '@dueline/postgres'
import { forgetNamed, savePeople } from '../store/person-store.ts'
import type { PersonDirectory } from '../upstreams/people.ts'

/**
 * Keeps the copies of people, newest version each. What is said of somebody and is not historical was said by hand, not
 * after an import: from then on imports do not say who he is.
 */
export function createOnPersonChanged (
  { forget }: Pick<PersonDirectory, 'forget'>
): Handler<'dueline.person.changed.v1'> {
  return async (tx, events) => {
    await savePeople(tx, events.map(({ tenantid: tenantId, data: { person } }) => ({ ...person, tenantId })))
    const byHand = events.filter(({ historical }) => !historical)
    await forgetNamed(tx, byHand.map(({ tenantid: tenantId, data: { person } }) => ({ tenantId, id: person.id })))
    afterCommit(tx, () => {
      for (const { tenantid, data: { person } } of events) forget(tenantid, person.id)
    })
  }
}
