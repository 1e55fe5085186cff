import type { Micros } from '@dueline/business-time'
import type { InCharge } from '@dueline/contracts'
import type { ClockCopy } from '../../src/domain/case.ts'
import type { Level, PinnedEscalationPolicy } from '../../src/domain/escalation-policy.ts'
import { People, type Person } from '../../src/domain/people.ts'

export const HOUR: Micros = 3_600_000_000
export const DUE: Micros = 1_790_000_000_000_000

/** A readable id: `id('amal')` is a valid UUID that shows its name in hex. */
export function id (name: string): string {
  return `00000000-0000-7000-8000-${Buffer.from(name).toString('hex').padStart(12, '0').slice(0, 12)}`
}

export function person (
  name: string,
  role: Person['role'],
  manager: string | null = null,
  active = true,
  level: string | null = null
): Person {
  return { id: id(name), role, managerId: manager === null ? null : id(manager), level, active }
}

/** agent ann → manager max → manager mia → ceo cleo; agent bob has no manager. */
export const staff = new People([
  person('ann', 'agent', 'max'),
  person('bob', 'agent'),
  person('max', 'manager', 'mia'),
  person('mia', 'manager', 'cleo'),
  person('cleo', 'ceo'),
  person('kim', 'customer')
])

export function level (trigger: Level['trigger'], change: Partial<Level> = {}): Level {
  return {
    name: 'level',
    trigger,
    targets: [{ assignee: true }],
    actions: [{ notify: true }],
    severities: null,
    priorities: null,
    ...change
  }
}

export function policy (...levels: Level[]): PinnedEscalationPolicy {
  return { id: id('policy'), version: 1, name: 'Escalation policy', levels }
}

export function clock (sequence: number, change: Partial<ClockCopy> = {}): ClockCopy {
  return {
    sequence,
    cycle: 1,
    state: 'running',
    dueAt: DUE,
    breachedAt: null,
    announced: announced(sequence, change),
    transitions: [],
    ...change
  }
}

function announced (sequence: number, { breachedAt = null, cycle = 1 }: Partial<ClockCopy>): ClockCopy['announced'] {
  return breachedAt === null ? null : { sequence, cycle, from: breachedAt }
}

export const ticket = { priority: 'P2', severity: 'medium', assigneeId: id('ann') } as const

/** Of a ticket that has an assignee. */
export const inCharge: InCharge = { personIds: [], rule: null }
