// A ticket's history published again for a second ticket, every event twice and the last one first, ends in the same
// clocks.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { topics, type DuelineEvent } from '@dueline/contracts'
import { createClient, type Client } from '@dueline/client'
import { kafkaPrefix } from '@dueline/embedded'
import { createPgLogBus, encodeEvent, partitionOf, type Bus, type OutRecord } from '@dueline/messaging'
import { createKafkaBus } from '@dueline/messaging/kafka'
import { systemIds } from '@dueline/runtime'
import { eventually, silentLogger, testKafka } from '@dueline/testkit'
import t from 'tap'
import { stackBuses, type StackBusChoice } from '../../harness/buses.ts'
import { oneStack } from '../../harness/one-stack.ts'
import { apiOf, openTicket, seedTenant } from '../../harness/short-agreement.ts'
import { readFeed } from '../../harness/tenant-record.ts'

const tenant = 'reordered'
const makesClocks = ({ type }: DuelineEvent): boolean =>
  type.startsWith('dueline.ticket.') || type.startsWith('dueline.agreement.')

/** What the clocks of a ticket came to, without ids and without when it was announced. */
async function outcomeOf (api: Client, ticketId: string): Promise<unknown> {
  const { items } = (await api.get('/v1/clocks', { query: { ticketId } })).data
  const events = (await readFeed(api)).filter(({ subject }) => subject === `ticket/${ticketId}`)
  const clocks = await Promise.all(items.map(async (clock) => {
    const { id, ticketId: of, agreementId, serverTime, sequence, ...state } = clock
    const { data } = await api.get('/v1/clocks/{clockId}/ledger', { path: { clockId: id } })
    const ledger = data.items.map((entry) => ({ ...entry, factId: undefined }))
    const breaches = events.filter((event) => event.type === 'dueline.clock.breached.v1')
      .filter(({ data: { clock } }) => clock.id === id)
      .map(({ time, data: { mark, clock } }) => ({ time, key: mark.key, dueAt: mark.dueAt, cycle: clock.cycle }))
    return { state, ledger, breaches }
  }))
  return clocks.sort((a, b) => a.state.metric.localeCompare(b.state.metric))
}

/**
 * The same facts at the same times about a ticket that has another id; whatever has an id of its own gets a new one.
 */
function copyOf (history: readonly DuelineEvent[], ticketId: string, copyId: string): DuelineEvent[] {
  const ids = history.flatMap(({ id, data }) => {
    const { message, agreement, previousAgreementId } = data as {
      message?: { id: string },
      agreement?: { id: string },
      previousAgreementId?: string
    }
    return [id, message?.id, agreement?.id, previousAgreementId].filter((each) => each !== undefined)
  })
  let text = JSON.stringify(history).replaceAll(ticketId, copyId)
  for (const id of new Set(ids)) text = text.replaceAll(id, systemIds.next())
  return JSON.parse(text) as DuelineEvent[]
}

for (const { name, options } of stackBuses(await testKafka(t))) {
  t.test(`on ${name} clocks, ledger and breach do not depend on the order or the number of tellings`, async (t) => {
    const stack = await oneStack(options)
    const api = await apiOf(stack, tenant)
    await seedTenant(api, tenant)
    const ticket = await openTicket(api, 'first')
    const published = async (id: string, type: string, times: number): Promise<void> => {
      await eventually(
        async () =>
          (await readFeed(api)).filter((event) => event.type === type && event.subject === `ticket/${id}`).length ===
            times,
        { everyMs: 100 }
      )
    }
    await published(ticket.id, 'dueline.clock.breached.v1', 1)
    const claims = { tenant, personId: '01990000-0000-7000-8000-0000000000a1', roles: ['agent' as const] }
    const agent = createClient({ url: stack.url, token: () => stack.token(claims) })
    const path = { ticketId: ticket.id }
    await agent.post('/v1/tickets/{ticketId}/messages', {
      path,
      body: { kind: 'public', body: 'We are looking at it.' }
    })
    const moves = [
      { to: 'waiting_on_customer', reason: 'which printer?' },
      { to: 'open', reason: 'the one on fire' },
      { to: 'resolved', reason: 'it is out' }
    ] as const
    for (const body of moves) await agent.post('/v1/tickets/{ticketId}/transitions', { path, body })
    await published(ticket.id, 'dueline.clock.met.v1', 2)

    const copyId = systemIds.next()
    const history = (await readFeed(api)).filter((event) =>
      makesClocks(event) && event.subject === `ticket/${ticket.id}`
    )
    const events = copyOf(history, ticket.id, copyId).flatMap((event) => [event, event]).reverse()
    await publish(stack.folder, options, events)
    t.comment(`${history.length} events published again as ${events.length}, the last one first`)

    const expected = await outcomeOf(api, ticket.id)
    let found: unknown
    await eventually(async () => {
      found = await outcomeOf(api, copyId)
      return isDeepStrictEqual(found, expected)
    }, { deadlineMs: 30_000, everyMs: 200 }).catch(() => {})
    t.same(found, expected, 'the clocks, ledgers and breaches of both tickets are the same')
    t.match(expected, [{ state: { metric: 'first_response', state: 'met' }, breaches: [{ key: 'breach', cycle: 1 }] }, {
      state: { metric: 'resolution', state: 'met' },
      breaches: []
    }], 'and they are those of a missed first response')
  })
}

/** Puts events onto the stack's bus, in this order. */
async function publish (
  folder: string,
  { kafkaBrokers }: StackBusChoice['options'],
  events: readonly DuelineEvent[]
): Promise<void> {
  const bus = kafkaBrokers === undefined
    ? await postgresBus(folder)
    : createKafkaBus({ brokers: kafkaBrokers, prefix: await kafkaPrefix(folder), logger: silentLogger })
  try {
    const producer = await bus.producer()
    const topicOf = ({ type }: DuelineEvent): string =>
      type.startsWith('dueline.ticket.') ? topics.ticket : topics['sla-policy']
    const records = await Promise.all(events.map(async (event): Promise<OutRecord> => {
      const { key, headers, value } = encodeEvent(event)
      const topic = topicOf(event)
      return {
        topic,
        key,
        partition: partitionOf(key, await bus.partitionCount(topic)),
        value: Buffer.from(value),
        headers
      }
    }))
    for (const record of records) await producer.publish([record], { signal: AbortSignal.timeout(60_000) })
    await producer.close()
  } finally {
    await bus.close()
  }
}

async function postgresBus (folder: string): Promise<Bus> {
  const { url: admin } = JSON.parse(await readFile(join(folder, 'postgres', 'server.json'), 'utf8')) as { url: string }
  const url = new URL(admin)
  url.pathname = '/dueline'
  return createPgLogBus({ url: url.href, logger: silentLogger })
}
