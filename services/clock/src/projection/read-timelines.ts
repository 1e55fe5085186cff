import type { Tx } from '@dueline/postgres'
import type { CalendarRef } from '../domain/open-time.ts'
import { readClocks, readMarks, type ClockRecord } from '../store/clock-store.ts'
import { textOf, type TicketKey } from '../store/keys.ts'
import { readFacts, readAgreementVersions, type StoredAgreementVersion } from '../store/timeline-store.ts'
import type { StoredTimeline } from './case-fold.ts'

/** Everything stored of a ticket, with whose it is. */
export interface ReadTimeline extends StoredTimeline {
  readonly agreementVersions: readonly StoredAgreementVersion[]
  readonly clocks: readonly ClockRecord[]
}

/** Reads all that is stored of tickets, by `textOf`: one statement per table. */
export async function readTimelines (tx: Tx, keys: readonly TicketKey[]): Promise<Map<string, ReadTimeline>> {
  if (keys.length === 0) return new Map()
  const facts = await readFacts(tx, keys)
  const agreementVersions = await readAgreementVersions(tx, keys)
  const clocks = await readClocks(tx, keys)
  const marks = await readMarks(tx, [...clocks.values()].flat())
  return new Map(keys.map((one) => {
    const key = textOf(one)
    const stored = clocks.get(key) ?? []
    const fired = stored.flatMap(({ id }) => marks.get(id) ?? [])
    return [key, {
      facts: facts.get(key) ?? [],
      agreementVersions: agreementVersions.get(key) ?? [],
      clocks: stored,
      fired
    }]
  }))
}

/** The calendars of timelines: of their clocks and of their agreements. */
export function calendarsOf (
  timelines: ReadonlyMap<string, ReadTimeline>
): { tenantId: string, calendar: CalendarRef }[] {
  return [...timelines.values()].flatMap(({ clocks, agreementVersions }) => [
    ...clocks.map(({ tenantId, calendar }) => ({ tenantId, calendar })),
    ...agreementVersions.flatMap(({ tenantId, terms }) =>
      terms === null ? [] : [{ tenantId, calendar: terms.calendar }]
    )
  ])
}
