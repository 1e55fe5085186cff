import { setTimeout as pause } from 'node:timers/promises'
import { isProblem, type Client } from '@dueline/client'
import { openTicket } from '../harness/short-agreement.ts'

/** Callers that open tickets at a steady rate, whatever the answers. */
export interface Load {
  /** Ids of the tickets that were accepted so far. */
  readonly accepted: string[]
  /** Accepted only after they were sent again. */
  again: number
  /** Why callers gave up, one entry each. */
  readonly failed: string[]
  /** Milliseconds from first sending to acceptance of the last request, sorted. */
  tookMs(): number[]
  /** The rate at which tickets were really sent. */
  perSecond(): number
  /** Sends no more, and resolves when every caller has an end. */
  stop(): Promise<void>
}

/**
 * How callers go on after an answer that is no success: `patient` ones send the same request with the same key until it
 * is accepted; `once` ones after a 503 only, and once.
 */
export type Patience = 'patient' | 'once'

/** Far longer than any harm lasts on a busy machine: who gives up is a violation. */
const giveUpMs = 300_000

export interface LoadOptions {
  perSecond: number
  patience: Patience
  /**
   * What a caller does with the ticket that was accepted; `key` names the caller. Done again from the start after a
   * failure.
   */
  goOn: (api: Client, ticketId: string, key: string) => Promise<void>
}

export function startLoad (api: Client, { perSecond, patience, goOn }: LoadOptions): Load {
  const callers = new Set<Promise<void>>()
  const took: number[] = []
  let sent = 0
  const load: Load = {
    accepted: [],
    again: 0,
    failed: [],
    tookMs: () => [...took].sort((a, b) => a - b),
    perSecond: () => sent / (endMs - begunMs) * 1_000,
    async stop () {
      clearInterval(timer)
      endMs = performance.now()
      await Promise.all(callers)
    }
  }

  async function call (key: string): Promise<void> {
    const begunMs = performance.now()
    for (let times = 1;; times++) {
      try {
        const { id } = await openTicket(api, key)
        await goOn(api, id, key)
        load.accepted.push(id)
        took.push(performance.now() - begunMs)
        if (times > 1) load.again++
        return
      } catch (error) {
        const worthIt = patience === 'patient'
          ? performance.now() - begunMs < giveUpMs
          : times === 1 && isProblem(error, 'unavailable')
        if (!worthIt) {
          const { message, cause } = error as Error
          load.failed.push(`${key}: ${message} ${(cause as Error | undefined)?.message ?? ''}`.trim())
          return
        }
        // As the Retry-After of those answers says.
        await pause(1_000)
      }
    }
  }

  const begunMs = performance.now()
  let endMs = 0
  // By the clock, not by the tick: a busy process makes up for ticks that it missed.
  const timer = setInterval(() => {
    while (sent < (performance.now() - begunMs) / 1_000 * perSecond) {
      const caller = call(`drill-${++sent}`)
      callers.add(caller)
      void caller.then(() => callers.delete(caller))
    }
  }, 20)
  return load
}
