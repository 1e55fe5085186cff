import type { DuelineEvent } from '@dueline/contracts'
import { name } from './record.ts'

/** Sequences 1, 2, … `last`, each once and in this order. */
export function denseFaults (what: string, events: readonly DuelineEvent[], last: number): string[] {
  const sequences = new Set(events.map(({ sequence }) => sequence))
  const missing = Array.from({ length: last }, (_, index) => index + 1).filter((sequence) => !sequences.has(sequence))
  return [
    ...missing.map((sequence) => `${what}: no event of version ${sequence} of ${last}`),
    ...increasingFaults(what, events)
  ]
}

export function increasingFaults (what: string, events: readonly DuelineEvent[]): string[] {
  return events.flatMap((event, index) =>
    index > 0 && event.sequence <= (events[index - 1]?.sequence ?? 0)
      ? [`${what}: ${name(event)} with sequence ${event.sequence} comes after ${events[index - 1]?.sequence}`]
      : []
  )
}
