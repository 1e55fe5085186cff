import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { fact, harness, snapshot, type Harness } from './harness.ts'

const idOf = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`
const preview = async ({ call }: Harness, effect = 'retroactive') =>
  await call(
    'POST',
    '/policy-versions/preview',
    { body: { effect } }
  )
const openTickets = async (h: Harness, count: number) => {
  await h.facts(...Array.from({ length: count }, (_, index) => fact('created', snapshot({ id: idOf(index + 1) }))))
  await h.call(
    'POST',
    '/sla-rows',
    { body: { name: 'row', priority: 'P2', targets: { first_response: 'PT10M', resolution: 'PT1H' } } }
  )
}

interface Asked {
  authorization: string | undefined
  body: any
}

/**
 * Stands in the place of the clock service: says of every ticket that its resolution would be late, or answers what it
 * is given.
 */
async function clockService (answer: (asked: Asked, count: number) => { status: number, body: unknown } | undefined) {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const question = { authorization: request.headers.authorization, body: JSON.parse(text) }
      asked.push(question)
      const { status, body } = answer(question, asked.length) ?? { status: 200, body: lateAll(question) }
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function textOf (request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

function lateAll ({ body: { tickets } }: Asked) {
  const breaches = [{ kind: 'sla', metric: 'resolution', cycle: 1 }]
  return {
    tickets: tickets.map(
      ({ ticketId }: { ticketId: string }) => ({ ticketId, breaches, savedBreaches: [], warningsPassed: 2, notices: 1 })
    ),
    uncounted: [],
    breaches: tickets.length,
    savedBreaches: 0,
    warningsPassed: 2 * tickets.length,
    notices: tickets.length
  }
}

t.test("a preview says what the clock service foresees, asked in batches with the caller's own token", async (t) => {
  const { asked, url } = await clockService(() => undefined)
  const h = await harness(t, { clockUrl: url })
  await openTickets(h, 260)
  t.match((await preview(h)).body, {
    movingTickets: 260,
    breaches: 260,
    savedBreaches: 0,
    warningsPassed: 520,
    notices: 260,
    uncountedTickets: 0,
    complete: true,
    moves: [{ ticketId: idOf(1), kind: 'sla', breaches: ['resolution'], savedBreaches: [] }]
  })
  t.match(
    asked.map(
      ({ body: { tickets, terms, effect, policyVersion } }) => [tickets.length, terms.length, effect, policyVersion]
    ),
    [[250, 1, 'retroactive', 1], [10, 1, 'retroactive', 1]]
  )
  t.match(asked[0], {
    authorization: /^Bearer /,
    body: {
      at: '2026-03-02T08:00:00.000000Z',
      tickets: [{ agreements: [{ kind: 'sla', ticketVersion: 1, terms: 0 }] }],
      terms: [{ targets: { resolution: 'PT1H' }, calendarId: null, calendarVersion: 0 }]
    }
  })
  t.match(
    (await preview(h, 'new_tickets')).body,
    { movingTickets: 0, breaches: 0, notices: 0, uncountedTickets: 0, complete: true, moves: [] }
  )
  t.equal(asked.length, 2, 'nothing moves: nobody is asked')
})

t.test('what the clock service does not answer is said to be uncounted', async (t) => {
  const oneMissing = await clockService((asked) => {
    const { tickets, ...sums } = lateAll(asked)
    return {
      status: 200,
      body: { ...sums, tickets: tickets.slice(1), uncounted: [tickets[0].ticketId], breaches: tickets.length - 1 }
    }
  })
  const h = await harness(t, { clockUrl: oneMissing.url })
  await openTickets(h, 3)
  t.match((await preview(h)).body, {
    movingTickets: 3,
    breaches: 2,
    uncountedTickets: 1,
    complete: false,
    moves: [
      { ticketId: idOf(1), breaches: null, savedBreaches: null },
      { breaches: ['resolution'] },
      {}
    ]
  })

  const second = await clockService((_, count) => count === 1 ? undefined : { status: 503, body: {} })
  const later = await harness(t, { clockUrl: second.url })
  await openTickets(later, 260)
  t.match(
    (await preview(later)).body,
    { movingTickets: 260, breaches: 250, uncountedTickets: 10, complete: false },
    'what was counted before it failed'
  )

  for (
    const [what, answer] of [
      ['refuses', { status: 403, body: {} }],
      ['answers nonsense', { status: 200, body: { breaches: 'many' } }]
    ] as const
  ) {
    const none = await harness(t, { clockUrl: (await clockService(() => answer)).url })
    await openTickets(none, 2)
    t.match(await preview(none), {
      status: 200,
      body: {
        movingTickets: 2,
        breaches: null,
        savedBreaches: null,
        warningsPassed: null,
        notices: null,
        uncountedTickets: 2,
        complete: false,
        moves: [{ breaches: null }, {}]
      }
    }, what)
  }
  for (const clockUrl of ['http://127.0.0.1:9', undefined]) {
    const none = await harness(t, clockUrl === undefined ? {} : { clockUrl })
    await openTickets(none, 1)
    t.match(
      (await preview(none)).body,
      { movingTickets: 1, breaches: null, uncountedTickets: 1, complete: false },
      clockUrl ?? 'no address'
    )
  }
})
