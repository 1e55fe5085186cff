import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { systemClock, type Logger } from '@dueline/runtime'

/** The part of kafkajs' request queue that spins. */
interface RequestQueue {
  pending: unknown[]
  throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests (): void
  scheduleCheckPendingRequests (): void
}

const mendedVersion = '2.2.4'
const mendedSource = '04347ea969c6f2e3754427c0cbaee0bd4ce947fbd82f7b6e027506a06dfc581a'
const checkEveryMs = 10

/** What is installed. */
export function installedKafkajs (): { version: string, queue: RequestQueue } {
  const require = createRequire(import.meta.url)
  const { version } = require('kafkajs/package.json') as { version: string }
  const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue }
  return { version, queue: prototype }
}

let done = false

/**
 * Ends the idle spin of kafkajs: its request queue re-arms a timer for ever, 2,800 times a second for a producer and a
 * consumer at rest, which is 3 % of a core, and Node 24 warns of its negative delays. Mended, a timer runs only while
 * requests wait. Only the very method of the very version that this was written for is replaced; anything else is left
 * alone with an error in the log.
 */
export function mendIdleSpin (logger: Logger, { version, queue } = installedKafkajs()): void {
  if (done) return
  const hash = createHash('sha256').update(queue.scheduleCheckPendingRequests.toString()).digest('hex')
  if (version !== mendedVersion || hash !== mendedSource) {
    logger.error({ version, hash }, `kafkajs ${version} is not the ${mendedVersion} whose idle spin is known: it is not mended and may cost 3 % of a core`)
    return
  }
  done = true
  queue.scheduleCheckPendingRequests = function () {
    if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return
    const throttledMs = this.throttledUntil - systemClock.now() / 1_000
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null
      this.checkPendingRequests()
    }, Math.max(throttledMs, checkEveryMs))
  }
}
