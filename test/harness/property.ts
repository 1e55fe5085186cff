import fc from 'fast-check'
import type { Test } from 'tap'

const given = process.env.DUELINE_PROPERTY_RUNS
const seed = process.env.DUELINE_PROPERTY_SEED

/**
 * Checks a property on random cases and reports it as one assertion with the seed. `DUELINE_PROPERTY_RUNS` is the
 * number of cases (`runs` by default), `DUELINE_PROPERTY_SEED` repeats a run.
 */
export function property<T> (
  t: Test,
  name: string,
  cases: fc.Arbitrary<T>,
  check: (value: T) => void,
  runs = 1000
): void {
  const parameters = { numRuns: Number(given ?? runs), ...(seed === undefined ? {} : { seed: Number(seed) }) }
  const result = fc.check(fc.property(cases, check), parameters)
  t.comment(`seed ${result.seed}, ${result.numRuns} cases`)
  if (result.failed) {
    t.fail(name, {
      seed: result.seed,
      counterexample: JSON.stringify(result.counterexample),
      error: String(result.errorInstance)
    })
  } else t.pass(`${name} (${result.numRuns} cases)`)
}
