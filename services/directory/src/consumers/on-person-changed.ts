import type { Handler } from '@dueline/messaging'
import { savePeople } from '../store/copies.ts'

/** Keeps the copies of people, newest version each. */
export const onPersonChanged: Handler<'dueline.person.changed.v1'> = async (tx, events) => {
  await savePeople(tx, events.map(({ tenantid: tenantId, data: { person } }) => ({ ...person, tenantId })))
}
