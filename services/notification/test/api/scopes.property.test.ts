// Who reads what, over random histories of tickets that change hands, beside a plain model of it.
import type { DuelineEvent } from '@dueline/contracts'
import { systemIds } from '@dueline/runtime'
import { testEvent } from '@dueline/testkit'
import fc from 'fast-check'
import t from 'tap'
import { clock, event, message, ticket } from '../events.ts'
import { startNotification } from './harness.ts'

const numRuns = Math.min(30, Number(process.env['DUELINE_PROPERTY_RUNS'] ?? 30))
const id = (last: string): string => `01900000-0000-7000-8000-0000000000${last}`
const tickets = [id('01'), id('02')]
const customers = [id('c1'), id('c2')]
const agents = [id('a1'), id('a2')]
const teams = ['red', 'blue']

type Kind = 'fact' | 'internal' | 'sla' | 'ola' | 'mail' | 'policy'
interface Step {
  kind: Kind
  ticket: string
  version: number
  customer: string
  assignee: string | null
  team: string | null
  to: string
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<Kind>('fact', 'fact', 'internal', 'sla', 'ola', 'mail', 'policy'),
  ticket: fc.constantFrom(...tickets),
  version: fc.integer({ min: 1, max: 12 }),
  customer: fc.constantFrom(...customers),
  assignee: fc.constantFrom(null, ...agents),
  team: fc.constantFrom(null, ...teams),
  to: fc.constantFrom(...customers, ...agents)
})

function eventOf (each: Step, tenantid: string): DuelineEvent {
  const { kind, version, customer: customerId, assignee: assigneeId, team: teamId } = each
  const envelope = { id: systemIds.next(), tenantid, partitionkey: each.ticket, subject: `ticket/${each.ticket}` }
  const whole = { ...ticket, id: each.ticket, customerId, assigneeId, teamId, version }
  const { teamId: _, version: __, ...summary } = whole
  const ofClock = { ...clock, ticketId: each.ticket, kind: kind === 'ola' ? 'ola' : 'sla' }
  switch (kind) {
    case 'fact':
      return event('dueline.ticket.status-changed.v1', {
        ticket: whole,
        from: 'new',
        to: 'open',
        reason: null
      }, envelope)
    case 'internal':
      return event('dueline.ticket.message-added.v1', { ...message('internal', 'agent'), ticket: whole }, envelope)
    case 'sla':
    case 'ola':
      return event('dueline.clock.started.v1', { clock: ofClock, ticket: summary, cause: { kind: 'fact', id: null } }, {
        ...envelope
      })
    case 'mail': {
      const sent = { id: id('ee'), personId: each.to, eventId: id('ef'), eventType: 'x', subject: '' }
      const message = { ...sent, channel: 'email' as const, ticketId: each.ticket }
      return testEvent('dueline.message.sent.v1', { message }, envelope)
    }
    case 'policy':
      return testEvent('dueline.policy.published.v1', { version: 1, effect: 'new_tickets', rowCount: 0 }, {
        ...envelope,
        partitionkey: 'policy',
        subject: 'policy'
      })
  }
}

interface Asker {
  role: 'manager' | 'agent' | 'customer' | 'operator'
  person: string
  ticketId?: string | undefined
  assignee?: string | undefined
  team?: string | undefined
}

const asker: fc.Arbitrary<Asker> = fc.oneof(
  fc.record({
    role: fc.constantFrom('manager' as const, 'agent' as const),
    person: fc.constantFrom(...agents),
    ticketId: fc.option(fc.constantFrom(...tickets), { nil: undefined }),
    assignee: fc.option(fc.constantFrom('me', 'nobody', ...agents), { nil: undefined }),
    team: fc.option(fc.constantFrom(...teams), { nil: undefined })
  }),
  fc.record({
    role: fc.constantFrom('customer' as const, 'operator' as const),
    person: fc.constantFrom(...customers),
    ticketId: fc.option(fc.constantFrom(...tickets), { nil: undefined })
  })
)

interface Known {
  version: number
  customer: string
  holders: { assignee: string | null, team: string | null }[]
}

/** Which steps of a history somebody reads, said as simply as possible. */
function model (history: readonly Step[], { role, person, ticketId, assignee, team }: Asker): number[] {
  const newest = new Map<string, Known>()
  return history.flatMap((each, position) => {
    const { kind } = each
    const past = newest.get(each.ticket)
    if ((kind === 'fact' || kind === 'internal') && each.version > (past?.version ?? 0)) {
      const holders = [...(past?.holders.slice(-1) ?? []), { assignee: each.assignee, team: each.team }]
      newest.set(each.ticket, { version: each.version, customer: each.customer, holders })
    } else if (past !== undefined) newest.set(each.ticket, { ...past, holders: past.holders.slice(-1) })
    const now = newest.get(each.ticket)
    if (ticketId !== undefined && (kind === 'policy' || each.ticket !== ticketId)) return []
    const toMe = kind === 'mail' && each.to === person
    if (role === 'operator') return toMe ? [position] : []
    if (role === 'customer') {
      const isMine = kind === 'mail' ? now?.customer === person : (now?.customer ?? person) === person &&
        each.customer === person
      const mayKnow = kind === 'fact' || kind === 'sla' || toMe
      return isMine && mayKnow ? [position] : []
    }
    if (toMe) return [position]
    if (role === 'agent' && (kind === 'mail' || kind === 'policy')) return []
    const wantedAssignee = assignee === 'me' ? person : assignee === 'nobody' ? null : assignee
    const holders: { assignee?: string | null, team?: string | null }[] = kind === 'policy'
      ? []
      : now?.holders ?? (kind === 'mail' ? [] : [{ assignee: each.assignee }])
    if (wantedAssignee !== undefined && !holders.some((holder) => holder.assignee === wantedAssignee)) return []
    if (team !== undefined && !holders.some((holder) => holder.team === team)) return []
    return [position]
  })
}

function queryOf ({ ticketId, assignee, team }: Asker): string {
  const query = new URLSearchParams({ limit: '200' })
  if (ticketId !== undefined) query.append('ticketId', ticketId)
  if (assignee === 'nobody') query.append('unassigned', 'true')
  else if (assignee !== undefined) query.append('assigneeId', assignee)
  if (team !== undefined) query.append('teamId', team)
  return String(query)
}

t.test('the feed gives everybody what the plain model says, and no event of a foreign ticket', async (t) => {
  const { deliver, call } = await startNotification(t)
  let tried = 0
  const histories = fc.array(step, { minLength: 1, maxLength: 40 })
  const batches = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(histories, batches, fc.array(asker, { minLength: 5, maxLength: 8 }), async (steps, sizes, all) => {
      const tenant = `t${tried++}`
      const events = steps.map((each) => eventOf(each, tenant))
      for (let at = 0, turn = 0; at < events.length; turn++) {
        const size = sizes[turn % sizes.length]!
        await deliver(...events.slice(at, at + size))
        at += size
      }
      for (const each of all) {
        const as = { tenant, as: each.person, roles: [each.role] }
        const { body } = await call('GET', `/events?${queryOf(each)}`, undefined, as)
        const got = (body.items as { id: string }[]).map((item) => events.findIndex((one) => one.id === item.id))
        const wanted = model(steps, each)
        if (JSON.stringify(got) !== JSON.stringify(wanted)) {
          throw new Error(`${JSON.stringify(each)} got ${got.join()}, should get ${wanted.join()}`)
        }
        if (each.role === 'customer') {
          const foreign = customers.find((other) => other !== each.person)!
          if (JSON.stringify(body).includes(foreign)) throw new Error('it names another customer')
        }
      }
    }),
    { numRuns }
  )
  t.equal(tried >= numRuns, true, `${tried} histories`)
})
