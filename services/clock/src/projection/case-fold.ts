import type { Micros } from '@dueline/business-time'
import type { AgreementVersion } from '../domain/agreements.ts'
import { diff } from '../domain/diff.ts'
import type { Difference, FiredMark, StoredClock } from '../domain/difference.ts'
import type { StoredFact } from '../domain/facts.ts'
import { RunningFold } from '../domain/fold.ts'
import { KnownClocks } from '../domain/known-clocks.ts'
import type { CalendarLookup, CalendarRef } from '../domain/open-time.ts'
import { missingCalendars } from '../domain/agreements.ts'

/** Everything that is stored of one ticket. */
export interface StoredTimeline {
  readonly facts: readonly StoredFact[]
  readonly agreementVersions: readonly AgreementVersion[]
  readonly clocks: readonly StoredClock[]
  readonly fired: readonly FiredMark[]
}

/** How to look at a ticket. */
export interface Look {
  /** The instant to look from, at least; null: from the last fact that was taken in, as more will follow. */
  readonly asOf: Micros | null
  readonly over: boolean
  readonly catchUpBefore: Micros
  readonly newId: () => string
}

/** A ticket's fold beside its clocks as they are stored. It can be looked at again and again while facts follow. */
export class CaseFold {
  /** Calendars that its agreements wait for. */
  readonly awaiting: readonly CalendarRef[]
  /** Newest ticket version that a counted agreement was chosen for. */
  readonly agreedVersion: number
  readonly #running: RunningFold
  readonly #stored: Pick<StoredTimeline, 'clocks' | 'fired'>
  #known: KnownClocks | undefined

  constructor ({ agreementVersions, clocks, fired }: Omit<StoredTimeline, 'facts'>, calendars: CalendarLookup) {
    const counted = agreementVersions.filter(({ terms }) => terms === null || calendars(terms.calendar) !== undefined)
    this.awaiting = missingCalendars(agreementVersions, calendars)
    this.agreedVersion = Math.max(0, ...counted.map(({ ticketVersion }) => ticketVersion))
    this.#running = new RunningFold({ agreementVersions, calendars })
    this.#stored = { clocks, fired }
  }

  /** Takes in facts; false, and nothing is, when one of them belongs before what was looked at. */
  add (facts: readonly StoredFact[]): boolean {
    return this.#running.add(facts)
  }

  /** What separates the stored clocks from what the facts so far come to; it counts as stored from then on. */
  look (look: Look): Difference {
    const asOf = look.asOf === null ? -Infinity : Math.max(look.asOf, this.#running.agreedAt)
    const folded = { ...this.#running.look(asOf), over: look.over }
    if (this.#known !== undefined) return this.#known.compare({ ...look, folded })
    const { clocks, fired } = this.#stored
    const difference = diff({ ...look, stored: clocks, fired, folded })
    const rows = new Map([...clocks, ...difference.rows].map((row) => [row.id, row]))
    this.#known = new KnownClocks([...rows.values()], [...fired, ...difference.newMarks], folded)
    return difference
  }
}
