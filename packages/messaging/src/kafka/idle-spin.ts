import { systemClock } from '@dueline/runtime'
import type { Defect } from './mend.ts'

/** The part of kafkajs' request queue that wakes for nothing. */
interface RequestQueue {
  pending: unknown[]
  inflight: Map<number, { sentAt: number, requestTimeout: number, timeoutRequest(): void }>
  throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  requestTimeoutIntervalId: NodeJS.Timeout | null
  isConnected(): boolean
  destroy(): void
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
  scheduleRequestTimeoutCheck(): void
}

const checkEveryMs = 10
const timeoutCheckEveryMs = 1_000

/**
 * What kafkajs does while it is idle. Its request queue re-arms a timer for ever, 2,800 times a second for a producer
 * and a consumer at rest, which is 3 % of a core, and Node 24 warns of its negative delays: mended, a timer runs only
 * while requests wait. And each connection looks ten times a second whether a request has timed out: mended, once a
 * second, which is exact enough for timeouts of half a minute.
 */
export const idleSpin: Defect<RequestQueue> = {
  module: 'network/requestQueue/index.js',
  methods: ['scheduleCheckPendingRequests', 'scheduleRequestTimeoutCheck'],
  source: 'b3f0e6529c6ff17cceec201f14d248ef4a83677ab3adeb351abf179c79ea4454',
  harm: 'may cost 3 % of a core',
  replace (queue) {
    queue.scheduleCheckPendingRequests = function () {
      if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return
      const throttledMs = this.throttledUntil - systemClock.now() / 1_000
      this.throttleCheckTimeoutId = setTimeout(() => {
        this.throttleCheckTimeoutId = null
        this.checkPendingRequests()
      }, Math.max(throttledMs, checkEveryMs))
    }
    queue.scheduleRequestTimeoutCheck = function () {
      this.destroy()
      this.requestTimeoutIntervalId = setInterval(() => {
        const now = systemClock.now() / 1_000
        for (const request of this.inflight.values()) {
          if (now - request.sentAt > request.requestTimeout) request.timeoutRequest()
        }
        if (!this.isConnected()) this.destroy()
      }, timeoutCheckEveryMs)
    }
  }
}
