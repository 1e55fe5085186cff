import { parseInstant, type Micros } from '@dueline/business-time'
import type { Metric, NextResponseRule, PauseReason, PolicyEffect, ReopenRule, TicketStatus } from '@dueline/contracts'
import type { MarkRule, AgreementVersion, Terms } from '../../src/domain/agreements.ts'
import type { ClockKey, FactData, FactKind, StoredFact } from '../../src/domain/facts.ts'
import { fold, type FoldedClock } from '../../src/domain/fold.ts'
import { alwaysOpen, type CalendarLookup } from '../../src/domain/open-time.ts'

export const SECOND = 1_000_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** 2026-01-05 is a Monday. */
export const nine = parseInstant('2026-01-05T09:00:00Z')
export const at = (hours: number, minutes = 0): Micros => nine + hours * HOUR + minutes * MINUTE

/** Collects facts in the order in which they are added. */
export class Timeline {
  readonly facts: StoredFact[] = []

  add<K extends FactKind> (when: Micros, kind: K, data: FactData[K]): this {
    const sequence = this.facts.length + 1
    this.facts.push({ id: `fact-${String(sequence).padStart(4, '0')}`, at: when, sequence, kind, data })
    return this
  }

  created (when: Micros = nine, status: TicketStatus = 'new'): this {
    return this.add(when, 'created', { status, assigneeId: null, teamId: null })
  }
  status (when: Micros, to: TicketStatus): this {
    return this.add(when, 'status', { to })
  }
  agent (when: Micros): this {
    return this.add(when, 'message', { visibility: 'public', author: 'agent' })
  }
  note (when: Micros): this {
    return this.add(when, 'message', { visibility: 'internal', author: 'agent' })
  }
  automatic (when: Micros): this {
    return this.add(when, 'message', { visibility: 'automatic', author: 'system' })
  }
  customer (when: Micros): this {
    return this.add(when, 'message', { visibility: 'public', author: 'customer' })
  }
  assign (when: Micros, assigneeId: string | null, teamId: string | null = null): this {
    return this.add(when, 'assigned', { assigneeId, teamId })
  }
  pause (when: Micros, until: Micros, clock: ClockKey = resolution): this {
    return this.add(when, 'clock_paused', { clock, until, reason: 'r', personId: 'p' })
  }
  resume (when: Micros, clock: ClockKey = resolution): this {
    return this.add(when, 'clock_resumed', { clock, reason: 'r', personId: 'p' })
  }
  extend (when: Micros, by: Micros, clock: ClockKey = resolution): this {
    return this.add(when, 'clock_extended', { clock, by, reason: 'r', personId: 'p', approverId: null })
  }
  waive (when: Micros, clock: ClockKey = resolution): this {
    return this.add(when, 'clock_waived', { clock, reason: 'r', personId: 'p', approverId: null })
  }
}

export const resolution: ClockKey = { kind: 'sla', metric: 'resolution', cycle: 1 }

export interface AgreementOptions {
  version?: number
  ticketVersion?: number
  supersedes?: number[]
  madeAt?: Micros
  effect?: PolicyEffect
  targets?: Partial<Record<Metric, Micros>>
  pauseRules?: Partial<Record<Metric, readonly PauseReason[]>>
  marks?: readonly MarkRule[]
  reopen?: ReopenRule
  nextResponse?: NextResponseRule
  calendarId?: string | null
}

export function agreementVersion ({
  version = 1,
  ticketVersion = version,
  supersedes = [],
  madeAt = nine,
  effect = 'retroactive',
  calendarId = null,
  ...terms
}: AgreementOptions = {}): AgreementVersion {
  const made: Terms = {
    agreementId: `agreement-${version}`,
    policyVersion: version,
    calendar: { id: calendarId, version: calendarId === null ? 0 : 1 },
    targets: { resolution: 4 * HOUR },
    pauseRules: {},
    marks: [],
    reopen: 'continue',
    nextResponse: 'after_first',
    escalationPolicyId: null,
    ...terms
  }
  return { kind: 'sla', version, ticketVersion, policyVersion: version, supersedes, madeAt, effect, terms: made }
}

export const withdrawn = (version: number, madeAt: Micros): AgreementVersion => ({
  kind: 'sla',
  version,
  ticketVersion: version,
  policyVersion: null,
  supersedes: [],
  madeAt,
  effect: 'retroactive',
  terms: null
})

export const roundTheClock: CalendarLookup = (ref) => ref.id === null ? alwaysOpen : undefined

/** The only clock of a metric (or its n-th cycle). */
export function clockOf (
  timeline: Timeline,
  agreementVersions: AgreementVersion | AgreementVersion[],
  asOf: Micros,
  { metric = 'resolution' as Metric, cycle = 1, calendars = roundTheClock } = {}
): FoldedClock {
  const { clocks } = fold({ facts: timeline.facts, agreementVersions: [agreementVersions].flat(), calendars, asOf })
  const clock = clocks.find((candidate) => candidate.metric === metric && candidate.cycle === cycle)
  if (clock === undefined) throw new Error(`no ${metric} clock of cycle ${cycle}`)
  return clock
}
