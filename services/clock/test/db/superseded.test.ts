import type { DuelineEvent } from '@dueline/contracts'
import t from 'tap'
import { TestTicket } from '../support/events.ts'
import { HOUR, MINUTE, start, startClock, words } from '../support/harness.ts'

/** The agreement with the versions that it takes the place of. */
const superseding = (event: DuelineEvent, supersedes: number[]): DuelineEvent =>
  ({ ...event, data: { ...event.data, supersedes } }) as DuelineEvent

t.test('an agreement that turns out never to have held takes its breach with it', async (t) => {
  const { receive, fireUntil, sent, call } = await startClock(t)
  const ticket = new TestTicket(start)
  const created = ticket.created(start)
  const answered = ticket.message(start + 45 * MINUTE)
  const raised = ticket.updated(start + HOUR, { priority: 'P0' })
  const urgent = { targets: { first_response: 'PT30M' }, reminders: [], effect: 'from_now' as const }
  const calm = { targets: { first_response: 'PT2H' }, reminders: [], effect: 'from_now' as const }
  const wrong = ticket.agreement(start, { ...urgent, ticketVersion: 3 })
  const right = [
    ticket.agreement(start, { ...calm, version: 2, ticketVersion: 1 }),
    superseding(ticket.agreement(start + HOUR, { ...urgent, version: 3, ticketVersion: 3 }), [1])
  ]

  await receive(created, answered, raised, wrong)
  await fireUntil(start + 2 * HOUR)
  t.same(words(await sent()), ['first_response 1 started', 'first_response 1 breached', 'first_response 1 met'])
  await receive(...right)
  t.same(words(await sent()), ['first_response 1 breach-withdrawn', 'first_response 1 replanned'])
  t.match(
    (await call('GET', `/clocks?ticketId=${ticket.id}`)).body.items,
    [{ state: 'met', target: 'PT2H', breachedAt: null, dueAt: '2026-03-02T10:00:00.000000Z', ticketVersion: 3 }]
  )

  const other = new TestTicket(start)
  const announced = [
    other.created(start),
    other.message(start + 45 * MINUTE),
    other.updated(start + HOUR, { priority: 'P0' })
  ]
  const newest = superseding(other.agreement(start + HOUR, { ...urgent, version: 3, ticketVersion: 3 }), [1])
  await receive(...announced, newest, other.agreement(start, { ...calm, version: 2, ticketVersion: 1 }))
  await receive(other.agreement(start, { ...urgent, ticketVersion: 3 }))
  t.same(
    words(await sent()),
    ['first_response 1 started', 'first_response 1 met'],
    'received in another order, it is not even announced'
  )
})
