import type { DuelineEvent, PersonChanged } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import { savePeople } from '../store/person-store.ts'

/** Keeps the copies of people, newest version each. */
export async function onPersonChanged (tx: Tx, events: readonly DuelineEvent[]): Promise<void> {
  await savePeople(
    tx,
    (events as ReadonlyArray<DuelineEvent<PersonChanged>>).map(({ tenantid, data: { person } }) => ({
      tenantId: tenantid,
      id: person.id,
      role: person.role,
      active: person.active,
      version: person.version
    }))
  )
}
