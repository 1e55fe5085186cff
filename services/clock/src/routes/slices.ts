import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long a slice may take before others get their turn, in milliseconds. */
const sliceMs = 5

/**
 * Runs long computations one after another, each in slices between which the event loop serves everything else: timers,
 * consumers and requests wait for one slice at most, however many computations wait.
 */
export class Slices {
  #last: Promise<unknown> = Promise.resolve()

  /**
   * Runs `steps` to its end once all given before have ended. Each step must be short. Rejects with what a step throws.
   */
  async run<Result> (steps: () => Generator<undefined, Result, undefined>): Promise<Result> {
    const before = this.#last
    const own = before.then(async () => await inSlices(steps()))
    this.#last = own.catch(() => {})
    return await own
  }
}

async function inSlices<Result> (steps: Generator<undefined, Result, undefined>): Promise<Result> {
  for (;;) {
    await nextTurn()
    const endMs = performance.now() + sliceMs
    for (let step = steps.next();; step = steps.next()) {
      if (step.done === true) return step.value
      if (performance.now() >= endMs) break
    }
  }
}
