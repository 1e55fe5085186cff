import { eventFaults, publisherOf, topics, type NewEvent } from '@dueline/contracts'
import { afterCommit, jsonArrayParam, type Tx } from '@dueline/postgres'
import { recordBytesMax } from './bus.ts'
import { completeEvent, encodeEvent, type EncodedEvent } from './codec.ts'
import { committed } from './wake-hints.ts'

/** Events on their way out of a service; committed with the change that they report. */
export interface Outbox {
  /**
   * Adds events in order, some hundred at a time: of many, others get their turn in between, and those that follow are
   * taken and checked while the database writes. **Lock (or write) every aggregate concerned first, in the same
   * transaction:** its events then get their place in the order in which the changes commit.
   * @throws InvalidEvent when an event does not fit its schema or is larger than `recordBytesMax`
   */
  add(tx: Tx, events: Iterable<NewEvent>): Promise<void>
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

/** Events of one statement: a hundredth of a second of work, in which the process does nothing else. */
const portionMax = 500

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
      const topicsTouched = new Set<string>()
      let writing: Promise<unknown> | undefined
      try {
        for (const some of portionsOf(events)) {
          const values = columnsOf(some)
          for (const { type } of some) topicsTouched.add(topics[publisherOf[type]])
          await writing
          writing = tx.$client.query({ ...insert, values })
        }
      } finally {
        await writing
      }
      if (writing === undefined) return
      afterCommit(tx, () => {
        for (const topic of topicsTouched) committed(topic)
      })
    }
  }
}

function* portionsOf (events: Iterable<NewEvent>): Generator<NewEvent[]> {
  let some: NewEvent[] = []
  for (const event of events) {
    if (some.push(event) < portionMax) continue
    yield some
    some = []
  }
  if (some.length > 0) yield some
}

/** @throws InvalidEvent */
function columnsOf (events: readonly NewEvent[]): unknown[] {
  const records = events.map(recordOf)
  return [
    events.map(({ tenantId }) => tenantId),
    events.map(({ id }) => id),
    events.map(({ type }) => type),
    records.map(({ key }) => key),
    jsonArrayParam(records.map(({ headers }) => JSON.stringify(headers))),
    jsonArrayParam(records.map(({ value }) => value))
  ]
}

/** @throws InvalidEvent */
function recordOf (event: NewEvent): EncodedEvent {
  const complete = completeEvent(event)
  const faults = eventFaults(complete)
  if (faults.length > 0) throw new InvalidEvent(event.type, faults)
  const record = encodeEvent(complete)
  if (Buffer.byteLength(record.value) > recordBytesMax) {
    throw new InvalidEvent(event.type, [`/data is larger than ${recordBytesMax} bytes`])
  }
  return record
}
