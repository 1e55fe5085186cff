import type { DuelineEvent, PersonChanged } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import { savePeople } from '../store/people-store.ts'

/** Keeps the newest of each person: levels climb their reporting lines. */
export async function onPersonChanged (tx: Tx, events: readonly DuelineEvent[]): Promise<void> {
  await savePeople(
    tx,
    (events as readonly DuelineEvent<PersonChanged>[]).map(({ tenantid: tenantId, data: { person } }) => ({
      tenantId,
      person
    }))
  )
}
