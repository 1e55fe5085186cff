import type { Micros } from '@dueline/business-time'
import type { Agreed, Entry } from './agreements.ts'
import { termsKey } from './same-terms.ts'

/** An entry that was announced, as it is stored. */
export interface StoredEntry extends Omit<Entry, 'historical'> {
  readonly id: string
  /** Counts what was announced of the ticket and kind. */
  readonly version: number
  /** When the next entry took over; null for the last. */
  readonly endedAt: Micros | null
  readonly endedBy: EndedBy | null
}
export type EndedBy = 'changed' | 'withdrawn'

/** One thing to say about a ticket and kind. */
export interface Statement {
  readonly type: 'made' | 'changed' | 'withdrawn'
  readonly entry: Entry | StoredEntry
  readonly id: string
  readonly version: number
  /** Earlier versions that no longer count. */
  readonly supersedes: readonly number[]
  /** The agreement before it, or the one that it replaces; null when there is none. */
  readonly previousId: string | null
}

/** Changes the stored entries of one ticket and kind to what was computed. */
export interface AgreementChanges {
  /** Ids of stored entries that never held. */
  readonly gone: readonly string[]
  readonly added: readonly StoredEntry[]
  /** Stored entries with another end, place or version than before. */
  readonly altered: readonly StoredEntry[]
  readonly statements: readonly Statement[]
}

/** A stored entry has a version, one that was computed has none yet. */
interface Place {
  readonly entry: Entry | StoredEntry
  readonly stored: StoredEntry | undefined
}

/**
 * What separates the stored entries (in the order in which they hold) from the computed ones. `finals` is how many of
 * the stored ones are final. An entry that stays what it was keeps its id and version. The last entry is always
 * announced last, again if need be, so that the newest version of a ticket and kind says what holds in the end.
 */
export function changesOf (
  stored: readonly StoredEntry[],
  finals: number,
  computed: readonly Entry[],
  newId: () => string
): AgreementChanges {
  const pool = stored.slice(finals)
  const places: Place[] = [
    ...stored.slice(0, finals).map((entry) => ({ entry, stored: entry })),
    ...computed.map((entry) => ({ entry, stored: claim(pool, entry) }))
  ]
  // a withdrawal that was announced because nothing was left stands for nothing
  if (places.length === 0 && pool.every(({ agreed }) => agreed === null)) return nothing
  const toAnnounce = new Set(
    places.filter(({ entry, stored: before }) => before?.ticketVersion !== entry.ticketVersion)
  )
  if (toAnnounce.size === 0 && pool.length === 0) return nothing
  if (places.length === 0) return noneLeft(stored, pool, newId)
  toAnnounce.add(places.at(-1)!)
  return stated(places, toAnnounce, pool, stored, newId)
}

const nothing: AgreementChanges = { gone: [], added: [], altered: [], statements: [] }

/** Takes the stored entry that says the same out of the pool; only the ticket version may differ. */
function claim (pool: StoredEntry[], entry: Entry): StoredEntry | undefined {
  const alike = pool.filter((one) => sameEntry(one, entry))
  const found = alike.find(({ ticketVersion }) => ticketVersion === entry.ticketVersion) ?? alike[0]
  if (found !== undefined) pool.splice(pool.indexOf(found), 1)
  return found
}

function sameEntry (a: Omit<Entry, 'historical'>, b: Entry): boolean {
  return a.policyVersion === b.policyVersion && a.madeAt === b.madeAt && sameAgreed(a.agreed, b.agreed)
}

function sameAgreed (a: Agreed | null, b: Agreed | null): boolean {
  if (a === null || b === null) return a === b
  return a.origin === b.origin && a.rowId === b.rowId && a.calendarVersion === b.calendarVersion &&
    a.terms.effect === b.terms.effect && termsKey(a.terms) === termsKey(b.terms)
}

function stated (
  places: readonly Place[],
  toAnnounce: ReadonlySet<Place>,
  pool: readonly StoredEntry[],
  stored: readonly StoredEntry[],
  newId: () => string
): AgreementChanges {
  const gone = [...pool]
  const added: StoredEntry[] = []
  const altered: StoredEntry[] = []
  const statements: Statement[] = []
  let version = newestVersion(stored)
  let currentId = currentOf(stored)
  let before: string | null = null
  places.forEach((place, index) => {
    const { entry, stored: known } = place
    const id = known?.id ?? newId()
    const announced = toAnnounce.has(place)
    const row: StoredEntry = {
      ...entry,
      id,
      version: announced ? ++version : known!.version,
      ...endBy(places[index + 1]?.entry)
    }
    if (known === undefined) added.push(row)
    else if (announced || known.endedAt !== row.endedAt || known.endedBy !== row.endedBy) altered.push(row)
    if (announced) {
      const last = index === places.length - 1
      const replaced = known === undefined ? claimAt(gone, entry, last) : [known, ...last ? gone.splice(0) : []]
      const supersedes = replaced.map((one) => one.version)
      const previousId = entry.agreed === null ? null : before ?? currentId
      const type = entry.agreed === null ? 'withdrawn' : previousId === null ? 'made' : 'changed'
      statements.push({ type, entry, id, version, supersedes, previousId })
      currentId = entry.agreed === null ? null : id
    }
    before = entry.agreed === null ? null : id
  })
  return { gone: pool.map(({ id }) => id), added, altered, statements }
}

/** The stored entries that a new one replaces: those in its place, and with the last one all that remain. */
function claimAt (
  gone: StoredEntry[],
  { ticketVersion, policyVersion }: Entry | StoredEntry,
  all: boolean
): StoredEntry[] {
  const taken = all
    ? [...gone]
    : gone.filter(
      (one) => one.ticketVersion === ticketVersion && one.policyVersion === policyVersion
    )
  for (const one of taken) gone.splice(gone.indexOf(one), 1)
  return taken
}

/** Nothing was ever agreed: readers get a withdrawal in the place of the last thing they know. */
function noneLeft (
  stored: readonly StoredEntry[],
  pool: readonly StoredEntry[],
  newId: () => string
): AgreementChanges {
  const version = newestVersion(stored) + 1
  const row: StoredEntry = { ...pool.at(-1)!, id: newId(), version, agreed: null, endedAt: null, endedBy: null }
  const supersedes = pool.map((one) => one.version)
  return {
    gone: pool.map(({ id }) => id),
    added: [row],
    altered: [],
    statements: [{ type: 'withdrawn', entry: row, id: row.id, version, supersedes, previousId: null }]
  }
}

function endBy (following: Entry | StoredEntry | undefined): Pick<StoredEntry, 'endedAt' | 'endedBy'> {
  if (following === undefined) return { endedAt: null, endedBy: null }
  return { endedAt: following.madeAt, endedBy: following.agreed === null ? 'withdrawn' : 'changed' }
}

/**
 * The last version used. An older release stored a withdrawal as the end of its agreement only, which used the next
 * one.
 */
function newestVersion (stored: readonly StoredEntry[]): number {
  const newest = Math.max(0, ...stored.map(({ version }) => version))
  return stored.at(-1)?.endedBy === 'withdrawn' ? newest + 1 : newest
}

/** The agreement that readers of the newest version take to hold. */
function currentOf (stored: readonly StoredEntry[]): string | null {
  const last = stored.at(-1)
  return last === undefined || last.agreed === null || last.endedAt !== null ? null : last.id
}
