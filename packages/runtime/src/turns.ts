import { setImmediate as nextTurn } from 'node:timers/promises'

/** Runs work that yields after each small step, and lets others have the event loop after so many of them. */
export async function inTurns<Result> (steps: Generator<void, Result>, stepsPerTurn = 250): Promise<Result> {
  for (let done = 1;; done++) {
    const step = steps.next()
    if (step.done === true) return step.value
    if (done % stepsPerTurn === 0) await nextTurn()
  }
}
