import fc from 'fast-check'
import t from 'tap'
import { mailWaits, nextAttemptAt, webhookWaits } from '../../src/domain/retry-schedule.ts'

t.test('retries follow the schedule within a fifth, honour a longer Retry-After up to a day, and end', async (t) => {
  for (const waits of [webhookWaits, mailWaits]) {
    fc.assert(
      fc.property(
        fc.nat(waits.length + 2),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.nat(200_000),
        (attempts, draw, retryAfterSeconds) => {
          const next = nextAttemptAt({ waits, attempts, now: 0, draw, retryAfter: retryAfterSeconds * 1e6 })
          const wait = waits[attempts]
          if (wait === undefined) return next === null
          const asked = Math.min(retryAfterSeconds * 1e6, 86_400e6)
          return next !== null && next >= Math.max(Math.floor(wait * 0.8), asked) &&
            next <= Math.max(Math.ceil(wait * 1.2), asked)
        }
      )
    )
  }
})
