import type { Micros } from '@dueline/business-time'
import { FairQueue } from './fair-queue.ts'
import { Heap } from './heap.ts'

/** One row as read from the table. */
export interface TimerRow {
  kind: string
  tenantId: string
  ownerId: string
  dueAt: Micros
  fireAt: Micros
}

/** A timer in memory. `at` is when to try, in database time; `tries` counts the times its owner was busy. */
export interface Entry extends TimerRow {
  readonly key: string
  readonly owner: string
  readonly at: Micros
  readonly tries: number
  readonly revision: number
}

/**
 * The timers of the next moments: waiting (ordered by instant), ready (due; in turn by tenant) or in flight (being
 * fired). Pure; it holds no truth. What it wrongly holds or lacks costs a wasted statement or a wait for the next load.
 */
export class Window {
  #byKey = new Map<string, Entry>()
  #waiting = new Heap<Entry>()
  #ready = new Map<string, FairQueue<Entry>>()
  #inFlight = new Map<string, Entry>()
  /** How many are in flight, by kind. */
  #flying = new Map<string, number>()
  #busyOwners = new Set<string>()
  /** What was done with since the running load began: its rows may still show it. */
  #doneSince: Map<string, Micros> | undefined
  #revision = 0

  /** Timers in memory, without those in flight. */
  get size (): number {
    return this.#byKey.size
  }

  /**
   * A load begins: what it finds is older than anything hinted or done with from here on. Gives the revision for
   * `merge`.
   */
  beginLoad (): number {
    this.#doneSince = new Map()
    return this.#revision
  }

  endLoad (): void {
    this.#doneSince = undefined
  }

  /** Something this process just committed: certain, and newer than any load that has begun. */
  hint (row: TimerRow): void {
    this.#put(row, row.fireAt, ++this.#revision, 0)
  }

  /** A row of a load that began at `revision`; a later hint stands. */
  merge (row: TimerRow, revision: number): void {
    const key = keyOf(row)
    const known = this.#byKey.get(key)
    if (known !== undefined && (known.revision > revision || known.fireAt === row.fireAt)) return
    // what is in flight is still in the table until it commits
    if (this.#inFlight.get(key)?.fireAt === row.fireAt || this.#doneSince?.get(key) === row.fireAt) return
    this.#put(row, row.fireAt, revision, 0)
  }

  /** A timer that turned out to have another instant than was thought. */
  correct (row: TimerRow): void {
    if (!this.#byKey.has(keyOf(row))) this.#put(row, row.fireAt, this.#revision, 0)
  }

  /** Tries an entry again at `at`, unless something newer is known of it by now. */
  putBack (entry: Entry, at: Micros, tries = entry.tries): void {
    this.#land(entry)
    if (!this.#byKey.has(entry.key)) this.#put(entry, at, entry.revision, tries)
  }

  /** An entry that was in flight is done with. */
  drop (entry: Entry): void {
    this.#land(entry)
    this.#doneSince?.set(entry.key, entry.fireAt)
  }

  /** A timer that was cleared, or moved beyond the horizon. */
  forget (row: Pick<TimerRow, 'kind' | 'tenantId' | 'ownerId'>): void {
    this.#revision++
    this.#byKey.delete(keyOf(row))
  }

  /** Moves everything due at `now` from waiting to ready. */
  release (now: Micros): void {
    for (let first = this.#waiting.first; first !== undefined && first.at <= now; first = this.#waiting.first) {
      this.#waiting.shift()
      if (this.#byKey.get(first.key) !== first) continue
      const queue = this.#ready.get(first.kind)
      if (queue === undefined) this.#ready.set(first.kind, new FairQueue<Entry>()).get(first.kind)?.push(first)
      else queue.push(first)
    }
  }

  /** When the next waiting entry should be tried. */
  nextAt (): Micros | undefined {
    for (let first = this.#waiting.first; first !== undefined; first = this.#waiting.first) {
      if (this.#byKey.get(first.key) === first) return first.at
      this.#waiting.shift()
    }
    return undefined
  }

  /**
   * Up to `max` ready entries of one kind, in flight from now on; the kinds take turns. Owners in flight wait until
   * `retryAt`. `roomOf`: how many of a kind may be taken, those in flight included.
   */
  claim (max: number, retryAt: Micros, roomOf: (kind: string) => number = () => Infinity): Entry[] {
    for (const [kind, queue] of this.#ready) {
      const room = Math.min(max, roomOf(kind) - (this.#flying.get(kind) ?? 0))
      if (room <= 0) continue
      const batch = this.#claimFrom(queue, room, retryAt)
      this.#ready.delete(kind)
      if (queue.size > 0) this.#ready.set(kind, queue)
      if (batch.length > 0) return batch
    }
    return []
  }

  #claimFrom (queue: FairQueue<Entry>, max: number, retryAt: Micros): Entry[] {
    const batch: Entry[] = []
    while (batch.length < max) {
      const entry = queue.shift()
      if (entry === undefined) break
      if (this.#byKey.get(entry.key) !== entry) continue
      if (this.#busyOwners.has(entry.owner)) {
        this.#put(entry, retryAt, entry.revision, entry.tries)
        continue
      }
      this.#byKey.delete(entry.key)
      this.#inFlight.set(entry.key, entry)
      this.#flying.set(entry.kind, (this.#flying.get(entry.kind) ?? 0) + 1)
      this.#busyOwners.add(entry.owner)
      batch.push(entry)
    }
    return batch
  }

  #put (row: TimerRow, at: Micros, revision: number, tries: number): void {
    const { kind, tenantId, ownerId, dueAt, fireAt } = row
    const key = keyOf(row)
    const entry: Entry = {
      kind,
      tenantId,
      ownerId,
      dueAt,
      fireAt,
      key,
      owner: `${tenantId} ${ownerId}`,
      at,
      tries,
      revision
    }
    // an older entry of the same key stays in heap or queue, and is passed over there
    this.#byKey.set(key, entry)
    this.#waiting.push(entry)
  }

  #land (entry: Entry): void {
    if (this.#inFlight.get(entry.key) !== entry) return
    this.#inFlight.delete(entry.key)
    this.#flying.set(entry.kind, (this.#flying.get(entry.kind) ?? 1) - 1)
    this.#busyOwners.delete(entry.owner)
  }
}

function keyOf ({ kind, tenantId, ownerId }: Pick<TimerRow, 'kind' | 'tenantId' | 'ownerId'>): string {
  return `${kind} ${tenantId} ${ownerId}`
}
