import { type DuelineEvent, type PersonSnapshot, type Role } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { audienceOf, concernedBy, queuedIn } from '../../src/domain/audience.ts'
import { notifiedOfBreach } from '../../src/domain/notified.ts'
import {
  assigned,
  breached,
  cast,
  clock,
  event,
  levelReached,
  marked,
  message,
  resumed,
  ticket,
  withdrawn,
  who
} from '../events.ts'

type Staff = Map<string, PersonSnapshot>
const staff: Staff = new Map(
  cast.flatMap((each) => each.type === 'dueline.person.changed.v1' ? [[each.data.person.id, each.data.person]] : [])
)
const without = (id: string): Staff =>
  new Map([...staff].map(([key, person]) => [key, { ...person, active: person.active && key !== id }]))
const inCharge = [who.manager]

const known = {
  people: staff,
  inCharge,
  notifiedOfBreach: [] as string[],
  isOpenAgain: false,
  hasOpenMatters: false
}
const readersOf = (event: DuelineEvent, people: Staff = staff, notifiedOfBreach: string[] = []): string[] =>
  audienceOf(event, { ...known, people, notifiedOfBreach }).map(({ personId }) => personId)
const readers = (...args: Parameters<typeof event>): string[] => readersOf(event(...args))
const by = (id: string): Record<string, unknown> => ({ actor: { kind: 'agent', id, screenName: 'x' } })
const unassigned = { ticket: { ...ticket, assigneeId: null } }

t.test('who hears what', async (t) => {
  t.same(
    readers('dueline.ticket.created.v1', by(who.customer)),
    [who.customer, who.agent],
    'a receipt, also for who opened it himself; the assignee'
  )
  t.same(readers('dueline.ticket.created.v1', by(who.agent)), [who.customer], 'but not of his own deed')
  t.same(readersOf(assigned(null, who.agent)), [who.agent])
  t.same(readersOf(assigned(null, who.agent, by(who.agent))), [], 'nobody hears of what he did himself')
  t.same(readersOf(assigned(who.agent, who.agent)), [], 'another team is not another assignee')
  t.same(readers('dueline.ticket.message-added.v1', message('public', 'agent')), [who.customer])
  t.same(readers('dueline.ticket.message-added.v1', message('public', 'customer')), [who.agent])
  t.same(readers('dueline.ticket.message-added.v1', message('internal', 'agent')), [], 'internal notes stay inside')
  for (const author of ['system', 'agent']) {
    t.same(readers('dueline.ticket.message-added.v1', message('automatic', author)), [], 'the customer has it already')
  }
  t.same(readers('dueline.ticket.message-added.v1', message('automatic', 'customer')), [who.agent], 'he is away')
  for (const to of ['waiting_on_customer', 'resolved', 'closed']) {
    t.same(readers('dueline.ticket.status-changed.v1', { from: 'open', to, reason: null }), [who.customer], to)
  }
  t.same(readers('dueline.ticket.status-changed.v1', { from: 'new', to: 'open', reason: null }), [])
  t.same(readersOf({ ...breached(), historical: true }), [], 'nobody is notified of the imported past')
  const reached = levelReached({
    actions: [
      { kind: 'notify', personIds: [who.ceo, who.ceo, '01900000-0000-7000-8000-0000000000ff'] },
      { kind: 'raise_priority', priority: 'P0' }
    ]
  })
  t.same(readersOf(reached), [who.ceo], 'each once, unknown people not at all')
  t.ok(concernedBy(reached).includes(who.ceo))
})

t.test('marks reach the assignee, urgent ones the manager too, recorded ones nobody', async (t) => {
  const keys = { warned: 'percent:50', reminded: 'before:PT30M', overdue: 'after:PT1H' } as const
  for (const type of ['warned', 'reminded', 'overdue'] as const) {
    t.same(readersOf(marked(type, { key: keys[type] })), [who.agent], type)
    t.same(readersOf(marked(type, { key: keys[type], urgent: true })), [who.agent, who.manager], `${type}, urgent`)
    for (const recordedOnly of ['superseded', 'over']) {
      t.same(readersOf(marked(type, { key: keys[type], urgent: true, recordedOnly })), [], recordedOnly)
    }
  }
  t.same(readersOf(breached()), [who.agent, who.manager])
  for (const recordedOnly of ['superseded', 'over']) t.same(readersOf(breached({}, { recordedOnly })), [], recordedOnly)
})

t.test('what concerns a ticket that nobody has reaches who is in charge', async (t) => {
  const events = [
    marked('warned', { key: 'percent:50' }, {}, unassigned),
    marked('overdue', { key: 'after:PT1H' }, {}, unassigned),
    breached(unassigned),
    event('dueline.ticket.message-added.v1', { ...message('public', 'customer'), ...unassigned }),
    event('dueline.ticket.reopened.v1', { from: 'closed', to: 'open', reason: null, ...unassigned })
  ]
  for (const each of events) {
    t.same(audienceOf(each, known), [{ personId: who.manager, part: 'lead' }], each.type)
    t.match(queuedIn(each, staff), { productId: null })
  }
  t.same(readers('dueline.ticket.created.v1', unassigned), [who.customer], 'a new ticket concerns nobody else yet')
  t.same(readersOf(marked('warned', { key: 'percent:50', recordedOnly: 'over' }, {}, unassigned)), [])
  t.same(
    readersOf(event('dueline.ticket.reopened.v1', {
      from: 'closed',
      to: 'open',
      reason: null,
      ...unassigned,
      ...by(who.manager)
    })),
    []
  )
  t.equal(queuedIn(breached(), staff), null)
  t.equal(queuedIn(event('dueline.ticket.created.v1', unassigned), staff), null)
})

t.test('an inactive assignee counts as none; his manager hears as well', async (t) => {
  const people = without(who.agent)
  const leadsOf = (event: DuelineEvent): string[] =>
    audienceOf(event, { ...known, people, inCharge: [who.ceo] }).map(({ personId }) => personId)
  t.same(leadsOf(breached()), [who.ceo, who.manager])
  t.same(leadsOf(marked('warned', { key: 'percent:50' })), [who.ceo, who.manager])
  t.same(leadsOf(event('dueline.ticket.message-added.v1', message('public', 'customer'))), [who.ceo, who.manager])
  t.same(leadsOf(assigned(null, who.agent)), [])
})

t.test('who is in charge hears of a ticket that goes back to nobody, or on to another team, if it waits', async (t) => {
  const put = (to: object, from: object) =>
    assigned(null, null, {
      from: { assigneeId: null, teamId: null, ...from },
      to: { assigneeId: null, teamId: null, ...to }
    })
  const waiting = { ...known, hasOpenMatters: true }
  const back = put({}, { assigneeId: who.agent })
  const moved = put({ teamId: 'b' }, { teamId: 'a' })
  for (const each of [back, moved]) {
    t.same(audienceOf(each, waiting), [{ personId: who.manager, part: 'lead' }])
    t.same(audienceOf(each, known), [], 'nothing is open')
    t.ok(queuedIn(each, staff))
  }
  t.same(audienceOf(put({ teamId: 'a' }, { teamId: 'a' }), waiting), [])
  t.same(audienceOf(moved, { ...waiting, inCharge: [who.customer] }), [], 'never a customer')
})

t.test('who has become a customer gets nothing that is meant for staff, whatever he was', async (t) => {
  const asCustomer = (...ids: string[]): Staff =>
    new Map([...staff].map(([id, person]) => [id, { ...person, role: ids.includes(id) ? 'customer' : person.role }]))
  const urgent = marked('warned', { key: 'percent:50', urgent: true })
  const reached = levelReached({ actions: [{ kind: 'notify', personIds: [who.ceo, who.manager] }] })
  for (const each of [breached(), urgent]) {
    t.same(readersOf(each, asCustomer(who.manager)), [who.agent], 'the manager')
    t.same(
      audienceOf(each, { ...known, people: asCustomer(who.agent), inCharge: [who.ceo] }),
      [{ personId: who.ceo, part: 'lead' }, { personId: who.manager, part: 'lead' }],
      'an assignee counts as none'
    )
    t.match(queuedIn(each, asCustomer(who.agent)), { productId: null }, 'it is asked who is in charge')
  }
  t.same(readersOf(reached, asCustomer(who.ceo)), [who.manager], 'whom a level names')
  t.same(readersOf(withdrawn(), asCustomer(who.ceo), [who.ceo, who.manager]), [who.manager], 'who knew of a breach')
  t.same(readersOf(assigned(null, who.agent), asCustomer(who.agent)), [], 'who is given a ticket')
  const created = readersOf(event('dueline.ticket.created.v1'), asCustomer(who.agent))
  t.same(created, [who.customer], 'the receipt alone')
})

t.test('the withdrawal of a breach reaches exactly those whom the breach reached', async (t) => {
  t.same(readersOf(withdrawn(), staff, [who.ceo, who.agent]), [who.ceo, who.agent])
  t.same(readersOf(withdrawn(), staff), [])
  t.same(readersOf(withdrawn('over'), staff, [who.ceo]), [], 'nor when the ticket is over')
  t.same(
    readersOf(withdrawn('superseded'), staff, [who.ceo]),
    [who.ceo],
    'who was notified of it by an escalation is notified too'
  )
  t.same(readersOf(withdrawn(), without(who.ceo), [who.ceo]), [])
  const notified = { tenantId: 'a', clockId: 'c', eventType: 'dueline.clock.breached.v1', breachOf: ['c'] }
  const back = { tenantId: 'a', clockId: 'c', eventType: 'dueline.clock.breach-withdrawn.v1', breachOf: [] }
  const messages = [
    { ...notified, personId: '1' },
    { ...notified, personId: '2' },
    { ...back, personId: '1' },
    { ...back, personId: '2' },
    { ...notified, personId: '2' },
    { ...notified, personId: '3', clockId: null, breachOf: ['b', 'c'] },
    { ...notified, personId: '4', breachOf: ['b'] },
    { ...notified, personId: '5', tenantId: 'b' }
  ]
  t.same(notifiedOfBreach(messages, 'a', 'c'), ['2', '3'], 'of the last breach only')
})

t.test('a clock that runs again in breach is announced if it had stopped and nobody knew of the breach', async (t) => {
  const again = resumed(clock.dueAt)
  const leadsOf = (event: DuelineEvent, fields: Partial<typeof known> = {}): string[] =>
    audienceOf(event, { ...known, isOpenAgain: true, ...fields }).map(({ personId }) => personId)
  t.same(leadsOf(again), [who.agent, who.manager])
  t.same(leadsOf(again, { notifiedOfBreach: [who.ceo] }), [], 'somebody was notified')
  t.same(leadsOf(again, { isOpenAgain: false }), [], 'it was only paused')
  t.same(leadsOf(resumed(null)), [], 'it is in time')
  t.same(leadsOf({ ...again, historical: true }), [])
})

t.test(
  'each person hears at most once of an event, nobody inactive, and nobody of a mark that is only recorded',
  async (t) => {
    const ids = Object.values(who)
    const anyId = fc.constantFrom(...ids)
    const anyPeople = fc.tuple(...ids.map((id) =>
      fc.record({
        id: fc.constant(id),
        role: fc.constantFrom<Role>('agent', 'manager', 'customer'),
        active: fc.boolean(),
        managerId: fc.option(anyId)
      })
    ))
      .map((all) => new Map(ids.map((id, i) => [id, all[i]!])))
    const recordedOnly = fc.constantFrom(null, 'superseded', 'over')
    const anyEvent = fc.record({
      assigneeId: fc.option(anyId),
      actorId: fc.option(anyId),
      urgent: fc.boolean(),
      recordedOnly,
      which: fc.nat(6)
    })
    fc.assert(
      fc.property(
        anyEvent,
        anyPeople,
        fc.array(anyId),
        ({ assigneeId, actorId, urgent, recordedOnly, which }, people, inCharge) => {
          const data = { ticket: { ...ticket, assigneeId }, actor: { kind: 'agent', id: actorId, screenName: null } }
          const each = [
            marked('warned', { key: 'percent:50', urgent, recordedOnly }, {}, data),
            marked('overdue', { key: 'after:PT1H', urgent, recordedOnly }, {}, data),
            breached(data, { recordedOnly }),
            assigned(null, assigneeId, { actor: data.actor }),
            event('dueline.ticket.created.v1', data),
            event('dueline.ticket.message-added.v1', { ...message('public', 'customer'), ...data }),
            marked('reminded', { key: 'before:PT1S', urgent, recordedOnly }, {}, data)
          ][which]!
          const listeners = audienceOf(each, { ...known, people, inCharge })
          const leadsOf = listeners.map(({ personId }) => personId)
          const isMark = each.type.startsWith('dueline.clock.')
          const ownDeed = (id: string, part: string): boolean => id === actorId && part !== 'customer'
          const toCustomers = listeners.filter(({ personId }) => people.get(personId)!.role === 'customer')
          return toCustomers.every(({ part }) => part === 'customer') &&
            new Set(leadsOf).size === leadsOf.length && leadsOf.every((id) => people.get(id)!.active) &&
            !(isMark && recordedOnly !== null && leadsOf.length > 0) &&
            !listeners.some(({ personId, part }) => ownDeed(personId, part)) &&
            // a mark that is announced reaches somebody wherever there is somebody
            !(isMark && recordedOnly === null && leadsOf.length === 0 &&
              inCharge.some((id) => people.get(id)!.active && people.get(id)!.role !== 'customer' && id !== actorId) &&
              assigneeId !== actorId)
        }
      )
    )
  }
)
