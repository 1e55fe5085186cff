import { setTimeout as pause } from 'node:timers/promises'
import { startTestKafka, type TestKafka } from '@dueline/testkit'

/** The value below which `share` of the numbers lie (nearest rank). */
export function quantile (values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

/** The arithmetic mean; NaN of nothing. */
export function mean (values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/**
 * Starts `perSecond` calls a second for `seconds`, whether earlier ones have ended or not, and waits for all of them.
 * A slow answer so cannot hide the wait of those behind it.
 */
export async function openLoop (
  { perSecond, seconds, call }: { perSecond: number, seconds: number, call: (index: number) => Promise<void> }
): Promise<void> {
  const begunMs = performance.now()
  const running: Promise<void>[] = []
  for (let index = 0; index < perSecond * seconds; index++) {
    const waitMs = begunMs + index * 1_000 / perSecond - performance.now()
    if (waitMs > 0) await pause(waitMs)
    running.push(call(index))
  }
  await Promise.all(running)
}

/** Kafka to measure on. @throws Error that says what is missing */
export async function benchKafka (): Promise<TestKafka> {
  const kafka = await startTestKafka()
  if ('missing' in kafka) throw new Error(kafka.missing)
  return kafka
}

/** Calls one after the other in `concurrency` lanes for `seconds`. @returns calls per second */
export async function closedLoop (
  { concurrency, seconds, call }: { concurrency: number, seconds: number, call: () => Promise<void> }
): Promise<number> {
  const begunMs = performance.now()
  const endMs = begunMs + seconds * 1_000
  let count = 0
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (performance.now() < endMs) {
      await call()
      count++
    }
  }))
  return count / ((performance.now() - begunMs) / 1_000)
}

/**
 * Each call in a closed loop, turn about: a warm-up of each, then `rounds` of all of them. `between` comes before each
 * turn, so that nobody pays for what another has left to do.
 * @returns calls per second of each, the mean of its rounds
 */
export async function turnAbout (
  calls: ReadonlyArray<() => Promise<void>>,
  { concurrency, warmUpSeconds, seconds, rounds, between }: {
    concurrency: number,
    warmUpSeconds: number,
    seconds: number,
    rounds: number,
    between: () => Promise<void>
  }
): Promise<number[]> {
  const rates = calls.map(() => [] as number[])
  for (const call of calls) await closedLoop({ concurrency, seconds: warmUpSeconds, call })
  for (let round = 0; round < rounds; round++) {
    for (const [index, call] of calls.entries()) {
      await between()
      rates[index]!.push(await closedLoop({ concurrency, seconds, call }))
    }
  }
  return rates.map(mean)
}
