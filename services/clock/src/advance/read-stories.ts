import type { Tx } from '@dueline/postgres'
import type { CalendarRef } from '../domain/open-time.ts'
import { readClocks, readMarks, type ClockRecord } from '../store/clock-store.ts'
import { textOf, type TicketKey } from '../store/keys.ts'
import { readFacts, readPromises, type StoredPromise } from '../store/story-store.ts'
import type { StoredStory } from './case-fold.ts'

/** Everything stored of a ticket, with whose it is. */
export interface ReadStory extends StoredStory {
  readonly promises: readonly StoredPromise[]
  readonly clocks: readonly ClockRecord[]
}

/** Reads all that is stored of tickets, by `textOf`: one statement per table. */
export async function readStories (tx: Tx, keys: readonly TicketKey[]): Promise<Map<string, ReadStory>> {
  if (keys.length === 0) return new Map()
  const facts = await readFacts(tx, keys)
  const promises = await readPromises(tx, keys)
  const clocks = await readClocks(tx, keys)
  const marks = await readMarks(tx, [...clocks.values()].flat())
  return new Map(keys.map((one) => {
    const key = textOf(one)
    const stored = clocks.get(key) ?? []
    const fired = stored.flatMap(({ id }) => marks.get(id) ?? [])
    return [key, { facts: facts.get(key) ?? [], promises: promises.get(key) ?? [], clocks: stored, fired }]
  }))
}

/** The calendars of stories: of their clocks and of what is promised. */
export function calendarsOf (stories: ReadonlyMap<string, ReadStory>): { tenantId: string, calendar: CalendarRef }[] {
  return [...stories.values()].flatMap(({ clocks, promises }) => [
    ...clocks.map(({ tenantId, calendar }) => ({ tenantId, calendar })),
    ...promises.flatMap(({ tenantId, terms }) => terms === null ? [] : [{ tenantId, calendar: terms.calendar }])
  ])
}
