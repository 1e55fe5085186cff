import type { Handler } from '@dueline/messaging'
import { savePeople } from '../store/people-store.ts'

/** Stores the newest of each person: levels climb their reporting lines. */
export const onPersonChanged: Handler<'dueline.person.changed.v1'> = async (tx, events) => {
  await savePeople(tx, events.map(({ tenantid: tenantId, data: { person } }) => ({ ...person, tenantId })))
}
