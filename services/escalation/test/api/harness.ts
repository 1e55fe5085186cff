import type { DuelineEvent, Role } from '@dueline/contracts'
import { partitionCount, topics } from '@dueline/contracts'
import { createPgLogBus, encodeEvent, partitionOf, type Bus } from '@dueline/messaging'
import { createMetrics, systemClock, systemIds } from '@dueline/runtime'
import type { DueTimer } from '@dueline/timers'
import { arrivals, silentLogger, testDatabase, testIssuer, type TestContext, type TestDatabase } from '@dueline/testkit'
import { buildEscalation, migrations, schema, type EscalationConfig } from '../../src/app.ts'
import { id, tenant } from '../story.ts'

/** An outgoing event as the outbox holds it. */
export interface Sent {
  type: string
  sequence: number
  tenantid: string
  subject: string
  partitionkey: string
  historical: string
  data: any
}
interface Call {
  as?: string
  roles?: Role[]
  tenant?: string
  headers?: Record<string, string>
  anonymous?: boolean
}

/** Puts events on the bus, in the topic of whoever publishes them. */
export async function publish (bus: Bus, events: readonly DuelineEvent[]): Promise<void> {
  const producer = await bus.producer()
  await producer.publish(
    events.map((event) => {
      const { key, headers, value } = encodeEvent(event)
      return {
        topic: event.type.startsWith('dueline.clock') ? topics.clock : topics.ticket,
        key,
        headers,
        partition: partitionOf(key, partitionCount),
        value: Buffer.from(value)
      }
    }),
    { signal: AbortSignal.timeout(60_000) }
  )
  await producer.close()
}

/**
 * The real service on a database of its own (or on that of another one: a second replica), its consumer and timers
 * running; the relay is not, so that the outbox keeps everything.
 */
export async function startEscalation (
  t: TestContext,
  config: Partial<EscalationConfig> = {},
  on?: Pick<TestDatabase, 'url' | 'database'>
) {
  const { url, database } = on ?? await testDatabase(t, { schema, sources: migrations })
  const bus = createPgLogBus({ url, logger: silentLogger })
  await bus.ensureTopics(Object.values(topics).map((topic) => ({ topic, partitions: partitionCount })))
  const issuer = testIssuer()
  const service = buildEscalation({
    config: { TICKET_TIMEOUT_MS: 500, ...config },
    logger: silentLogger,
    clock: systemClock,
    ids: systemIds,
    metrics: createMetrics('escalation'),
    database,
    bus,
    auth: issuer.auth
  })
  await service.http.ready()
  const handled = arrivals<DuelineEvent>()
  const fired = arrivals<DueTimer>()
  void service.consumer.handled.next((events) => {
    for (const event of events) handled.add(event)
    return false
  })
  void service.timers.fired.next((timers) => {
    for (const timer of timers) fired.add(timer)
    return false
  })
  await service.timers.start()
  await service.consumer.start()
  t.teardown(async () => {
    for (const loop of [...service.loops].reverse()) await loop.stop()
    await service.http.close()
    await bus.close()
  })

  /** Publishes events and waits until the service has handled them all. */
  async function deliver (...events: DuelineEvent[]): Promise<void> {
    await publish(bus, events)
    await Promise.all(events.map(async (event) => await handled.find((each) => each.id === event.id)))
  }

  async function call (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    payload?: unknown,
    { as = 'max', roles = ['manager'], tenant: of = tenant, headers = {}, anonymous = false }: Call = {}
  ) {
    const authorization = anonymous ? {} : await issuer.bearer({ tenant: of, sub: id(as), roles })
    const answer = await service.http.inject({
      method,
      url: `/v1${path}`,
      headers: { ...authorization, ...headers },
      ...(payload === undefined ? {} : { payload: payload as object })
    })
    return {
      status: answer.statusCode,
      body: (answer.body === '' ? null : JSON.parse(answer.body)) as any,
      headers: answer.headers
    }
  }

  /** Everything that waits in the outbox, oldest first, types without prefix and version. */
  async function outbox (): Promise<Sent[]> {
    const { rows } = await database.pool.query<{ payload: string, headers: string }>(
      'select payload, headers from outbox order by seq'
    )
    return rows.map(({ payload, headers }) => {
      const ce = JSON.parse(headers) as Record<string, string>
      return {
        type: ce['ce_type']!.replace(/^dueline\.escalation\.|\.v1$/g, ''),
        sequence: Number(ce['ce_sequence']),
        tenantid: ce['ce_tenantid']!,
        subject: ce['ce_subject']!,
        partitionkey: ce['ce_partitionkey']!,
        historical: ce['ce_historical']!,
        data: JSON.parse(payload)
      }
    })
  }

  return { ...service, database, bus, url, issuer, deliver, call, outbox, handled, fired }
}
