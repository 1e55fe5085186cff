import { setTimeout as pause } from 'node:timers/promises'

/**
 * Calls `fn` until it neither throws nor returns `false` or `undefined`, and gives its result. For whole-stack tests
 * only: inside one process wait on a `Signal` or on `Arrivals`, which is exact and faster.
 * @throws the last error of `fn` when `deadlineMs` (default 60,000, which a busy machine may need) have passed
 */
export async function eventually<T> (
  fn: () => T | Promise<T>,
  { deadlineMs = 60_000, everyMs = 25 } = {}
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    let failure: unknown = new Error(`still not so after ${deadlineMs} ms`)
    try {
      const result = await fn()
      if (result !== false && result !== undefined) return result as Exclude<T, false | undefined>
    } catch (error) {
      failure = error
    }
    if (performance.now() >= deadline) throw failure
    await pause(everyMs)
  }
}
