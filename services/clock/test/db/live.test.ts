import { parseDuration } from '@dueline/business-time'
import { clockEventTypes, partitionCount, topics, type DuelineEvent } from '@dueline/contracts'
import { createConsumer, createPgLogBus, encodeEvent, forAll, partitionOf, type Bus } from '@dueline/messaging'
import { createMetrics, systemClock, systemIds } from '@dueline/runtime'
import t from 'tap'
import { arrivals, silentLogger } from '@dueline/testkit'
import { buildClock } from '../../src/app.ts'
import { TestTicket } from '../support/events.ts'
import { config, startClock, words, type Sent } from '../support/harness.ts'

async function publish (bus: Bus, events: readonly DuelineEvent[]): Promise<void> {
  const producer = await bus.producer()
  const records = events.map((event) => {
    const { key, headers, value } = encodeEvent(event)
    const topic = event.source === '/dueline/ticket' ? topics.ticket : topics['sla-policy']
    return { topic, key, headers, value: Buffer.from(value), partition: partitionOf(key, partitionCount) }
  })
  await producer.publish(records, { signal: AbortSignal.timeout(60_000) })
  await producer.close()
}

t.test('two replicas on one log: from ticket events to one breach per clock, at its instant', async (t) => {
  const one = await startClock(t, { clock: systemClock })
  const { bus, database, url } = one
  await bus.ensureTopics(Object.values(topics).map((topic) => ({ topic, partitions: partitionCount })))
  const otherBus = createPgLogBus({ url, logger: silentLogger })
  const two = buildClock({
    config,
    logger: silentLogger,
    clock: systemClock,
    ids: systemIds,
    metrics: createMetrics('clock'),
    database,
    bus: otherBus,
    auth: one.auth
  })
  const received = arrivals<Sent>()
  const reader = createConsumer({
    database,
    bus,
    group: 'test',
    topics: [topics.clock],
    logger: silentLogger,
    metrics: createMetrics('test'),
    handlers: forAll(clockEventTypes, async (_tx: unknown, events: readonly DuelineEvent[]) => {
      for (const event of events) received.add(event as Sent)
    })
  })
  const loops = [...one.service.loops, ...two.loops, reader]
  for (const loop of loops) await loop.start()
  t.teardown(async () => {
    for (const loop of loops.reverse()) await loop.stop()
    await two.http.close()
    await otherBus.close()
  })

  const now = systemClock.now()
  const tickets = Array.from({ length: 40 }, () => new TestTicket(now))
  for (const ticket of tickets) {
    ticket.created(now)
    ticket.agreement(now, { targets: { resolution: 'PT3S' }, reminders: [{ percent: 50 }] })
  }
  await publish(bus, tickets.flatMap(({ events }) => events))
  await received.atLeast(120)
  await publish(bus, tickets.map((ticket) => ticket.status(systemClock.now(), 'resolved')))
  await received.atLeast(160)
  for (const { id } of tickets) {
    const mine = received.all.filter(({ data }) => data.ticket.id === id).sort((a, b) => a.sequence - b.sequence)
    t.same(words(mine).map((word) => word.split(' ').at(-1)), ['started', 'warned', 'breached', 'met'])
    t.same(mine.map(({ sequence }) => sequence), [1, 2, 3, 4])
  }
  const latenesses = received.all.flatMap(({ data: { lateness, catchUp } }) =>
    lateness === undefined ? [] : [{ micros: parseDuration(lateness), catchUp }]
  )
  t.equal(latenesses.length, 80)
  t.ok(latenesses.every(({ micros }) => micros >= 0), 'nothing is said early')
  const sorted = latenesses.map(({ micros }) => micros / 1000).sort((a, b) => a - b)
  t.comment(`lateness in ms: median ${sorted[40]}, most ${sorted[79]}`)
})
