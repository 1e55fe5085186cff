/** How a relay has lately fared. */
export interface Resting {
  /** Pause of a process with time to spare, and longest pause of one without, in milliseconds. */
  readonly pollMs: number
  readonly pollMsLoaded: number
  /** 0 to 1, as `LoadMeter` says it. */
  readonly load: number
  /** Events of the last batch. */
  readonly lastCount: number
}

/** Longest pause after a batch of next to nothing, and how much longer it may be for each of its events. */
const pauseMsFew = 50
const pauseMsPerEvent = 5

/**
 * Milliseconds until a relay that has published looks again: the less time the process has to spare, the longer, so
 * that batches grow. Where only few events come they hardly grow, and waiting would be most of what a clock takes to
 * appear: then it is short all the same.
 */
export function restMsAfter ({ pollMs, pollMsLoaded, load, lastCount }: Resting): number {
  return Math.min(pollMs / (1 - load), pollMsLoaded, Math.max(pollMs, pauseMsFew) + pauseMsPerEvent * lastCount)
}
