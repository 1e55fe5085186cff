import { partitionCount, topics } from '@dueline/contracts'
import type { Bus } from '@dueline/messaging'
import type { Database } from '@dueline/postgres'
import { systemIds } from '@dueline/runtime'

/** The dead letters of every service, by the part of their operations' names that is the service's. */
type DeadLetterSamples<Name extends string> =
  & {
    [Id in `list${Name}DeadLetters`]: { request(world: { tenant: string }): Promise<{ query: object }> }
  }
  & {
    [Id in `resend${Name}DeadLetter`]: {
      request(world: { tenant: string }): Promise<{ path: { deadLetterId: string } }>,
      answers: { conflict(world: { tenant: string }): Promise<{ path: { deadLetterId: string } }> }
    }
  }

/**
 * Samples for a service's dead letters: the operations are the same in each.
 * @param name as in `list<Name>DeadLetters`
 */
export function deadLetterSamples<const Name extends string> (
  name: Name,
  { database, bus }: { database: Database, bus: Bus }
): DeadLetterSamples<Name> {
  const resend = (reason: string) => async ({ tenant }: { tenant: string }) => {
    await bus.ensureTopics([{ topic: topics.ticket, partitions: partitionCount }])
    return { path: { deadLetterId: await putAside(database, tenant, reason) } }
  }
  return {
    [`list${name}DeadLetters`]: {
      async request ({ tenant }: { tenant: string }) {
        await putAside(database, tenant, 'handler_failed')
        return { query: { open: true } }
      }
    },
    [`resend${name}DeadLetter`]: { request: resend('handler_failed'), answers: { conflict: resend('oversized') } }
  } as DeadLetterSamples<Name>
}

let offset = 0

/** A record as a consumer puts it aside. */
async function putAside (database: Database, tenant: string, reason: string): Promise<string> {
  const id = systemIds.next()
  await database.pool.query(
    `insert into dead_letter (tenant_id, id, consumer, topic, part, off, reason, detail, event_id, event_type, key,
       headers, value, value_bytes)
     values ($1, $2, 'test', $6, 0, $3, $4, 'made by a test', null, null, 'key', '{}', $5, 2)`,
    [tenant, id, ++offset, reason, Buffer.from('{}'), topics.ticket]
  )
  return id
}
