import { parseDuration } from '@dueline/business-time'
import { priorities, type ClockSnapshot, type Priority } from '@dueline/contracts'

/** What is counted of one ticket: its resolution clock, its priority now, and what its log said. */
export interface Judged {
  priority: Priority
  clock: Pick<ClockSnapshot, 'state' | 'consumed' | 'breachedAt'>
  madeSla: boolean
}

/** A table per priority: incidents, met in time, breached, consumed time, beside the log's own verdict. */
export function reportTable (judged: readonly Judged[]): string {
  const header = ['priority', 'incidents', 'met', 'breached', 'open', 'median h', 'p90 h', 'log met', 'log missed']
  const rows = [...priorities, undefined].map((priority) =>
    rowOf(priority, judged.filter((each) => priority === undefined || each.priority === priority))
  )
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  return [header, ...rows].map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '))
    .join('\n')
}

function rowOf (priority: Priority | undefined, judged: readonly Judged[]): string[] {
  const hours = judged.map(({ clock }) => parseDuration(clock.consumed) / 3_600_000_000).sort((a, b) => a - b)
  const count = (accepts: (each: Judged) => boolean): string => String(judged.filter(accepts).length)
  return [
    priority ?? 'all',
    String(judged.length),
    count(({ clock }) => clock.state === 'met' && clock.breachedAt === null),
    count(({ clock }) => clock.breachedAt !== null),
    count(({ clock }) => clock.state !== 'met' && clock.breachedAt === null),
    quantile(hours, 0.5),
    quantile(hours, 0.9),
    count(({ madeSla }) => madeSla),
    count(({ madeSla }) => !madeSla)
  ]
}

/** Nearest rank: a value that occurred. */
function quantile (sorted: readonly number[], share: number): string {
  return sorted.length === 0 ? '–' : (sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0).toFixed(1)
}
