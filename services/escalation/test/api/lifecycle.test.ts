import { formatInstant } from '@dueline/business-time'
import { systemClock } from '@dueline/runtime'
import { testEvent } from '@dueline/testkit'
import t from 'tap'
import { clockEvent, HOUR, id, staffEvents, ticketEvent, ticketSummary } from '../events.ts'
import { startEscalation } from './harness.ts'

t.test('breach → level 1 → level 2 → acknowledged, by the preset', async (t) => {
  const { deliver, outbox, fired, call } = await startEscalation(t)
  await deliver(...staffEvents(), ticketEvent(1))
  const now = systemClock.now()
  await deliver(clockEvent('started', 1, { dueAt: now + HOUR }))
  t.same(await outbox(), [], 'the preset has nothing to do before the breach')

  const due = now - 2 * HOUR
  await deliver(clockEvent('breached', 2, { dueAt: due, breachedAt: due }))
  await fired.atLeast(1)
  const first = await outbox()
  t.match(first, [
    {
      type: 'opened',
      sequence: 1,
      tenantid: 'acme',
      subject: `ticket/${id('ticket')}`,
      partitionkey: id('ticket'),
      historical: false,
      data: {
        escalation: {
          state: 'open',
          level: 0,
          levelCount: 4,
          escalationPolicyId: null,
          escalationPolicyName: 'Preset',
          clockId: id('clock'),
          metric: 'resolution',
          cycle: 1
        },
        actor: { kind: 'system' },
        reason: null
      }
    },
    {
      type: 'level-reached',
      sequence: 2,
      data: {
        escalation: { level: 1, version: 2 },
        ticket: { number: 'T-1' },
        level: { number: 1, last: false },
        targets: [{ personId: id('ann'), because: 'the assignee' }, { personId: id('max') }],
        actions: [{ kind: 'notify', personIds: [id('ann'), id('max')] }],
        dueAt: formatInstant(due + 2 * HOUR)
      }
    }
  ])
  t.equal(first.length, 2)

  // the deadline turns out to have been earlier: levels go on counting from the one that was missed
  await deliver(clockEvent('replanned', 3, { dueAt: now - 8 * HOUR, breachedAt: now - 8 * HOUR }))
  const { body: { items: [open] } } = await call('GET', `/escalations?ticketId=${id('ticket')}`)
  t.match(open, { level: 1, nextLevelAt: formatInstant(due + 8 * HOUR) })
  await call('POST', `/escalations/${open.id}/raise`, { reason: 'the customer called' })
  const second = (await outbox()).slice(2)
  t.match(second, [{
    type: 'level-reached',
    sequence: 3,
    data: {
      level: { number: 2 },
      targets: [{ personId: id('max') }],
      actions: [{ kind: 'notify', personIds: [id('max')] }]
    }
  }])

  const { body: { items: [listed] } } = await call('GET', `/escalations?ticketId=${id('ticket')}&state=open&level=2`)
  t.match(listed, { level: 2, state: 'open', nextLevelAt: formatInstant(due + 24 * HOUR), closedAt: null })
  const acknowledged = await call('POST', `/escalations/${listed.id}/acknowledge`, { note: 'on it' }, {
    as: 'ann',
    roles: ['agent']
  })
  t.match(acknowledged, {
    status: 200,
    body: {
      state: 'acknowledged',
      nextLevelAt: null,
      version: 4,
      closedAt: String,
      history: [{ kind: 'opened' }, { kind: 'level_reached', level: { number: 1 } }, {
        kind: 'level_reached',
        level: { number: 2 }
      }, { kind: 'acknowledged', reason: 'on it', actor: { id: id('ann'), screenName: 'Screen ann' } }]
    }
  })
  t.match((await outbox()).slice(3), [{
    type: 'acknowledged',
    sequence: 4,
    data: { reason: 'on it', actor: { kind: 'agent', id: id('ann') }, escalation: { state: 'acknowledged', level: 2 } }
  }])
  await deliver(clockEvent('met', 4, { state: 'met', breachedAt: now - 8 * HOUR }))
  t.equal((await outbox()).length, 4, 'nothing follows an acknowledgement')
})

t.test('an unassigned ticket is escalated from the lead of its team, and the history says why', async (t) => {
  const { deliver, fired, call } = await startEscalation(t)
  const team = {
    id: id('team'),
    name: 'Facilities',
    leadId: id('max'),
    memberIds: [],
    calendarId: null,
    productIds: [],
    moduleIds: [],
    active: true,
    version: 1
  }
  const queued = { assigneeId: null, teamId: id('team') }
  await deliver(...staffEvents(), testEvent('dueline.team.changed.v1', { team, deleted: false }, { tenantid: 'acme' }))
  await deliver(ticketEvent(1, queued))
  const due = systemClock.now() - 2 * HOUR
  await deliver(clockEvent('breached', 1, { dueAt: due, breachedAt: due }, ticketSummary(queued)))
  await fired.atLeast(1)
  const { body: { items: [open] } } = await call('GET', `/escalations?ticketId=${id('ticket')}`)
  await call('POST', `/escalations/${open.id}/raise`, { reason: 'the customer called' })
  const { body: { history: [, first, second] } } = await call('GET', `/escalations/${open.id}`)
  t.match(first, {
    reason: /^no_assignee/,
    level: {
      targets: [
        { personId: id('max'), because: "no assignee: the lead of the ticket's team" },
        { personId: id('mia'), because: 'no assignee: 1 up from who is in charge' }
      ],
      actions: [{ kind: 'notify', personIds: [id('max'), id('mia')] }]
    }
  })
  t.match(second, { level: { targets: [{ personId: id('mia') }] } })
})
