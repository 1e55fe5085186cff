import { backoff, createLoadMeter, createPoller, Signal, type Loop } from '@dueline/runtime'
import type { RelayOptions } from './relay-options.ts'
import { restMsAfter } from './relay-rest.ts'
import { RelaySession } from './relay-session.ts'
import { onCommitted } from './wake-hints.ts'

/** Moves a service's outbox to the bus, in order, at least once. */
export interface Relay extends Loop {
  /** There may be something to publish. */
  wake(): void
  /** Emits the number of events after each publish whose events are out of the outbox. */
  readonly published: Signal<number>
}

/** One relay per process and service; the lease row lets one of them work. Loses nothing, may publish twice. */
export function createRelay (options: RelayOptions): Relay {
  const { topic, logger, pollMs = 10, pollMsLoaded = 250, pollMsMax = 1_000 } = options
  const load = createLoadMeter()
  const published = new Signal<number>()
  const session = new RelaySession(options, published, () => wake())
  let running = false
  let notified = false
  let pacedUntil = 0
  let restMs = pollMs

  const poller = createPoller({
    name: `relay ${topic}`,
    idleMs: pollMs,
    idleMsMax: pollMsMax,
    busyMs: () => restMs,
    logger,
    backoff: backoff({ initialMs: 100, maxMs: 5_000 }),
    async run (signal) {
      running = true
      const wasNotified = notified
      notified = false
      try {
        const { busy, lastCount } = await session.pass(signal, wasNotified)
        if (!busy && !notified) return 'idle'
        restMs = restMsAfter({ pollMs, pollMsLoaded, load: load(), lastCount })
        pacedUntil = performance.now() + restMs
        return 'busy'
      } finally {
        running = false
      }
    }
  })

  // Under load a hint comes with every commit. They only end idle waits: otherwise the relay would run for each event
  // alone instead of for a batch every few milliseconds.
  function wake (): void {
    notified = true
    if (!running && performance.now() >= pacedUntil) poller.wake()
  }

  let forget: (() => void) | undefined
  return {
    name: poller.name,
    published,
    wake,
    async start () {
      forget ??= onCommitted(topic, wake)
      await poller.start()
    },
    async stop () {
      forget?.()
      forget = undefined
      await poller.stop()
      await session.close()
    }
  }
}
