import { eventFaults, eventTypes, type DuelineEvent } from '@dueline/contracts'
import t from 'tap'
import { customersEvent, visibility } from '../../src/domain/visibility.ts'
import { assigned, breached, clock, event, marked, message, resumed, ticket, who, withdrawn } from '../events.ts'

const ruleId = '01900000-0000-7000-8000-00000000000e'
const staffSecrets = [who.agent, who.manager, ruleId, 'team-9', 'because he was rude', 'vip-label']
const agent = { kind: 'agent', id: who.agent, screenName: 'Desk 1' }
const inTeam = { ticket: { ...ticket, assigneeId: who.agent, teamId: 'team-9' }, actor: agent }
const change = { from: 'open', to: 'resolved', reason: 'because he was rude' }

/** Everything of a ticket that has something for its customer, shown by staff. */
const shown: DuelineEvent[] = [
  event('dueline.ticket.created.v1', inTeam),
  event('dueline.ticket.updated.v1', {
    ...inTeam,
    changes: [
      { field: 'priority', from: 'P1', to: 'P0' },
      { field: 'tags', from: [], to: ['vip-label'] },
      { field: 'teamId', from: null, to: 'team-9' },
      { field: 'assigneeId', from: null, to: who.agent },
      { field: 'custom', from: {}, to: { rank: 'vip-label' } }
    ]
  }),
  assigned(who.manager, who.agent, { ...inTeam, reason: 'because he was rude', ruleId }),
  event('dueline.ticket.message-added.v1', { ...inTeam, ...message('public', 'agent', who.agent), actor: agent }),
  event('dueline.ticket.message-added.v1', { ...inTeam, ...message('automatic', 'system') }),
  event('dueline.ticket.status-changed.v1', { ...inTeam, ...change }),
  event('dueline.ticket.reopened.v1', { ...inTeam, ...change }),
  marked('warned', { key: 'percent:80', recordedOnly: 'superseded' }, {}, { ticket: inTeam.ticket }),
  breached({ cause: { kind: 'command', id: who.manager } }),
  withdrawn('superseded'),
  resumed(null)
]

t.test('what a customer gets is valid, and names nothing of staff', (t) => {
  for (const each of shown) {
    const seen = customersEvent(each, who.customer)
    t.ok(seen !== null, each.type)
    t.same(eventFaults(seen as DuelineEvent), [], `${each.type} fits its schema`)
    const text = JSON.stringify(seen)
    t.same(staffSecrets.filter((secret) => text.includes(secret)), [], each.type)
    t.notMatch(text, /superseded/, 'why people are not shown may be a clock that it does not see')
  }
  t.end()
})

t.test('what customers do not get', (t) => {
  const tags = [{ field: 'tags', from: [], to: ['vip-label'] }]
  const hidden = [
    event('dueline.ticket.message-added.v1', message('internal', 'agent', who.agent)),
    event('dueline.ticket.updated.v1', { changes: tags }),
    event('dueline.clock.started.v1', { clock: { ...clock, kind: 'ola' }, cause: { kind: 'fact', id: null } }),
    marked('breached', { key: 'breach' }, { kind: 'underpinning' })
  ]
  t.same(hidden.map((each) => customersEvent(each, who.customer)), hidden.map(() => null))
  const never = eventTypes.filter((type) => visibility[type].forCustomer === undefined)
  t.same(never.map((type) => type.slice('dueline.'.length)), [
    'people.named.v1',
    'assignee.left.v1',
    'agreement.made.v1',
    'agreement.changed.v1',
    'agreement.withdrawn.v1',
    'policy.published.v1',
    'calendar.published.v1',
    'catalogue.changed.v1',
    'escalation.opened.v1',
    'escalation.level-reached.v1',
    'escalation.acknowledged.v1',
    'escalation.stopped.v1',
    'escalation.exhausted.v1',
    'message.failed.v1',
    'webhook-endpoint.disabled.v1',
    'webhook-endpoint.tested.v1',
    'team.changed.v1',
    'levels.changed.v1',
    'unit.changed.v1',
    'customer.changed.v1',
    'responsibility.changed.v1',
    'availability.changed.v1',
    'absence.changed.v1',
    'capacity.changed.v1',
    'person.changed.v1',
    'template.published.v1',
    'template.refused.v1',
    'question-template.changed.v1'
  ])
  t.equal(customersEvent({ ...shown[0]!, type: 'dueline.new.thing.v1' as never }, who.customer), null)
  t.end()
})

t.test('a customer finds itself, and the reasons of the rules', (t) => {
  const own = { kind: 'customer', id: who.customer, screenName: 'Carla' }
  const wrote = event('dueline.ticket.message-added.v1', {
    ...message('public', 'customer', who.customer),
    actor: own
  })
  t.match(customersEvent(wrote, who.customer)?.data, { actor: own, message: { authorId: who.customer } })
  const reason = 'the customer answered'
  const answered = event('dueline.ticket.status-changed.v1', { ...change, reason })
  t.match(customersEvent(answered, who.customer)?.data, { reason })
  t.end()
})
