import type { Horizon } from './outbox-store.ts'

/**
 * The place in the outbox below which nothing can appear any more. Reading from there keeps the relay off the dead
 * index entries that pile up at the head of the queue while some long query holds vacuum back.
 *
 * A transaction that has taken a number may commit long after others with higher numbers. Skipping it even for
 * a moment would publish a later event of its aggregate first, so the mark only rises to a number that was the next
 * one to be given at a time when every transaction begun before that time has ended since. Long transactions
 * anywhere in the cluster only keep the mark where it is.
 */
export interface LowWatermark {
  /** Read from this number on. */
  readonly low: number
  /** Receives a horizon, at most once per `settleMs`; `backlog` = nothing below is unread yet. */
  observe(horizon: Horizon, lowestWaiting: number | undefined): void
  /** Back to the beginning, after losing touch. */
  reset(): void
}

/** A new mark at 0. */
export function createLowWatermark (): LowWatermark {
  let low = 0
  // numbers below `seq` were given before; those who took them are known by `xid` once one observation has passed,
  // because a transaction may get its number a moment before its own id
  let candidate: { seq: number, xid: bigint | undefined } | undefined
  return {
    get low () {
      return low
    },
    observe ({ nextSeq, nextXid, oldestXid }, lowestWaiting) {
      if (candidate === undefined) {
        candidate = { seq: nextSeq, xid: undefined }
      } else if (candidate.xid === undefined) {
        candidate.xid = nextXid
      } else if (oldestXid >= candidate.xid) {
        low = Math.max(low, Math.min(candidate.seq, lowestWaiting ?? candidate.seq))
        candidate = { seq: nextSeq, xid: undefined }
      }
    },
    reset () {
      low = 0
      candidate = undefined
    }
  }
}
