import { formatInstant } from '@dueline/business-time'
import type { TicketSnapshot } from '@dueline/contracts'
import { createOutbox } from '@dueline/messaging'
import type { AnyEvent } from '@dueline/testkit'
import fc from 'fast-check'
import t from 'tap'
import { onTicketFacts } from '../../src/consumers/on-ticket-facts.ts'
import { createPolicyCache } from '../../src/store/policy-cache.ts'
import { fact, harness, snapshot, start, ticketId, type Harness } from './harness.ts'

const minute = 60_000_000
const idOf = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`
const cases = { numRuns: Number(process.env['DUELINE_PROPERTY_RUNS'] ?? 60) }

async function publish (h: Harness, rows: object[], effect = 'new_tickets'): Promise<number> {
  for (const row of rows) {
    await h.call(
      'POST',
      '/sla-rows',
      { body: { name: 'row', targets: { resolution: 'PT1H' }, ...row } }
    )
  }
  return (await h.call('POST', '/policy-versions', { body: { effect } })).body.version as number
}

/** The agreements of a ticket, past and present, without what says how it came to be known. */
async function agreed (h: Harness, of = ticketId) {
  const { items } = (await h.call('GET', `/agreements?ticketId=${of}&limit=100`)).body
  return items.map(
    ({ id, version, ticketId: _ticketId, ...rest }: { id: string, version: number, ticketId: string }) => rest
  )
}

const rows = [
  { priority: 'P0', effect: 'from_now', targets: { first_response: 'PT30M', resolution: 'PT1H' } },
  { priority: 'P1', effect: 'new_tickets', targets: { first_response: 'PT1H', resolution: 'PT2H' } },
  { priority: 'P2', effect: 'retroactive', targets: { first_response: 'PT2H', resolution: 'PT4H' } },
  { kind: 'ola', priority: 'P0', effect: 'from_now' },
  {
    kind: 'ola',
    priority: 'P1',
    effect: 'new_tickets',
    targets: { resolution: 'PT3H' }
  }
]

const step = fc.record({
  priority: fc.constantFrom<TicketSnapshot['priority']>('P0', 'P1', 'P2', 'P2', 'P3'),
  type: fc.constantFrom<TicketSnapshot['type']>('complaint', 'complaint', 'complaint', 'appreciation'),
  status: fc.constantFrom<TicketSnapshot['status']>('open', 'open', 'closed')
})
/** A history in pieces: which facts come together, in which order; each of them may come again. */
const deliveries = fc.array(step, { minLength: 1, maxLength: 7 }).chain((steps) => {
  const versions = steps.map((_, index) => index)
  return fc.record({
    steps: fc.constant(steps),
    order: fc.shuffledSubarray([...versions, ...versions], { minLength: steps.length }).chain(
      (some) => fc.shuffledSubarray(versions, { minLength: steps.length }).map((all) => [...some, ...all])
    ),
    size: fc.integer({ min: 1, max: 4 }),
    importedUntil: fc.constantFrom(0, 0, 3)
  })
})

t.test('any pieces in any order end in the same agreements, with the real database', async (t) => {
  const h = await harness(t)
  await publish(h, rows)
  h.clock.advance(60 * minute)
  let next = 1_000
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ steps, order, size, importedUntil }) => {
      const versions = (id: string) =>
        steps.map((changes, index) =>
          fact(
            index === 0 ? 'created' : 'updated',
            snapshot({
              id,
              createdAt: formatInstant(start),
              version: index + 1,
              ...changes,
              status: index === 0 ? 'new' : changes.status
            }),
            { at: start + index * 10 * minute, historical: index < importedUntil }
          )
        )
      const [whole, inPieces] = [versions(idOf(next++)), versions(idOf(next++))]
      await h.facts(...whole)
      for (let at = 0; at < order.length; at += size) {
        await h.facts(
          ...order.slice(at, at + size).map((index) => ({ ...inPieces[index]!, id: idOf(next++) }))
        )
      }
      t.same(await agreed(h, inPieces[0]!.data.ticket.id), await agreed(h, whole[0]!.data.ticket.id))
    }),
    cases
  )
  t.comment(`${cases.numRuns} histories`)
})

t.test('a publish counts from its instant, whatever arrives before it is worked off', async (t) => {
  const h = await harness(t)
  await publish(h, rows)
  h.clock.set(start + 30 * minute)
  const events = (n: number, id = idOf(n)): AnyEvent[] => [
    fact('created', snapshot({ id })),
    fact(
      'updated',
      snapshot({ id, version: 2, priority: 'P0' }),
      { at: start + 40 * minute }
    ),
    fact('status-changed', snapshot({ id, version: 3, priority: 'P0', status: 'closed' }), { at: start + 50 * minute })
  ]
  const [before, between, after, late] = [events(1), events(2), events(3), events(4)]
  await h.facts(before[0]!, between[0]!, after[0]!)
  await publish(h, [{ customerId: null, priority: 'P2', rank: 5, targets: { resolution: 'PT9H' } }], 'from_now')
  h.clock.set(start + 60 * minute)
  await h.facts(before[1]!, before[2]!, between[1]!)
  await h.reresolve()
  await h.facts(between[2]!, after[1]!, after[2]!)
  await h.facts(...late)
  const expected = [
    {
      ticketVersion: 2,
      policyVersion: 2,
      madeAt: formatInstant(start + 40 * minute),
      effect: 'from_now',
      targets: { resolution: 'PT1H' },
      endedAt: null
    },
    {
      ticketVersion: 1,
      policyVersion: 2,
      madeAt: formatInstant(start + 30 * minute),
      effect: 'from_now',
      targets: { resolution: 'PT9H' },
      endedBy: 'changed'
    },
    {
      ticketVersion: 1,
      policyVersion: 1,
      madeAt: formatInstant(start),
      effect: 'retroactive',
      targets: { resolution: 'PT4H' },
      endedBy: 'changed'
    }
  ]
  for (
    const [n, what] of [
      [1, 'closed before it was worked off'],
      [2, 'changed before'],
      [3, 'changed after'],
      [4, 'not known before']
    ] as const
  ) {
    t.match((await agreed(h, idOf(n))).filter(({ kind }: { kind: string }) => kind === 'sla'), expected, what)
  }
  t.equal((await h.call('GET', '/policy-versions/2')).body.reresolution.state, 'done')
})

t.test('an imported ticket goes by the policy of the import, also when a later fact arrived first', async (t) => {
  const h = await harness(t)
  h.clock.set(start + 600 * minute)
  await publish(h, [{ priority: 'P2', targets: { resolution: 'PT5H' } }])
  const old = (changes: Partial<TicketSnapshot>, minutes: number, historical: boolean) =>
    fact(
      changes.version === 1 ? 'created' : 'updated',
      snapshot(changes),
      { at: start + minutes * minute, historical }
    )
  await h.facts(old({ version: 2, severity: 'high' }, 700, false))
  t.match(
    await h.drain(),
    [{}, { data: { agreement: { origin: 'built_in' } } }],
    'it seems to have been opened when nothing was published'
  )
  await h.facts(old({ version: 1 }, 0, true))
  t.match(
    await h.drain(),
    [
      {
        type: 'dueline.agreement.changed.v1',
        historical: true,
        data: {
          agreement: { version: 2, policyVersion: 1, targets: { resolution: 'PT5H' }, madeAt: formatInstant(start) },
          supersedes: [1]
        }
      }
    ]
  )
  await publish(h, [{ priority: 'P2', rank: 1, targets: { resolution: 'PT6H' } }])
  await h.facts(old({ version: 3, priority: 'P3' }, 710, false), old({ version: 4 }, 720, false))
  t.match(
    (await agreed(h)).map(
      ({ targets, policyVersion }: { targets: object, policyVersion: number }) => [targets, policyVersion]
    ),
    [[{ resolution: 'PT5H' }, 1], [{ resolution: 'PT72H' }, 1], [{ resolution: 'PT5H' }, 1]],
    'and keeps it'
  )
})

t.test('a ticket whose history an older release did not keep goes on from what was agreed', async (t) => {
  const h = await harness(t)
  await publish(h, rows)
  await h.facts(
    fact('created', snapshot()),
    fact('updated', snapshot({ version: 2, priority: 'P0' }), { at: start + minute })
  )
  await h.drain()
  const announced = await agreed(h)
  await h.database.pool.query(
    `update ticket
      set history = null, history_version = 0, pinned_at = null, base_policy_version = null, final_version = 0`
  )
  await h.facts(
    fact('message-added', snapshot({ version: 3, priority: 'P0' }), { at: start + 2 * minute }),
    fact('updated', snapshot({ version: 2, priority: 'P3' }))
  )
  t.same(await h.drain(), [], 'neither what is new nor what is late changes what was agreed')
  t.same(await agreed(h), announced)
  await h.facts(fact('updated', snapshot({ version: 4, priority: 'P2' }), { at: start + 3 * minute }))
  t.match(
    await h.drain(),
    [
      { data: { kind: 'ola', ticketVersion: 4 } },
      { data: { agreement: { version: 3, ticketVersion: 4, madeAt: formatInstant(start + 3 * minute) } } }
    ].reverse()
  )
  await publish(h, [{ priority: 'P2', rank: 9, targets: { resolution: 'PT7H' } }], 'from_now')
  await h.drain()
  await h.database.pool.query('update ticket set history_version = 0')
  await h.reresolve()
  t.match(await h.drain(), [{ data: { agreement: { version: 4, policyVersion: 2, targets: { resolution: 'PT7H' } } } }])
})

t.test('what was agreed does not change when nothing about it does', async (t) => {
  const h = await harness(t)
  await h.facts(fact('created', snapshot()))
  await h.database.pool.query(
    "update agreement set terms = jsonb_set(terms, '{targets,resolution}', '\"PT1H\"') where ticket_id = $1",
    [ticketId]
  )
  await h.drain()
  await h.facts(fact('updated', snapshot({ version: 2, priority: 'P1' }), { at: start + minute }))
  t.match(
    await h.drain(),
    [{ data: { agreement: { version: 2, ticketVersion: 2 }, supersedes: [] } }],
    'another release, which would give something else, touches no past'
  )
})

t.test('statements per batch, however many tickets and changes are in it', async (t) => {
  const h = await harness(t)
  const onTicket = onTicketFacts({ outbox: createOutbox(), ids: h.ids, cache: createPolicyCache(), clock: h.clock })
  const statementsOf = async (...events: AnyEvent[]): Promise<number> =>
    await h.database.tx(async (tx) => {
      const { $client: client } = tx
      const query = client.query.bind(client) as (...args: unknown[]) => unknown
      let count = 0
      client.query = ((...args: unknown[]) => {
        count++
        return query(...args)
      }) as typeof client.query
      await onTicket(tx, events).finally(() => {
        client.query = query as typeof client.query
      })
      return count
    })
  const created = (n: number) => fact('created', snapshot({ id: idOf(n) }))
  const raised = (n: number, version: number, priority: 'P0' | 'P2') =>
    fact('updated', snapshot({ id: idOf(n), version, priority }), { at: start + version * minute })
  t.equal(
    await statementsOf(created(1)),
    6,
    'tickets, policies held and read, and one write each of tickets, agreements and events'
  )
  t.equal(await statementsOf(...Array.from({ length: 50 }, (_, index) => created(index + 2))), 6)
  t.equal(
    await statementsOf(fact('message-added', snapshot({ id: idOf(1), version: 2 }), { at: start + minute })),
    2,
    'a fact that decides nothing'
  )
  const many = Array.from(
    { length: 50 },
    (_, index) => [raised(index + 2, 2, 'P0'), raised(index + 2, 3, 'P2'), raised(index + 2, 4, 'P0')]
  )
  t.equal(await statementsOf(...many.flat()), 8, 'decisive facts also read agreements and end them')
})
