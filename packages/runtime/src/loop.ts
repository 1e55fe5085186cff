import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Backoff } from './backoff.ts'
import { backoff as exponential } from './backoff.ts'
import type { Logger } from './logger.ts'
import { Signal } from './signal.ts'

/**
 * Something that works in the background of a service. `start` and `stop` are idempotent, `stop` before `start`
 * is fine, `stop` resolves when nothing of the loop runs any more, and a stopped loop can be started again.
 */
export interface Loop {
  readonly name: string
  start(): Promise<void>
  stop(): Promise<void>
}

/** How a pass ended: `busy` there may be more to do now, `idle` there is nothing, `failed` it threw. */
export interface Pass {
  outcome: 'busy' | 'idle' | 'failed'
  error?: unknown
}

export interface PollerOptions {
  name: string
  /** One pass. Must end soon after `signal` is aborted; what it throws is logged and tried again. */
  run: (signal: AbortSignal) => Promise<'busy' | 'idle'>
  /**
   * Wait after an idle pass, in milliseconds; doubles per idle pass in a row up to `idleMsMax` (default: no growth).
   */
  idleMs: number
  idleMsMax?: number
  /** Wait after a busy pass, asked for each time; 0 by default, which still lets other work of the process in. */
  busyMs?: () => number
  logger: Logger
  /** Waits after failed passes; 100 ms growing to 10 s by default. */
  backoff?: Backoff
}

export interface Poller extends Loop {
  /** Ends an idle wait, or skips the next one when a pass is running. A wait after a failure is not cut short. */
  wake(): void
  /** Emits each time a pass has ended. */
  readonly passes: Signal<Pass>
}

/** One pass, its error as a value. */
async function pass (run: PollerOptions['run'], signal: AbortSignal): Promise<Pass> {
  try {
    return { outcome: await run(signal) }
  } catch (error) {
    return { outcome: 'failed', error }
  }
}

/**
 * A wait that ends early: always on abort, and on `wake` when it is wakeable. A wake between two waits is kept for the
 * next.
 */
class Sleep {
  #woken = false
  #end: (() => void) | undefined

  /** Whether somebody called `wake` since `forget`. */
  get woken (): boolean {
    return this.#woken
  }

  forget (): void {
    this.#woken = false
  }

  wake (): void {
    this.#woken = true
    this.#end?.()
  }

  async wait (ms: number, signal: AbortSignal, wakeable: boolean): Promise<void> {
    if (signal.aborted || (wakeable && this.#woken)) return
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        this.#end = undefined
        resolve()
      }
      const timer = setTimeout(end, ms)
      signal.addEventListener('abort', end)
      if (wakeable) this.#end = end
    })
  }
}

/** A loop that makes one pass after another for as long as it is started. It never dies of an error. */
export function createPoller (options: PollerOptions): Poller {
  const {
    name,
    run,
    idleMs,
    idleMsMax = idleMs,
    busyMs = () => 0,
    logger,
    backoff = exponential({ initialMs: 100, maxMs: 10_000 })
  } = options
  const passes = new Signal<Pass>()
  let stopping: AbortController | undefined
  let running: Promise<void> | undefined
  const sleep = new Sleep()

  async function loop (signal: AbortSignal): Promise<void> {
    let failures = 0
    let idleWait = idleMs
    while (!signal.aborted) {
      sleep.forget()
      const result = await pass(run, signal)
      passes.emit(result)
      if (result.outcome === 'failed') {
        failures++
        const retryMs = backoff.nextMs(failures)
        if (!signal.aborted) {
          logger.warn({ err: result.error, loop: name, failures, retryMs }, 'pass failed, trying again')
        }
        await sleep.wait(retryMs, signal, false)
        continue
      }
      failures = 0
      if (result.outcome === 'busy') {
        idleWait = idleMs
        // At least one turn of the event loop, so that a busy loop starves nobody.
        const restMs = busyMs()
        await (restMs > 0 ? sleep.wait(restMs, signal, true) : nextTurn())
      } else {
        await sleep.wait(idleWait, signal, true)
        idleWait = sleep.woken ? idleMs : Math.min(idleMsMax, idleWait * 2)
      }
    }
  }

  return {
    name,
    passes,
    async start () {
      if (stopping !== undefined) return
      // A stop that is still draining ends first: two passes never run at once.
      const previous = running
      stopping = new AbortController()
      const { signal } = stopping
      running = previous === undefined ? loop(signal) : previous.then(() => loop(signal))
    },
    async stop () {
      stopping?.abort()
      stopping = undefined
      await running
    },
    wake: () => sleep.wake()
  }
}
