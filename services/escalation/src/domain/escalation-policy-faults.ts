import type { Micros } from '@dueline/business-time'
import { durationOf } from '@dueline/contracts'
import type { EscalationPolicyDraft, Level, Trigger } from './escalation-policy.ts'

/** One mistake in a request body, by JSON pointer. */
export interface Fault {
  readonly pointer: string
  readonly message: string
}

/** No trigger is longer than 366 days: a longer one is a slip, and sums would leave the range of instants. */
export const triggerMax: Micros = 366 * 24 * 3_600_000_000

/** The one key of a trigger, with its length in microseconds. */
export function triggerOf (trigger: Trigger): { kind: 'before' | 'after' | 'unacknowledged', length: Micros } {
  if ('beforeDeadline' in trigger) return { kind: 'before', length: durationOf(trigger.beforeDeadline) }
  if ('afterDeadline' in trigger) return { kind: 'after', length: durationOf(trigger.afterDeadline) }
  return { kind: 'unacknowledged', length: durationOf(trigger.unacknowledgedFor) }
}

/**
 * Every mistake of an escalation policy that its schema cannot say: too many levels, triggers out of order, filters on
 * the default escalation policy, a target that is several things or none, a target or action named twice. Expects a
 * draft that fits the schema, with one field in each trigger and action.
 */
export function escalationPolicyFaults (draft: EscalationPolicyDraft): Fault[] {
  const faults: Fault[] = []
  if (draft.levels.length > draft.maxLevels) {
    faults.push({ pointer: '/levels', message: `has ${draft.levels.length} levels, maxLevels is ${draft.maxLevels}` })
  }
  const { severities, priorities, productIds, customerIds } = draft.filters
  if (draft.isDefault && [severities, priorities, productIds, customerIds].some((filter) => filter !== null)) {
    faults.push({
      pointer: '/filters',
      message: 'the default escalation policy is for every ticket: only metrics may be filtered'
    })
  }
  return [
    ...faults,
    ...triggerFaults(draft.levels),
    ...draft.levels.flatMap(targetFaults),
    ...draft.levels.flatMap(repeatFaults)
  ]
}

/**
 * Levels must come one after another: each trigger's planned distance from the deadline (negative before it; an
 * unacknowledged time counts from the level before) must be beyond that of the level before.
 */
function triggerFaults (levels: readonly Level[]): Fault[] {
  const faults: Fault[] = []
  let previous: Micros | null = null
  for (const [i, { trigger }] of levels.entries()) {
    const { kind, length } = triggerOf(trigger)
    const pointer = `/levels/${i}/trigger`
    if (length > triggerMax) faults.push({ pointer, message: 'must not be longer than 366 days' })
    if (kind !== 'after' && length === 0) faults.push({ pointer, message: 'must be longer than PT0S' })
    if (kind === 'unacknowledged' && previous === null) {
      faults.push({ pointer, message: 'the first level has no level before it that could be left unacknowledged' })
    }
    const offset: Micros = kind === 'before' ? -length : kind === 'after' ? length : (previous ?? 0) + length
    if (previous !== null && offset <= previous && (kind !== 'unacknowledged' || length > 0)) {
      faults.push({ pointer, message: `must be later than that of level ${i}` })
    }
    previous = offset
  }
  return faults
}

const targetKinds = ['assignee', 'personId', 'stepsUp', 'nextLevelUp', 'role']

function targetFaults ({ targets }: Level, i: number): Fault[] {
  return targets.flatMap((target, j) =>
    targetKinds.filter((kind) => kind in target).length === 1
      ? []
      : [{ pointer: `/levels/${i}/targets/${j}`, message: `must be exactly one of ${targetKinds.join(', ')}` }]
  )
}

function repeatFaults (level: Level, i: number): Fault[] {
  const faults: Fault[] = []
  const targets = level.targets.map((target) => JSON.stringify(Object.entries(target).sort()))
  const actions = level.actions.map((action) => Object.keys(action)[0])
  for (const [key, list] of Object.entries({ targets, actions })) {
    list.forEach((item, j) => {
      if ((list as unknown[]).indexOf(item) < j) {
        faults.push({ pointer: `/levels/${i}/${key}/${j}`, message: 'is named twice' })
      }
    })
  }
  return faults
}
