import { eventFaults, isEventType, publisherOf, topics, type NewEvent } from '@dueline/contracts'
import { afterCommit, type Tx } from '@dueline/postgres'
import { recordBytesMax } from './bus.ts'
import { completeEvent, encodeEvent } from './codec.ts'
import { committed } from './wake-hints.ts'

/** Events on their way out of a service; committed with the change that they tell of. */
export interface Outbox {
  /**
   * Adds events in order. **Lock (or write) every aggregate concerned first, in the same transaction:** its events
   * then get their place in the order in which the changes commit.
   * @throws InvalidEvent when an event does not fit its schema or is larger than `recordBytesMax`
   */
  add (tx: Tx, events: readonly NewEvent[]): Promise<void>
}

/** A programming error: a service tried to publish what its contract forbids. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent'
  readonly faults: readonly string[]

  constructor (type: string, faults: readonly string[]) {
    super(`${type} does not fit its contract: ${faults.slice(0, 5).join('; ')}`)
    this.faults = faults
  }
}

// `order by n` makes the identity column count in the order given.
const insert = {
  name: 'outbox_add',
  text: `
    insert into outbox (tenant_id, id, type, partition_key, headers, payload)
    select tenant_id, id, type, partition_key, headers, payload
    from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]) with ordinality
      as e(tenant_id, id, type, partition_key, headers, payload, n)
    order by n`
}

/** The outbox of the schema that a transaction's connection sees. It has no state; one per service. */
export function createOutbox (): Outbox {
  return {
    async add (tx, events) {
      if (events.length === 0) return
      const columns: string[][] = [[], [], [], [], [], []]
      const touched = new Set<string>()
      for (const event of events) {
        const complete = completeEvent(event)
        const faults = eventFaults(complete)
        if (faults.length > 0) throw new InvalidEvent(event.type, faults)
        const { key, headers, value } = encodeEvent(complete)
        if (Buffer.byteLength(value) > recordBytesMax) throw new InvalidEvent(event.type, [`/data is larger than ${recordBytesMax} bytes`])
        const row = [event.tenantId, event.id, event.type, key, JSON.stringify(headers), value]
        for (const [i, column] of columns.entries()) column.push(row[i]!)
        if (isEventType(event.type)) touched.add(topics[publisherOf[event.type]])
      }
      await tx.$client.query({ ...insert, values: columns })
      afterCommit(tx, () => { for (const topic of touched) committed(topic) })
    }
  }
}
