import { formatInstant, type Micros } from '@dueline/business-time'
import { eventFaults, publisherOf } from '@dueline/contracts'
import type { DuelineEvent, Envelope, EventData, EventType } from '@dueline/contracts'
import { systemIds } from '@dueline/runtime'

/** What a test says of an event besides its type and data; `at` is its time in microseconds. */
export interface TestEnvelope extends Partial<Omit<Envelope, 'type' | 'source'>> {
  at?: Micros
}

/** The instant of events that do not say one: 2026-01-01, 08:00 in UTC. */
const usual: Micros = 1_767_254_400_000_000

/**
 * An event as it comes from the log, of the tenant `acme`, its subject the ticket or person of its data, unless
 * `envelope` says otherwise. Nobody can change it: the consumer groups of a process are given the same object.
 * @throws Error when it does not fit the schema of its type
 */
export function testEvent<T extends EventType> (
  type: T,
  data: EventData<T>,
  { at = usual, ...envelope }: TestEnvelope = {}
): DuelineEvent<T> {
  const { kind, id, version } = subjectOf(data)
  const event = {
    specversion: '1.0',
    id: systemIds.next(),
    source: `/dueline/${publisherOf[type]}`,
    type,
    subject: `${kind}/${id}`,
    time: formatInstant(at),
    datacontenttype: 'application/json',
    tenantid: 'acme',
    partitionkey: id,
    sequence: version,
    historical: false,
    ...envelope,
    data
  } as unknown as DuelineEvent<T>
  const faults = eventFaults(event)
  if (faults.length > 0) throw new Error(`${type}: ${faults.join('; ')}`)
  return frozen(structuredClone(event))
}

/** What an event of this data is about. */
function subjectOf (data: object): { kind: string, id: string, version: number } {
  const { ticket, person } = data as Partial<Record<'ticket' | 'person', { id: string, version?: number }>>
  const [kind, about] = person === undefined ? ['ticket', ticket] : ['person', person]
  return { kind, id: about?.id ?? systemIds.next(), version: about?.version ?? 1 }
}

/** The same value; whoever tries to change it, or anything in it, gets a TypeError. */
export function frozen<T> (value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
