import { serviceNames, topics } from '@dueline/contracts'
import { BusError, createPgLogBus, encodeEvent, type Bus, type OutRecord } from '@dueline/messaging'
import { createKafkaBus } from '@dueline/messaging/kafka'
import { eventually, silentLogger } from '@dueline/testkit'
import pg from 'pg'
import { readFeed } from '../harness/tenant-record.ts'
import { publishOversized } from './oversized.ts'
import type { DeployedSystem } from './system.ts'

const publishMs = 30_000

async function withBus<T> ({ kafka, deployment }: DeployedSystem, use: (bus: Bus) => Promise<T>): Promise<T> {
  const bus = kafka === undefined
    ? createPgLogBus({ url: deployment.database.adminUrl, logger: silentLogger })
    : createKafkaBus({ brokers: [kafka.brokers], logger: silentLogger })
  try {
    return await use(bus)
  } finally {
    await bus.close()
  }
}

/** Records that no service can make sense of, of each kind one in every topic. @returns what went wrong */
export async function poisonEveryTopic (system: DeployedSystem): Promise<string[]> {
  const sample = (await readFeed(system.api)).find(({ type }) => type === 'dueline.ticket.created.v1')
  if (sample === undefined) return ['no event to spoil']
  const { key, headers, value } = encodeEvent(sample)
  const kinds: Record<string, Pick<OutRecord, 'value' | 'headers'>> = {
    bad_json: {
      headers: { ...headers, ce_id: '01990000-0000-7000-8000-0000000bad01' },
      value: Buffer.from(value.slice(0, -20))
    },
    unknown_type: {
      headers: { ...headers, ce_id: '01990000-0000-7000-8000-0000000bad02', ce_type: 'dueline.unheard.of.v1' },
      value: Buffer.from(value)
    },
    schema_fault: {
      headers: { ...headers, ce_id: '01990000-0000-7000-8000-0000000bad03' },
      value: Buffer.from('{"ticket":{"id":7}}')
    },
    not_an_event: { headers: {}, value: Buffer.from([0, 255, 254, 1]) }
  }
  const violations = await withBus(system, async (bus) => {
    const refused = await publishAlone(bus, {
      topic: topics.ticket,
      key,
      partition: 0,
      headers,
      value: Buffer.alloc(2_000_000, 'x')
    }).then(() => 'taken', (error: unknown) => error instanceof BusError ? error.kind : String(error))
    system.say(`a record of 2 MB: ${refused === 'fatal' ? 'refused by the bus' : refused}`)
    for (const topic of Object.values(topics)) {
      for (const spoilt of Object.values(kinds)) await publishAlone(bus, { topic, key, partition: 0, ...spoilt })
    }
    return refused === 'fatal' ? [] : [`a record of 2 MB was ${refused}`]
  })
  if (system.kafka === undefined) return [...violations, ...await putAside(system, Object.keys(kinds))]
  await publishOversized(system.kafka.brokers)
  return [...violations, ...await putAside(system, [...Object.keys(kinds), 'oversized'])]
}

async function publishAlone (bus: Bus, record: OutRecord): Promise<void> {
  const producer = await bus.producer()
  try {
    await producer.publish([record], { signal: AbortSignal.timeout(publishMs) })
  } finally {
    await producer.close().catch(() => {})
  }
}

/** Opens no event that it reads here, so it cannot see what is wrong inside of one. */
const seenByTicket = ['unknown_type', 'not_an_event', 'oversized']

/**
 * Every service has put each kind aside, and on Kafka published it as a dead letter; notification, which reads every
 * topic, from every topic.
 */
async function putAside ({ deployment, kafka, say }: DeployedSystem, kinds: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: deployment.database.adminUrl })
  await client.connect()
  const missing = async (): Promise<string[]> => {
    const lacks: string[] = []
    for (const name of serviceNames) {
      const { rows } = await client.query<{ reason: string, topics: number }>(
        `select reason, count(distinct topic)::int as topics from ${name.replace('-', '_')}.dead_letter
          where published_at is not null or $1 group by reason`,
        [kafka === undefined]
      )
      const wanted = name === 'notification' ? Object.keys(topics).length : 1
      for (const kind of name === 'ticket' ? kinds.filter((each) => seenByTicket.includes(each)) : kinds) {
        const found = rows.find(({ reason }) => reason === kind)?.topics ?? 0
        if (found < wanted) lacks.push(`${name} has put aside ${kind} of ${found} topics, not of ${wanted}`)
      }
    }
    return lacks
  }
  try {
    let lacks = ['what was put aside could not be read']
    await eventually(async () => (lacks = await missing()).length === 0, { deadlineMs: 30_000, everyMs: 500 }).catch(
      () => {}
    )
    if (lacks.length === 0) say(`${kinds.join(', ')} in every topic, put aside by every service that opens them`)
    return lacks
  } finally {
    await client.end()
  }
}
