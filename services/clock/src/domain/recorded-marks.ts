import { breachKey } from './marks.ts'
import type { FiredMark } from './difference.ts'

/** The marks that were recorded of a ticket's clocks, to be asked one by one. */
export class RecordedMarks {
  readonly #byClock = new Map<string, FiredMark[]>()

  constructor (fired: readonly FiredMark[]) {
    for (const mark of fired) {
      const marks = this.#byClock.get(mark.clockId)
      if (marks === undefined) this.#byClock.set(mark.clockId, [mark])
      else marks.push(mark)
    }
  }

  /** The mark as it was recorded for a clock whose breach was taken back so many times; undefined: it was not. */
  find (clockId: string, key: string, withdrawals: number): FiredMark | undefined {
    const round = roundOf(key, withdrawals)
    return this.#byClock.get(clockId)?.find((mark) => mark.key === key && mark.round === round)
  }
}

/** With the key the unique name of a mark within its clock: only a breach can be recorded again. */
export function roundOf (key: string, withdrawals: number): number {
  return key === breachKey ? withdrawals : 0
}
