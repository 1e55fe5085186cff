import type { Micros } from '@dueline/business-time'
import { diff, passTime } from './diff.ts'
import { earliest, wakeOf } from './wake.ts'
import { clockKeyOf, type DiffInput, type Difference, type FiredMark, type StoredClock } from './difference.ts'
import type { Folded } from './fold.ts'

/**
 * The clocks of a history that goes on (`RunningFold`), as they are stored: those that can still change, with the marks
 * recorded of them. Each comparison brings them up to date.
 */
export class KnownClocks {
  readonly #rows = new Map<string, StoredClock>()
  readonly #fired = new Map<string, FiredMark[]>()
  readonly #wakeAt = new Map<string, Micros>()

  /** Clocks and marks as they are stored once what `folded` came to is. */
  constructor (stored: readonly StoredClock[], fired: readonly FiredMark[], folded: Pick<Folded, 'clocks'>) {
    this.#store(stored, fired)
    this.#forgetEnded(folded)
  }

  /** The clocks that can still change. */
  get clocks (): StoredClock[] {
    return [...this.#rows.values()]
  }

  /** When time alone changes one of them next; null: never. */
  get wakeAt (): Micros | null {
    return earliest(this.#wakeAt.values())
  }

  /** What separates them from the next look at their fold. */
  compare (input: Omit<DiffInput, 'stored' | 'fired'>): Difference {
    const stored = input.folded.clocks.flatMap((clock) => this.#rows.get(clockKeyOf(clock)) ?? [])
    const fired = stored.flatMap(({ id }) => this.#fired.get(id) ?? [])
    const difference = this.#apply(diff({ ...input, stored, fired }))
    this.#forgetEnded(input.folded)
    return { ...difference, wakeAt: this.wakeAt }
  }

  /** What only the time up to `now` makes of them; null when a pause by hand ends, for which they have to be folded. */
  passTime (now: Micros, over: boolean): Difference | null {
    const due: StoredClock[] = []
    for (const [key, at] of this.#wakeAt) if (at <= now) due.push(this.#rows.get(key)!)
    const difference = passTime(due, now, -Infinity, over)
    return difference === null ? null : this.#apply(difference)
  }

  #apply (difference: Difference): Difference {
    this.#store(difference.rows, difference.newMarks)
    return difference
  }

  #store (rows: readonly StoredClock[], marks: readonly FiredMark[]): void {
    for (const row of rows) {
      const key = clockKeyOf(row)
      this.#rows.set(key, row)
      const wakeAt = wakeOf(row)
      if (wakeAt === null) this.#wakeAt.delete(key)
      else this.#wakeAt.set(key, wakeAt)
    }
    for (const mark of marks) {
      const known = this.#fired.get(mark.clockId)
      if (known === undefined) this.#fired.set(mark.clockId, [mark])
      else known.push(mark)
    }
  }

  /** Of each metric and kind only the last cycle can change. */
  #forgetEnded ({ clocks }: Pick<Folded, 'clocks'>): void {
    for (const [index, clock] of clocks.entries()) {
      const next = clocks[index + 1]
      if (next === undefined || next.kind !== clock.kind || next.metric !== clock.metric) continue
      const key = clockKeyOf(clock)
      this.#fired.delete(this.#rows.get(key)!.id)
      this.#rows.delete(key)
      this.#wakeAt.delete(key)
    }
  }
}
