import { parseInstant } from '@dueline/business-time'
import type { DuelineEvent, NewEvent } from '@dueline/contracts'
import type { Handler, Outbox } from '@dueline/messaging'
import { afterCommit, type Tx } from '@dueline/postgres'
import type { Ids } from '@dueline/runtime'
import { noteDepartures, openTicketsOf } from '../store/departure-store.ts'
import { forgetNamed, savePeople } from '../store/person-store.ts'
import { readSettings } from '../store/settings-store.ts'
import type { PersonDirectory } from '../upstreams/people.ts'

type PersonChanged = DuelineEvent<'dueline.person.changed.v1'>
interface Deps {
  readonly directory: Pick<PersonDirectory, 'forget'>
  readonly outbox: Outbox
  readonly ids: Ids
}

/**
 * Keeps the copies of people, newest version each. What is said of somebody and is not historical was said by hand, not
 * after an import: from then on imports do not say who he is. The open tickets of who has left are named, once.
 */
export function createOnPersonChanged (deps: Deps): Handler<'dueline.person.changed.v1'> {
  return async (tx, events) => {
    await savePeople(tx, events.map(({ tenantid: tenantId, data: { person } }) => ({ ...person, tenantId })))
    const byHand = events.filter(({ historical }) => !historical)
    await forgetNamed(tx, byHand.map(({ tenantid: tenantId, data: { person } }) => ({ tenantId, id: person.id })))
    await nameTicketsLeft(tx, events, deps)
    afterCommit(tx, () => {
      for (const { tenantid, data: { person } } of events) deps.directory.forget(tenantid, person.id)
    })
  }
}

/** Before they go back to the queue, if they do: that is seen by who has the copy, which this transaction writes. */
async function nameTicketsLeft (tx: Tx, events: readonly PersonChanged[], { outbox, ids }: Deps): Promise<void> {
  const standings = events.map(({ tenantid: tenantId, time, data: { person: { id, active, version } } }) => ({
    tenantId,
    id,
    active,
    version,
    time
  }))
  const named: NewEvent[] = []
  for (const { tenantId, id: personId, version } of await noteDepartures(tx, standings)) {
    const left = await openTicketsOf(tx, tenantId, personId)
    if (left.openTickets === 0) continue
    const { time } = standings.find((each) =>
      each.tenantId === tenantId && each.id === personId && each.version === version
    )!
    const { whenAbsent } = await readSettings(tx, tenantId)
    named.push({
      id: ids.next(),
      type: 'dueline.assignee.left.v1',
      subject: `person/${personId}`,
      time: parseInstant(time),
      tenantId,
      partitionKey: personId,
      sequence: version,
      historical: false,
      data: { personId, ...left, whenAbsent }
    })
  }
  if (named.length > 0) await outbox.add(tx, named)
}
