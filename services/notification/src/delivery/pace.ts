/** How fast sends end, by the newest of them: how much is begun at once follows. */
export class Pace {
  readonly #concurrency: number
  #averageMs = 100

  constructor (concurrency: number) {
    this.#concurrency = concurrency
  }

  started (ms: number): void {
    this.#averageMs += (Math.max(ms, 1) - this.#averageMs) / 16
  }

  /** At least one for each that may be sent at once; at most what one transaction begins. */
  perSecond (): number {
    return Math.min(500, Math.max(this.#concurrency, Math.round(this.#concurrency * 1_000 / this.#averageMs)))
  }
}
