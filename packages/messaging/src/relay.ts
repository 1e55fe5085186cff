import type { Topic } from '@dueline/contracts'
import type { Database } from '@dueline/postgres'
import { backoff, createPoller, Signal, type Clock, type Ids, type Logger, type Loop, type Metrics } from '@dueline/runtime'
import type { Bus } from './bus.ts'
import { RelaySession } from './relay-session.ts'
import { onCommitted } from './wake-hints.ts'

/** Options of `createRelay`; times in milliseconds. */
export interface RelayOptions {
  database: Database
  bus: Bus
  topic: Topic | (string & {})
  logger: Logger
  metrics: Metrics
  clock?: Clock
  ids?: Ids
  /** Pause after a pass that found something, and first pause when it found nothing; 10. */
  pollMs?: number
  /** Longest pause while idle; 200. */
  pollMsMax?: number
  /** Events per publish; 500. */
  batchMax?: number
  /** A relay that was not heard of for this long is replaced; 3,000. It renews three times as often. */
  leaseMs?: number
  /** Longest publish; 30,000. */
  publishMsMax?: number
}

/** Moves a service's outbox to the bus, in order, at least once. */
export interface Relay extends Loop {
  /** There may be something to publish. */
  wake (): void
  /** Emits the number of events after each publish whose events are out of the outbox. */
  readonly published: Signal<number>
}

/** One relay per process and service; the lease row lets one of them work. Loses nothing, may publish twice. */
export function createRelay (options: RelayOptions): Relay {
  const { topic, logger, pollMs = 10, pollMsMax = 200 } = options
  const published = new Signal<number>()
  const session = new RelaySession(options, published)
  let running = false
  let hinted = false
  let pacedUntil = 0

  const poller = createPoller({
    name: `relay ${topic}`,
    idleMs: pollMs,
    idleMsMax: pollMsMax,
    busyMs: pollMs,
    logger,
    backoff: backoff({ initialMs: 100, maxMs: 5_000 }),
    async run (signal) {
      running = true
      hinted = false
      try {
        const found = await session.pass(signal)
        if (!found && !hinted) return 'idle'
        pacedUntil = performance.now() + pollMs
        return 'busy'
      } finally {
        running = false
      }
    }
  })

  // Under load a hint comes with every commit. They only end idle waits: otherwise the relay would run for each event
  // alone instead of for a batch every few milliseconds.
  function wake (): void {
    if (running) hinted = true
    else if (performance.now() >= pacedUntil) poller.wake()
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
