// Whatever the batches and the order in which a ticket's facts and publishes arrive, sla-policy ends in the same
// agreements, a reader of its events in the same periods, and the clocks folded from them are the same.
import assert from 'node:assert/strict'
import { channels, type AgreementKind, agreementKinds } from '@dueline/contracts'
import fc from 'fast-check'
import t from 'tap'
import { periodsOf, standing, type AgreementVersion } from '../services/clock/src/domain/agreements.ts'
import type { StoredFact } from '../services/clock/src/domain/facts.ts'
import { fold } from '../services/clock/src/domain/fold.ts'
import { alwaysOpen } from '../services/clock/src/domain/open-time.ts'
import { termsOf } from '../services/clock/src/domain/reading.ts'
import { changesOf, type Statement, type StoredEntry } from '../services/sla-policy/src/domain/agreement-changes.ts'
import { agreementsOf, isFinal, type ComputedFrom, type Entry } from '../services/sla-policy/src/domain/agreements.ts'
import { resolve, type CompiledPolicy } from '../services/sla-policy/src/domain/resolve.ts'
import { withFacts, type Run, type TicketHistory } from '../services/sla-policy/src/domain/ticket-history.ts'
import { agreementOf } from '../services/sla-policy/src/agreements/apply-changes.ts'
import {
  cases,
  createdAt,
  histories,
  minute,
  policyOf,
  rowSets,
  type Delivery,
  type Published,
  type Version
} from './late-facts/histories.ts'

const runs = { numRuns: Number(process.env['DUELINE_PROPERTY_RUNS'] ?? 1000) }
const ticketId = '01900000-0000-7000-8000-000000001001'

const theEnd = createdAt + 3_000 * minute

/** Calendars get a new version every four hours. */
const calendarVersion = (_id: string, at: number): number => 1 + Math.floor((at - createdAt) / (240 * minute))

/** What sla-policy keeps of one ticket, and all that it has said. */
class Ticket {
  runs: readonly Run[] = []
  publishes: Published[] = []
  stored = new Map<AgreementKind, StoredEntry[]>(agreementKinds.map((kind) => [kind, []]))
  readonly said: Array<Statement & { kind: AgreementKind }> = []
  private computedFrom: ComputedFrom | null = null
  private readonly base: CompiledPolicy
  private ids = 0

  constructor (base: CompiledPolicy) {
    this.base = base
  }

  handle (delivery: Delivery): void {
    if ('publish' in delivery) {
      this.publishes = [
        ...this.publishes,
        delivery.publish
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
        resolve: (version, kind, subject) => resolve(policies.get(version)!, kind, subject, createdAt),
        calendarVersion
      }
    })
    for (const kind of agreementKinds) this.store(kind, entries.filter((entry) => entry.kind === kind), unchanged)
    this.computedFrom = { runs: this.runs, policyVersion }
  }

  private store (kind: AgreementKind, entries: readonly Entry[], history: TicketHistory): void {
    const before = this.stored.get(kind)!
    const { gone, added, altered, statements } = changesOf(
      before,
      before.filter((entry) => isFinal(entry, history)).length,
      entries,
      () => `id-${++this.ids}`
    )
    const alteredById = new Map(altered.map((entry) => [entry.id, entry]))
    const after = [
      ...before.filter(({ id }) => !gone.includes(id)).map((entry) => alteredById.get(entry.id) ?? entry),
      ...added
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
    return [...this.stored].map(([kind, entries]) => {
      const first = entries.findIndex(({ agreed }) => agreed !== null)
      const announced = first < 0 ? [] : entries.slice(first)
      return [
        kind,
        announced.map(({ ticketVersion, policyVersion, madeAt, endedAt, endedBy, agreed }) => ({
          ticketVersion,
          policyVersion,
          madeAt,
          endedAt,
          endedBy,
          agreed
        }))
      ]
    })
  }

  /** What the clock service hears. */
  agreementVersions (): AgreementVersion[] {
    return this.said.map(({ entry, id, kind, version, supersedes }) => {
      const { agreed } = entry
      const terms = agreed === null ? null : termsOf(agreementOf({ ...entry, agreed, id, ticketId, version }))
      return {
        kind,
        version,
        ticketVersion: entry.ticketVersion,
        policyVersion: entry.policyVersion,
        supersedes,
        madeAt: entry.madeAt,
        effect: agreed?.terms.effect ?? 'from_now',
        terms
      }
    })
  }
}

/** The clocks of a ticket, without the ids of its agreements. */
function clocksOf (versions: readonly Version[], agreementVersions: readonly AgreementVersion[]): unknown {
  const { clocks } = fold({
    facts: versions.map(({ clockFact }) => clockFact),
    agreementVersions: standing(agreementVersions),
    calendars: () => alwaysOpen,
    asOf: theEnd
  })
  return JSON.parse(
    JSON.stringify(clocks, (name, value: unknown) => name === 'agreementId' || name === 'cause' ? undefined : value)
  )
}

function periods (agreementVersions: readonly AgreementVersion[]): unknown {
  return agreementKinds.map(
    (kind) =>
      periodsOf(kind, standing(agreementVersions), () => alwaysOpen).map(
        ({ from, terms }) => ({ from, terms: terms === null ? null : { ...terms, agreementId: '' } })
      )
  )
}

/** The newest version of a kind, for readers that keep nothing else. */
function newest (said: Ticket['said'], kind: AgreementKind): unknown {
  const last = said.filter((statement) => statement.kind === kind).sort((a, b) => b.version - a.version)[0]
  return last?.entry.agreed ?? null
}

t.test('any pieces in any order end in the same agreements, periods and clocks', async (t) => {
  let severalEntries = 0
  let superseded = 0
  fc.assert(
    fc.property(cases, fc.infiniteStream(fc.integer({ min: 0, max: 1_000 })), (
      [{ rows, versions, publishes }, pieces],
      random
    ) => {
      const whole = new Ticket(policyOf(1, rows))
      for (const publish of publishes) whole.handle({ publish })
      whole.handle({ facts: versions.map(({ fact }) => fact) })
      const inPieces = new Ticket(policyOf(1, rows))
      for (const piece of pieces) inPieces.handle(piece)

      assert.deepEqual(inPieces.agreements(), whole.agreements())
      const received = inPieces.agreementVersions().map((agreementVersion) => ({
        agreementVersion,
        at: random.next().value
      }))
        .sort((a, b) => a.at - b.at).map(({ agreementVersion }) => agreementVersion)
      assert.deepEqual(periods(received), periods(whole.agreementVersions()))
      assert.deepEqual(clocksOf(versions, received), clocksOf(versions, whole.agreementVersions()))
      for (const kind of agreementKinds) {
        assert.deepEqual(
          newest(inPieces.said, kind),
          newest(whole.said, kind),
          'the newest version says what holds in the end'
        )
      }
      if (whole.said.length > 2) severalEntries++
      if (inPieces.said.some(({ supersedes }) => supersedes.length > 0)) superseded++
    }),
    runs
  )
  t.comment(
    `${runs.numRuns} cases, ${severalEntries} of them with more than two entries, ` +
      `${superseded} in which something was superseded`
  )
  t.ok(severalEntries > runs.numRuns / 10 && superseded > runs.numRuns / 10, 'the cases are about something')
})

t.test('in order and one by one nothing is superseded, and what was said stays', async (t) => {
  fc.assert(
    fc.property(rowSets, histories, (rows, versions) => {
      const ticket = new Ticket(policyOf(1, rows))
      for (const { fact } of versions) ticket.handle({ facts: [fact] })
      assert.deepEqual(ticket.said.flatMap(({ supersedes }) => supersedes), [])
      assert.deepEqual(
        clocksOf(versions, ticket.agreementVersions()),
        clocksOf(versions, ticket.agreementVersions().toReversed())
      )
    }),
    runs
  )
})

for (const order of ['in one piece', 'one by one', 'the last one first'] as const) {
  t.test(`raised and lowered, ${order}: a clock breaches by what was agreed then, and by nothing else`, async (t) => {
    const effect = 'from_now' as const
    const policy = policyOf(1, [
      { priority: 'P3', effect, targets: { first_response: 'PT2H', resolution: 'PT8H' } },
      { priority: 'P1', effect, targets: { first_response: 'PT30M', resolution: 'PT2H' } }
    ])
    const version = (
      number: number,
      minutes: number,
      priority: 'P1' | 'P3',
      clockFact: Pick<StoredFact, 'kind' | 'data'>
    ): Version => ({
      fact: {
        version: number,
        at: createdAt + minutes * minute,
        historical: true,
        open: true,
        subject: {
          type: 'complaint',
          priority,
          severity: 'low',
          productId: null,
          moduleId: null,
          questionId: null,
          customerId: null,
          channel: channels[0]!
        }
      },
      clockFact: { id: `fact-${number}`, at: createdAt + minutes * minute, sequence: number, ...clockFact }
    })
    const created = { kind: 'created', data: { status: 'new', assigneeId: null, teamId: null } }
    const answer = { kind: 'message', data: { visibility: 'public', author: 'agent' } }
    const updated = { kind: 'updated', data: {} }
    const clocks = (versions: readonly Version[]) => {
      const ticket = new Ticket(policy)
      const facts = versions.map(({ fact }) => fact)
      const inOrder = order === 'the last one first' ? facts.toReversed() : facts
      for (const piece of order === 'in one piece' ? [facts] : inOrder.map((fact) => [fact])) {
        ticket.handle({ facts: piece })
      }
      const found = clocksOf(versions, ticket.agreementVersions()) as Array<{
        metric: string,
        breachedAt: number | null,
        dueAt: number | null
      }>
      const minutes = (at: number | null): number | null => at === null ? null : (at - createdAt) / minute
      return found.map(({ metric, breachedAt, dueAt }) => [metric, minutes(dueAt), minutes(breachedAt)])
    }
    t.match(
      clocks([version(1, 0, 'P3', created), version(2, 45, 'P3', answer), version(3, 60, 'P1', updated)]),
      [['first_response', 120, null], ['resolution', 120, 120]],
      'answered in time for P3, then raised to P1'
    )
    t.match(
      clocks([version(1, 0, 'P1', created), version(2, 45, 'P1', answer), version(3, 180, 'P3', updated)]),
      [['first_response', 30, 30], ['resolution', 480, 120]],
      'answered too late for P1, then lowered to P3'
    )
  })
}
