// Tickets, policies and publishes for the properties of facts that arrive late.
import { channels, type AgreementKind, type TicketStatus } from '@dueline/contracts'
import fc from 'fast-check'
import type { StoredFact } from '../../services/clock/src/domain/facts.ts'
import type { Publish } from '../../services/sla-policy/src/domain/agreements.ts'
import { compilePolicy, type CompiledPolicy } from '../../services/sla-policy/src/domain/resolve.ts'
import type { DecidingFact } from '../../services/sla-policy/src/domain/ticket-history.ts'
import { isOpen } from '../../services/sla-policy/src/store/ticket-store.ts'
import { row } from '../../services/sla-policy/test/unit/generators.ts'

export const minute = 60_000_000
export const createdAt = 1_772_438_400_000_000
const calendarId = '01900000-0000-7000-8000-00000000ca1e'

/** A version of a ticket: what sla-policy hears of it, and what the clock hears. */
export interface Version {
  readonly fact: DecidingFact
  readonly clockFact: StoredFact
}

export interface Published extends Publish {
  readonly policy: CompiledPolicy
}
/** A step of a delivery: some facts together, or a publish that becomes known. */
export type Delivery = { readonly facts: readonly DecidingFact[] } | { readonly publish: Published }

type PolicyRow = Parameters<typeof row>[0]

const effects = fc.constantFrom(
  'from_now' as const,
  'from_now' as const,
  'retroactive' as const,
  'new_tickets' as const
)
const hours = fc.integer({ min: 1, max: 6 }).map((n) => `PT${n}H`)
const someRow = fc.record({
  kind: fc.constantFrom<AgreementKind>('sla', 'sla', 'ola'),
  priority: fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const, null),
  effect: effects,
  targets: fc.record({ first_response: hours, resolution: hours }),
  calendarId: fc.constantFrom(null, null, calendarId)
})
export const rowSets = fc.array(someRow, { minLength: 1, maxLength: 5 })

export function policyOf (version: number, rows: ReadonlyArray<Partial<PolicyRow>>): CompiledPolicy {
  const complete = rows.map((part, index) => {
    const id = `01900000-0000-7000-8000-0000000${version}${index}00a`
    return row({ ...part, id } as PolicyRow)
  })
  return compilePolicy({ version, defaults: {}, rows: complete })
}

const aStatus = fc.constantFrom<TicketStatus>('open', 'open', 'open', 'waiting_on_customer', 'resolved', 'closed')
const aStep = fc.record({
  afterMinutes: fc.constantFrom(0, 1, 30, 61, 125),
  priority: fc.option(fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const), { nil: undefined, freq: 2 }),
  type: fc.option(
    fc.constantFrom('complaint' as const, 'complaint' as const, 'appreciation' as const),
    { nil: undefined, freq: 2 }
  ),
  status: fc.option(aStatus, { nil: undefined, freq: 2 }),
  answered: fc.boolean()
})

/** A ticket's versions in order; some are about nothing that decides an agreement. */
export const histories: fc.Arbitrary<Version[]> = fc.array(aStep, { minLength: 1, maxLength: 9 }).map((steps) => {
  let state = {
    at: createdAt,
    priority: 'P2' as 'P0' | 'P1' | 'P2',
    type: 'complaint' as 'complaint' | 'appreciation',
    status: 'new' as TicketStatus
  }
  return steps.map((step, index) => {
    const { priority = state.priority, type = state.type, status = index === 0 ? 'new' : state.status } = step
    const statusChanged = index > 0 && status !== state.status
    state = { at: index === 0 ? createdAt : state.at + step.afterMinutes * minute, priority, type, status }
    const subject = {
      type,
      priority,
      severity: 'low' as const,
      productId: null,
      moduleId: null,
      questionId: null,
      customerId: null,
      channel: channels[0]!
    }
    const version = index + 1
    const announced = index === 0
      ? { kind: 'created', data: { status, assigneeId: null, teamId: null } }
      : statusChanged
      ? { kind: 'status', data: { to: status } }
      : step.answered
      ? {
        kind: 'message',
        data: { visibility: 'public', author: 'agent' }
      }
      : { kind: 'updated', data: {} }
    return {
      fact: { version, at: state.at, historical: false, open: isOpen(status), subject },
      clockFact: { id: `fact-${version}`, at: state.at, sequence: version, ...announced }
    }
  })
})

const publishings: fc.Arbitrary<Published[]> = fc.array(
  fc.tuple(rowSets, fc.constantFrom('from_now' as const, 'retroactive' as const), fc.integer({ min: 1, max: 500 })),
  { maxLength: 3 }
).map((list) =>
  list.sort((a, b) => a[2] - b[2]).map(([rows, effect, at], index) => {
    const version = index + 2
    return { version, effect, at: createdAt + at * minute, policy: policyOf(version, rows) }
  })
)

/** The facts and publishes of a history, in pieces, in any order, with repetitions. */
function deliveries (versions: readonly Version[], publishes: readonly Published[]): fc.Arbitrary<Delivery[]> {
  const facts = versions.map(({ fact }) => fact)
  return fc.tuple(
    fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length }).chain(
      (some) => fc.shuffledSubarray(facts, { minLength: facts.length }).map((all) => [...some, ...all])
    ),
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 30, maxLength: 30 }),
    fc.array(fc.integer({ min: 0, max: 20 }), { minLength: publishes.length, maxLength: publishes.length })
  ).map(([order, sizes, places]) => {
    const result: Delivery[] = []
    let next = 0
    for (const size of sizes) if (next < order.length) result.push({ facts: order.slice(next, next += size) })
    // versions become known in their order
    places.sort((a, b) => a - b).forEach(
      (place, index) => result.splice(Math.min(place + index, result.length), 0, { publish: publishes[index]! })
    )
    return result
  })
}

/** A policy, a ticket and publishes, and one of the ways in which they may arrive. */
export const cases = fc.tuple(rowSets, histories, publishings).chain(([rows, versions, publishes]) =>
  fc.tuple(fc.constant({ rows, versions, publishes }), deliveries(versions, publishes))
)
