// Whatever the batches and the order in which a ticket's facts and publishes arrive, sla-policy ends in the same
// agreements, a
// reader of its events in the same periods, and the clocks folded from them are the same.
import assert from 'node:assert/strict'
import { channels, type PromiseKind, promiseKinds, type TicketStatus } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { periodsOf, standing, type Promised } from '../services/clock/src/domain/agreements.ts'
import type { StoredFact } from '../services/clock/src/domain/facts.ts'
import { fold } from '../services/clock/src/domain/fold.ts'
import { alwaysOpen } from '../services/clock/src/domain/open-time.ts'
import { termsOf } from '../services/clock/src/domain/reading.ts'
import { changesOf, type Statement, type StoredEntry } from '../services/sla-policy/src/domain/agreement-changes.ts'
import {
  agreementsOf, isFinal, type ComputedFrom, type Entry, type Publish
} from '../services/sla-policy/src/domain/agreements.ts'
import { compilePolicy, resolve, type CompiledPolicy } from '../services/sla-policy/src/domain/resolve.ts'
import {
  withFacts, type Run, type TicketFact, type TicketHistory
} from '../services/sla-policy/src/domain/ticket-history.ts'
import { agreementOf } from '../services/sla-policy/src/promises/apply-changes.ts'
import { isOpen } from '../services/sla-policy/src/store/ticket-store.ts'
import { row } from '../services/sla-policy/test/unit/generators.ts'

const runs = { numRuns: Number(process.env['DUELINE_PROPERTY_RUNS'] ?? 1000) }
const ticketId = '01900000-0000-7000-8000-000000001001'
const minute = 60_000_000
const createdAt = 1_772_438_400_000_000
const theEnd = createdAt + 3_000 * minute
const calendarId = '01900000-0000-7000-8000-00000000ca1e'

/** A version of a ticket: what sla-policy hears of it, and what the clock hears. */
interface Version { readonly fact: TicketFact, readonly clockFact: StoredFact }
interface Published extends Publish { readonly policy: CompiledPolicy }
/** A step of a delivery: some facts together, or a publish that becomes known. */
type Delivery = { readonly facts: readonly TicketFact[] } | { readonly publish: Published }

const effects = fc.constantFrom(
  'from_now' as const, 'from_now' as const, 'retroactive' as const, 'new_tickets' as const
)
const hours = fc.integer({ min: 1, max: 6 }).map((n) => `PT${n}H`)
const someRow = fc.record({
  kind: fc.constantFrom<PromiseKind>('sla', 'sla', 'ola'),
  priority: fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const, null),
  effect: effects,
  targets: fc.record({ first_response: hours, resolution: hours }),
  calendarId: fc.constantFrom(null, null, calendarId)
})
const rowSets = fc.array(someRow, { minLength: 1, maxLength: 5 })

function policyOf (version: number, rows: ReadonlyArray<Partial<Parameters<typeof row>[0]>>): CompiledPolicy {
  return compilePolicy(
    {
      version, defaults: {},
      rows: rows.map(
        (part, index) => row(
          { ...part, id: `01900000-0000-7000-8000-0000000${version}${index}00a` } as Parameters<typeof row>[0]
        )
      )
    }
  )
}

const aStatus = fc.constantFrom<TicketStatus>('open', 'open', 'open', 'waiting_on_customer', 'resolved', 'closed')
const aStep = fc.record({
  afterMinutes: fc.constantFrom(0, 1, 30, 61, 125),
  priority: fc.option(fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const), { nil: undefined, freq: 2 }),
  type: fc.option(
    fc.constantFrom('complaint' as const, 'complaint' as const, 'appreciation' as const), { nil: undefined, freq: 2 }
  ),
  status: fc.option(aStatus, { nil: undefined, freq: 2 }),
  answered: fc.boolean()
})

/** A ticket's versions in order; some are about nothing that decides a promise. */
const histories: fc.Arbitrary<Version[]> = fc.array(aStep, { minLength: 1, maxLength: 9 }).map((steps) => {
  let state = {
    at: createdAt, priority: 'P2' as 'P0' | 'P1' | 'P2', type: 'complaint' as 'complaint' | 'appreciation',
    status: 'new' as TicketStatus
  }
  return steps.map((step, index) => {
    const { priority = state.priority, type = state.type, status = index === 0 ? 'new' : state.status } = step
    const statusChanged = index > 0 && status !== state.status
    state = { at: index === 0 ? createdAt : state.at + step.afterMinutes * minute, priority, type, status }
    const subject = {
      type, priority, severity: 'low' as const, productId: null, moduleId: null, questionId: null, customerId: null,
      channel: channels[0]!
    }
    const version = index + 1
    const told = index === 0
      ? { kind: 'created', data: { status, assigneeId: null, teamId: null } }
      : statusChanged
        ? { kind: 'status', data: { to: status } }
        : step.answered
          ? {
              kind: 'message', data: { visibility: 'public', author: 'agent' }
            }
          : { kind: 'updated', data: {} }
    return {
      fact: { version, at: state.at, historical: false, open: isOpen(status), subject },
      clockFact: { id: `fact-${version}`, at: state.at, sequence: version, ...told }
    }
  })
})

const publishings: fc.Arbitrary<Published[]> = fc.array(
  fc.tuple(rowSets, fc.constantFrom('from_now' as const, 'retroactive' as const), fc.integer({ min: 1, max: 500 })),
  { maxLength: 3 }
)
  .map(
    (list) => list.sort((a, b) => a[2] - b[2]).map(
      ([rows, effect, at], index) => (
        { version: index + 2, effect, at: createdAt + at * minute, policy: policyOf(index + 2, rows) }
      )
    )
  )

/** Calendars get a new version every four hours. */
const calendarVersion = (_id: string, at: number): number => 1 + Math.floor((at - createdAt) / (240 * minute))

/** What sla-policy keeps of one ticket, and all that it has said. */
class Ticket {
  runs: readonly Run[] = []
  publishes: Published[] = []
  stored = new Map<PromiseKind, StoredEntry[]>(promiseKinds.map((kind) => [kind, []]))
  readonly said: Array<Statement & { kind: PromiseKind }> = []
  private computedFrom: ComputedFrom | null = null
  private readonly base: CompiledPolicy
  private ids = 0

  constructor (base: CompiledPolicy) {
    this.base = base
  }

  take (delivery: Delivery): void {
    if ('publish' in delivery) {
      this.publishes = [
        ...this.publishes, delivery.publish
      ].sort((a, b) => a.version - b.version)
    } else this.runs = withFacts(this.runs, delivery.facts)
    if (this.runs.length === 0) return
    const history: TicketHistory = { runs: this.runs, pinnedAt: createdAt, basePolicyVersion: 1, finalVersion: 0 }
    const policies = new Map(
      [this.base, ...this.publishes.map(({ policy }) => policy)].map((policy) => [policy.version, policy])
    )
    const { entries, unchanged, policyVersion } = agreementsOf({
      history,
      createdAt,
      publishes: this.publishes,
      stored: [...this.stored.values()].flat(),
      computedFrom: this.computedFrom,
      policies: {
        resolve: (version, kind, subject) => resolve(policies.get(version)!, kind, subject, createdAt), calendarVersion
      }
    })
    for (const kind of promiseKinds) this.store(kind, entries.filter((entry) => entry.kind === kind), unchanged)
    this.computedFrom = { runs: this.runs, policyVersion }
  }

  private store (kind: PromiseKind, entries: readonly Entry[], history: TicketHistory): void {
    const before = this.stored.get(kind)!
    const { gone, added, altered, statements } = changesOf(
      before, before.filter((entry) => isFinal(entry, history)).length, entries, () => `id-${++this.ids}`
    )
    const alteredById = new Map(altered.map((entry) => [entry.id, entry]))
    const after = [
      ...before.filter(({ id }) => !gone.includes(id)).map((entry) => alteredById.get(entry.id) ?? entry), ...added
    ]
    after.sort(
      (a, b) => a.ticketVersion - b.ticketVersion || a.policyVersion - b.policyVersion || a.version - b.version
    )
    assert.ok(after.filter(({ endedAt }) => endedAt === null).length <= 1, 'the database allows one without an end')
    assert.equal(new Set(after.map(({ version }) => version)).size, after.length)
    this.stored.set(kind, after)
    for (const statement of statements) this.said.push({ ...statement, kind })
  }

  /** What holds when, as it is stored; a withdrawal of nothing is nothing. */
  agreements (): unknown {
    return [...this.stored].map(([kind, entries]) => [kind, entries.slice(entries.findIndex(({ agreed }) => agreed !== null)).filter((_, __, all) => all.some(({ agreed }) => agreed !== null))
      .map(({ ticketVersion, policyVersion, madeAt, endedAt, endedBy, agreed }) => ({ ticketVersion, policyVersion, madeAt, endedAt, endedBy, agreed }))])
  }

  /** What the clock service hears. */
  promises (): Promised[] {
    return this.said.map(({ entry, id, kind, version, supersedes }) => {
      const { agreed } = entry
      const terms = agreed === null ? null : termsOf(agreementOf({ ...entry, agreed, id, ticketId, version }))
      return {
        kind, version, ticketVersion: entry.ticketVersion, policyVersion: entry.policyVersion, supersedes,
        madeAt: entry.madeAt, effect: agreed?.terms.effect ?? 'from_now', terms
      }
    })
  }
}

/** The clocks of a ticket, without the ids of its agreements. */
function clocksOf (versions: readonly Version[], promises: readonly Promised[]): unknown {
  const { clocks } = fold(
    {
      facts: versions.map(({ clockFact }) => clockFact), promises: standing(promises), calendars: () => alwaysOpen,
      asOf: theEnd
    }
  )
  return JSON.parse(
    JSON.stringify(clocks, (name, value: unknown) => name === 'agreementId' || name === 'cause' ? undefined : value)
  )
}

function periods (promises: readonly Promised[]): unknown {
  return promiseKinds.map(
    (kind) => periodsOf(kind, standing(promises), () => alwaysOpen).map(
      ({ from, terms }) => ({ from, terms: terms === null ? null : { ...terms, agreementId: '' } })
    )
  )
}

/** The newest version of a kind, for readers that keep nothing else. */
function newest (said: Ticket['said'], kind: PromiseKind): unknown {
  const last = said.filter((statement) => statement.kind === kind).sort((a, b) => b.version - a.version)[0]
  return last?.entry.agreed ?? null
}

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

const cases = fc.tuple(rowSets, histories, publishings).chain(([rows, versions, publishes]) =>
  fc.tuple(fc.constant({ rows, versions, publishes }), deliveries(versions, publishes)))

t.test('any pieces in any order end in the same agreements, periods and clocks', async (t) => {
  let severalEntries = 0
  let superseded = 0
  fc.assert(fc.property(cases, fc.infiniteStream(fc.integer({ min: 0, max: 1_000 })), (
    [{ rows, versions, publishes }, pieces], random
  ) => {
    const whole = new Ticket(policyOf(1, rows))
    for (const publish of publishes) whole.take({ publish })
    whole.take({ facts: versions.map(({ fact }) => fact) })
    const inPieces = new Ticket(policyOf(1, rows))
    for (const piece of pieces) inPieces.take(piece)

    assert.deepEqual(inPieces.agreements(), whole.agreements())
    const heard = inPieces.promises().map(
      (promise) => ({ promise, at: random.next().value })
    ).sort((a, b) => a.at - b.at).map(({ promise }) => promise)
    assert.deepEqual(periods(heard), periods(whole.promises()))
    assert.deepEqual(clocksOf(versions, heard), clocksOf(versions, whole.promises()))
    for (const kind of promiseKinds) {
      assert.deepEqual(
        newest(inPieces.said, kind), newest(whole.said, kind), 'the newest version tells what holds in the end'
      )
    }
    if (whole.said.length > 2) severalEntries++
    if (inPieces.said.some(({ supersedes }) => supersedes.length > 0)) superseded++
  }), runs)
  t.comment(
    `${runs.numRuns} cases, ${severalEntries} of them with more than two entries, ${superseded} in which something was superseded`
  )
  t.ok(severalEntries > runs.numRuns / 10 && superseded > runs.numRuns / 10, 'the cases are about something')
})

t.test('in order and one by one nothing is superseded, and what was said stays', async () => {
  fc.assert(fc.property(rowSets, histories, (rows, versions) => {
    const ticket = new Ticket(policyOf(1, rows))
    for (const { fact } of versions) ticket.take({ facts: [fact] })
    assert.deepEqual(ticket.said.flatMap(({ supersedes }) => supersedes), [])
    assert.deepEqual(clocksOf(versions, ticket.promises()), clocksOf(versions, ticket.promises().toReversed()))
  }), runs)
})

for (const order of ['in one piece', 'one by one', 'the last one first'] as const) {
  t.test(`raised and lowered, ${order}: a clock breaches by what was promised at the time, and by nothing else`, async (t) => {
    const effect = 'from_now' as const
    const policy = policyOf(1, [
      { priority: 'P3', effect, targets: { first_response: 'PT2H', resolution: 'PT8H' } }, {
        priority: 'P1', effect, targets: { first_response: 'PT30M', resolution: 'PT2H' }
      }
    ])
    const version = (
      number: number, minutes: number, priority: 'P1' | 'P3', clockFact: Pick<StoredFact, 'kind' | 'data'>
    ): Version => ({
      fact: {
        version: number, at: createdAt + minutes * minute, historical: true, open: true,
        subject: {
          type: 'complaint', priority, severity: 'low', productId: null, moduleId: null, questionId: null,
          customerId: null, channel: channels[0]!
        }
      },
      clockFact: { id: `fact-${number}`, at: createdAt + minutes * minute, sequence: number, ...clockFact }
    })
    const created = { kind: 'created', data: { status: 'new', assigneeId: null, teamId: null } }
    const answer = { kind: 'message', data: { visibility: 'public', author: 'agent' } }
    const clocks = (versions: readonly Version[]) => {
      const ticket = new Ticket(policy)
      const facts = versions.map(({ fact }) => fact)
      for (
        const piece of order === 'in one piece'
          ? [facts]
          : (
              order === 'one by one' ? facts : facts.toReversed()
            ).map((fact) => [fact])
      ) ticket.take({ facts: piece })
      return (
        clocksOf(versions, ticket.promises()) as Array<{
          metric: string, breachedAt: number | null, dueAt: number | null
        }>
      )
        .map(
          ({ metric, breachedAt, dueAt }) => [
            metric, dueAt === null ? null : (dueAt - createdAt) / minute,
            breachedAt === null ? null : (breachedAt - createdAt) / minute
          ]
        )
    }
    t.match(clocks(
      [version(1, 0, 'P3', created), version(2, 45, 'P3', answer), version(3, 60, 'P1', { kind: 'updated', data: {} })]
    ),
    [['first_response', 120, null], ['resolution', 120, 120]], 'answered in time for P3, then raised to P1')
    t.match(clocks(
      [version(1, 0, 'P1', created), version(2, 45, 'P1', answer), version(3, 180, 'P3', { kind: 'updated', data: {} })]
    ),
    [['first_response', 30, 30], ['resolution', 480, 120]], 'answered too late for P1, then lowered to P3')
  })
}
