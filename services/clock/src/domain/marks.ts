import { formatDuration, type Micros } from '@dueline/business-time'
import type { Terms } from './agreements.ts'

/** The event a mark becomes. */
export type MarkEvent = 'warned' | 'reminded' | 'breached' | 'overdue'

/** A threshold of consumed time that is said once per cycle. */
export interface Mark {
  /** breach, or percent:80, before:PT30M, after:PT1H */
  readonly key: string
  readonly event: MarkEvent
  readonly urgent: boolean
  /** Reached when consumed time comes to this. */
  readonly threshold: Micros
}

/** A mark with the instant it was, or will be, reached. */
export interface MarkAt {
  readonly key: string
  readonly event: MarkEvent
  readonly urgent: boolean
  readonly at: Micros
}

/** A mark that was reached. */
export interface ReachedMark extends MarkAt {
  /** It lay in the past as the agreement that sets it came to hold: it was never waited for. */
  readonly attachedLate: boolean
}

/** The key of the one mark that every clock has: the deadline itself. */
export const breachKey = 'breach'

/** Events of marks that come before the deadline. */
export function isWarning (event: MarkEvent): boolean {
  return event === 'warned' || event === 'reminded'
}

const ranks: Record<MarkEvent, number> = { warned: 0, reminded: 1, breached: 2, overdue: 3 }

/** The order in which marks are announced: by instant, and a breach after its warnings. */
export function byInstant (a: MarkAt, b: MarkAt): number {
  return a.at - b.at || ranks[a.event] - ranks[b.event] || (a.key === b.key ? 0 : a.key < b.key ? -1 : 1)
}

/**
 * The marks of a target (microseconds, extensions included). A reminder that would lie before the start is left out;
 * one that is listed twice counts once, urgent if either is.
 */
export function marksOf (target: Micros, terms: Terms): Mark[] {
  const marks = new Map<string, Mark>([[breachKey, {
    key: breachKey,
    event: 'breached',
    urgent: true,
    threshold: target
  }]])
  for (const rule of terms.marks) {
    const mark = markOf(rule, target)
    if (mark.threshold <= 0) continue
    marks.set(mark.key, { ...mark, urgent: mark.urgent || marks.get(mark.key)?.urgent === true })
  }
  return [...marks.values()]
}

function markOf (rule: Terms['marks'][number], target: Micros): Mark {
  const { urgent } = rule
  if ('percent' in rule) {
    return {
      key: `percent:${rule.percent}`,
      event: 'warned',
      urgent,
      threshold: Math.round(target * rule.percent / 100)
    }
  }
  if ('before' in rule) {
    return { key: `before:${formatDuration(rule.before)}`, event: 'reminded', urgent, threshold: target - rule.before }
  }
  return { key: `after:${formatDuration(rule.after)}`, event: 'overdue', urgent, threshold: target + rule.after }
}
