import type { Micros } from '@dueline/business-time'
import type { AgreementVersion } from './agreements.ts'
import { diff } from './diff.ts'
import type { Change, Difference, FiredMark, StoredClock } from './difference.ts'
import type { StoredFact } from './facts.ts'
import { fold, RunningFold, type Folded } from './fold.ts'
import { KnownClocks } from './known-clocks.ts'
import type { CalendarLookup } from './open-time.ts'

export interface ReplayInput {
  readonly facts: readonly StoredFact[]
  readonly agreementVersions: readonly AgreementVersion[]
  readonly calendars: CalendarLookup
  readonly asOf: Micros
  readonly newId: () => string
  /** Which of the changes to keep, the others are only counted; left out: all. */
  readonly window?: { readonly from: number, readonly count: number }
}

/** An event of a replay, with the clock as it was then. */
export interface ReplayedChange extends Change {
  readonly clock: StoredClock
  readonly at: Micros
}

export interface Replayed {
  readonly folded: Folded
  readonly clocks: readonly StoredClock[]
  readonly fired: readonly FiredMark[]
  readonly changes: readonly ReplayedChange[]
  /** How many there were, kept or not. */
  readonly changeCount: number
}

/**
 * Lives through a history as a service would that hears every fact, and looks at every mark, in its very instant. The
 * first agreement of a kind counts from the beginning, a later one is known from its `madeAt` on; what lies after
 * `asOf` is left out.
 */
export function replay (input: ReplayInput): Replayed {
  const steps = replayInSteps(input)
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

/** The same, one instant at a time, for callers that have other things to do as well. */
export function* replayInSteps (input: ReplayInput): Generator<undefined, Replayed, undefined> {
  const { facts, agreementVersions, calendars, asOf } = input
  const history = new History(input)
  const lived = new Lived(input)
  for (const turn of history.turns) {
    for (let wakeAt = lived.wakeAt; wakeAt !== null && wakeAt < turn; wakeAt = lived.wakeAt) {
      if (!lived.passTime(wakeAt)) lived.compare(history.running.look(wakeAt), wakeAt)
      yield
    }
    if (history.advance(turn)) lived.compareAll(history.running.look(turn), turn)
    else lived.compare(history.running.look(turn), turn)
    yield
  }
  const known = {
    facts: facts.filter(({ at }) => at <= asOf),
    agreementVersions: agreementVersions.filter((one) => isKnown(one, asOf))
  }
  const { clocks, fired, changes, changeCount } = lived
  return { folded: fold({ ...known, calendars, asOf }), clocks, fired, changes, changeCount }
}

/** The first agreement of a kind counts from the beginning. */
function isKnown ({ version, madeAt }: AgreementVersion, at: Micros): boolean {
  return version === 1 || madeAt <= at
}

/** What is yet to be received, and the fold over what was received. */
class History {
  /** The instants at which something is received, and the end. */
  readonly turns: readonly Micros[]
  readonly #input: ReplayInput
  readonly #facts: readonly StoredFact[]
  #received = 0
  #agreementVersions: readonly AgreementVersion[]
  running: RunningFold

  constructor (input: ReplayInput) {
    const { facts, agreementVersions, asOf } = input
    const later = agreementVersions.filter(({ version }) => version > 1).map(({ madeAt }) => madeAt)
    this.turns = [...new Set([...facts.map(({ at }) => at), ...later].filter((at) => at < asOf)), asOf].sort((a, b) =>
      a - b
    )
    this.#input = input
    this.#facts = [...facts].sort((a, b) => a.at - b.at)
    this.#agreementVersions = agreementVersions.filter(({ version }) => version === 1)
    this.running = this.#fold()
  }

  #fold (): RunningFold {
    return new RunningFold({ agreementVersions: this.#agreementVersions, calendars: this.#input.calendars })
  }

  /** Receives what happens by `at`. True when it includes an agreement: then everything may look different. */
  advance (at: Micros): boolean {
    const { agreementVersions } = this.#input
    const known = agreementVersions.filter((one) => isKnown(one, at))
    const agreed = known.length > this.#agreementVersions.length
    if (agreed) {
      this.#agreementVersions = known
      this.running = this.#fold()
    }
    const from = agreed ? 0 : this.#received
    while (this.#facts[this.#received] !== undefined && this.#facts[this.#received]!.at <= at) this.#received++
    this.running.add(this.#facts.slice(from, this.#received))
    return agreed
  }
}

/** What was stored, fired and announced so far. */
class Lived {
  readonly fired: FiredMark[] = []
  readonly changes: ReplayedChange[] = []
  changeCount = 0
  readonly #newId: () => string
  readonly #from: number
  readonly #to: number
  readonly #rows = new Map<string, StoredClock>()
  #known = new KnownClocks([], [], { clocks: [] })
  #over = false

  constructor (
    { newId, window: { from, count } = { from: 0, count: Infinity } }: Pick<ReplayInput, 'newId' | 'window'>
  ) {
    this.#newId = newId
    this.#from = from
    this.#to = from + count
  }

  get clocks (): StoredClock[] {
    return [...this.#rows.values()]
  }

  /** When the next mark is reached, or the next pause ends. */
  get wakeAt (): Micros | null {
    return this.#known.wakeAt
  }

  /** Time passes; false when a pause by hand ends, for which clocks have to be folded. */
  passTime (at: Micros): boolean {
    const difference = this.#known.passTime(at, this.#over)
    if (difference !== null) this.#store(difference, at)
    return difference !== null
  }

  /** Compares the next look at a fold with what was stored. */
  compare (folded: Folded, at: Micros): void {
    this.#over = folded.over
    this.#store(this.#known.compare({ folded, catchUpBefore: -Infinity, newId: this.#newId }), at)
  }

  /** Compares the first look at another fold, where clocks may have gone, with everything that was stored. */
  compareAll (folded: Folded, at: Micros): void {
    this.#over = folded.over
    this.#store(
      diff({ stored: this.clocks, fired: this.fired, folded, catchUpBefore: -Infinity, newId: this.#newId }),
      at
    )
    this.#known = new KnownClocks(this.clocks, this.fired, folded)
  }

  #store ({ rows, newMarks, changes }: Difference, at: Micros): void {
    for (const row of rows) this.#rows.set(row.id, row)
    for (const mark of newMarks) this.fired.push(mark)
    for (const change of changes) {
      const index = this.changeCount++
      if (index < this.#from || index >= this.#to) continue
      this.changes.push({ ...change, clock: this.#rows.get(change.clockId)!, at })
    }
  }
}
