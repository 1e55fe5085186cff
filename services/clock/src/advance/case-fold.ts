import type { Micros } from '@dueline/business-time'
import type { Promised } from '../domain/agreements.ts'
import { diff, type Difference, type FiredMark, type StoredClock } from '../domain/diff.ts'
import type { StoredFact } from '../domain/facts.ts'
import { RunningFold, type Folded } from '../domain/fold.ts'
import { KnownClocks } from '../domain/known-clocks.ts'
import type { CalendarLookup, CalendarRef } from '../domain/open-time.ts'

/** Everything that is stored of one ticket. */
export interface StoredStory {
  readonly facts: readonly StoredFact[]
  readonly promises: readonly Promised[]
  readonly clocks: readonly StoredClock[]
  readonly fired: readonly FiredMark[]
}

/** How to look at it. */
export interface Look {
  readonly asOf: Micros
  readonly over: boolean
  readonly catchUpBefore: Micros
  readonly newId: () => string
}

/** A ticket's fold with its clocks as they are stored: begun from all that is stored, it goes on with what follows. */
export class CaseFold {
  /** Calendars that its promises wait for. */
  readonly awaiting: readonly CalendarRef[]
  /** Newest ticket version that a counted promise was chosen for. */
  readonly promisedVersion: number
  readonly #running: RunningFold
  #known: KnownClocks

  private constructor (running: RunningFold, known: KnownClocks, { awaiting }: Folded, promisedVersion: number) {
    this.#running = running
    this.#known = known
    this.awaiting = awaiting
    this.promisedVersion = promisedVersion
  }

  /** Folds everything, and compares it with the clocks that are stored. */
  static begin ({ facts, promises, clocks, fired }: StoredStory, calendars: CalendarLookup, look: Look): { fold: CaseFold, difference: Difference } {
    const running = new RunningFold({ promises, calendars })
    running.take(facts)
    const folded = { ...running.look(look.asOf), over: look.over }
    const difference = diff({ ...look, stored: clocks, fired, folded })
    const stored = new Map([...clocks, ...difference.rows].map((row) => [row.id, row]))
    const known = new KnownClocks([...stored.values()], [...fired, ...difference.newMarks], folded)
    const counted = promises.filter(({ terms }) => terms === null || calendars(terms.calendar) !== undefined)
    const promisedVersion = Math.max(0, ...counted.map(({ ticketVersion }) => ticketVersion))
    return { fold: new CaseFold(running, known, folded, promisedVersion), difference }
  }

  /** The clocks that can still change. */
  get clocks (): StoredClock[] {
    return this.#known.clocks
  }

  /** Takes in facts; false, and nothing is, when one of them belongs before what was folded: then everything has to be. */
  take (facts: readonly StoredFact[]): boolean {
    return this.#running.take(facts)
  }

  /** What the facts that were taken in come to. */
  goOn (look: Look): Difference {
    const folded = { ...this.#running.look(look.asOf), over: look.over }
    return this.#known.compare({ ...look, folded })
  }
}
