import { eventFaults, priorities, ticketStatuses } from '@dueline/contracts'
import { completeEvent } from '@dueline/messaging'
import fc from 'fast-check'
import t from 'tap'
import { assigned, created, excerpt, factTime, messageAdded, moved, updated } from '../../src/domain/changes.ts'
import { carryOut, isMoreUrgent } from '../../src/domain/escalation-actions.ts'
import { eventOf } from '../../src/domain/events.ts'
import { effectOfMessage } from '../../src/domain/message-rules.ts'
import { systemActor, type TicketFact, type Ticket } from '../../src/domain/ticket.ts'

const id = '01900000-0000-7000-8000-000000000001'
const agent = '01900000-0000-7000-8000-000000000003'
const at = 1_700_000_000_000_000

export const opened = (fields: Partial<Ticket> = {}): TicketFact =>
  created(
    {
      id,
      number: 'T-000001',
      subject: 'x',
      description: '',
      type: 'request',
      priority: 'P2',
      severity: 'medium',
      productId: null,
      moduleId: null,
      questionId: null,
      customerId: id,
      assigneeId: null,
      teamId: null,
      answers: null,
      templateVersionId: null,
      tags: [],
      custom: {},
      customerFields: [],
      channel: 'api',
      externalId: null,
      ...fields
    },
    at,
    { kind: 'customer', id, screenName: 'C' }
  )

void t.test('changes give consecutive versions, growing times and events that fit their contract', async (t) => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('move' as const), to: fc.constantFrom(...ticketStatuses) }),
    fc.record({
      do: fc.constant('update' as const),
      priority: fc.constantFrom(...priorities),
      subject: fc.string({ minLength: 1, maxLength: 300 })
    }),
    fc.record({ do: fc.constant('assign' as const), teamId: fc.option(fc.string({ maxLength: 20 })) }),
    fc.record({ do: fc.constant('write' as const), body: fc.string({ unit: 'grapheme', maxLength: 700 }) })
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.integer({ min: -5, max: 5 }))), (steps) => {
      const facts = [opened()]
      for (const [change, drift] of steps) {
        const { ticket } = facts.at(-1)!
        const time = factTime(ticket, at + drift)
        const fact = change.do === 'move'
          ? moved(ticket, change.to, null, time, systemActor)
          : change.do === 'update'
          ? updated(ticket, { priority: change.priority, subject: change.subject }, time, systemActor)
          : change.do === 'assign'
          ? assigned(ticket, { assigneeId: agent, teamId: change.teamId }, 'why', time, systemActor)
          : messageAdded(
            ticket,
            {
              id,
              kind: 'public',
              authorKind: 'agent',
              authorId: agent,
              body: change.body,
              externalId: null,
              postedBy: null
            },
            time,
            systemActor
          )
        if (fact !== null) facts.push(fact)
      }
      facts.forEach((fact, i) => {
        if (fact.ticket.version !== i + 1 || fact.ticket.updatedAt !== fact.at) {
          throw new Error('versions must be consecutive')
        }
        if (i > 0 && fact.at <= facts[i - 1]!.at) throw new Error('times must grow')
        const event = completeEvent(eventOf(fact, { id, tenantId: 'acme', historical: false, importing: false }))
        const faults = eventFaults(event)
        if (faults.length > 0) throw new Error(faults.join())
      })
    }),
    { numRuns: 200 }
  )
})

void t.test('what changes nothing is no fact', async (t) => {
  const { ticket } = opened({ custom: { a: { b: [1] } }, tags: ['x'] })
  t.equal(updated(ticket, { priority: 'P2', custom: { a: { b: [1] } }, tags: ['x'] }, at + 1, systemActor), null)
  t.equal(assigned(ticket, { assigneeId: null, teamId: null }, null, at + 1, systemActor), null)
  t.match(updated(ticket, { custom: { a: { b: [2] } } }, at + 1, systemActor)?.change, {
    changes: [{ field: 'custom' }]
  })
  t.match(updated(ticket, { tags: [] }, at + 1, systemActor)?.change, {
    changes: [{ field: 'tags', from: ['x'], to: [] }]
  })
})

void t.test('an excerpt has at most 500 characters and no half ones', async (t) => {
  t.equal(excerpt('x'.repeat(500)), 'x'.repeat(500))
  t.equal(excerpt('x'.repeat(499) + '😀'), 'x'.repeat(499))
  t.equal(excerpt('x'.repeat(498) + '😀y'), 'x'.repeat(498) + '😀')
})

void t.test('what follows from a message, for every status and author', async (t) => {
  const window = 10
  for (const status of ticketStatuses) {
    for (const authorKind of ['customer', 'agent', 'system'] as const) {
      for (const kind of ['public', 'internal', 'automatic'] as const) {
        const effect = effectOfMessage({ status, resolvedAt: 100, closedAt: 100 }, { kind, authorKind }, 110, window)
        const late = effectOfMessage({ status, resolvedAt: 100, closedAt: 100 }, { kind, authorKind }, 111, window)
        const name = `${authorKind} ${kind} on ${status}`
        if (kind === 'public' && authorKind === 'customer' && status === 'cancelled') {
          t.same(effect, { refused: 'cancelled' }, name)
        } else if (kind === 'public' && authorKind === 'customer' && (status === 'resolved' || status === 'closed')) {
          t.match(effect, { moveTo: 'open' }, name)
          t.same(late, { refused: 'reopen_window_over' }, name)
        } else if (
          kind === 'public' &&
          ((authorKind === 'customer' && status === 'waiting_on_customer') ||
            (authorKind === 'agent' && status === 'new'))
        ) t.match(effect, { moveTo: 'open' }, name)
        else t.match(effect, { moveTo: null }, name)
      }
    }
  }
})

void t.test('an escalation never lowers a priority, and leaves finished tickets alone', async (t) => {
  const facts = (ticket: Ticket, actions: Parameters<typeof carryOut>[1]) =>
    carryOut(ticket, actions, 'why', at, new Set([agent]))
  for (const from of priorities) {
    for (const to of priorities) {
      t.equal(
        facts(opened({ priority: from }).ticket, [{ kind: 'raise_priority', priority: to }]).length,
        isMoreUrgent(to, from) ? 1 : 0,
        `${from} → ${to}`
      )
    }
  }
  for (const status of ['resolved', 'closed', 'cancelled'] as const) {
    t.same(facts({ ...opened().ticket, status }, [{ kind: 'reassign', assigneeId: agent }]), [])
  }
  t.same(
    facts(opened().ticket, [{ kind: 'notify', personIds: [agent] }, { kind: 'reassign', assigneeId: id }]),
    [],
    'nobody unknown is assigned'
  )
  t.same(
    facts(opened().ticket, [{ kind: 'reassign', assigneeId: agent }, { kind: 'raise_priority', priority: 'P0' }])
      .map(({ at: time, ticket: { version } }) => [time, version]),
    [[at + 1, 2], [at + 2, 3]]
  )
})
