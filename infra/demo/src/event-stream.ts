import type { Client, DuelineEvent } from '@dueline/client'

/** Events as they arrive, kept, so that one can wait for what has come already. */
export interface EventStream {
  /** The first event that `accepts`, come or coming. @throws Error after `withinMs`, or when the stream is closed */
  waitFor(what: string, accepts: (event: DuelineEvent) => boolean, withinMs: number): Promise<DuelineEvent>
  close(): void
  closed(): boolean
}

/** Follows the tenant's events; resolves once they come. @throws what keeps it from connecting */
export async function openEventStream (client: Client, onEvent: (event: DuelineEvent) => void): Promise<EventStream> {
  const seen: DuelineEvent[] = []
  const waiters = new Set<(event: DuelineEvent) => void>()
  const closed = new AbortController()
  await new Promise<void>((resolve, reject) => {
    const onState = (state: string, cause?: unknown): void => {
      if (state === 'open') resolve()
      // Later this is for nobody: it connects again.
      else reject(new Error('the event stream broke off before it began', { cause }))
    }
    const follow = async (): Promise<void> => {
      for await (const { event } of client.stream({ signal: closed.signal, onState })) {
        seen.push(event)
        onEvent(event)
        for (const waiter of waiters) waiter(event)
      }
    }
    follow().catch(reject)
  }).catch((error: unknown) => {
    closed.abort()
    throw error
  })

  return {
    waitFor: (what, accepts, withinMs) => {
      const found = seen.find(accepts)
      if (found !== undefined) return Promise.resolve(found)
      if (closed.signal.aborted) return Promise.reject(new Error(`${what} was not waited for`))
      return nextEvent({ what, accepts, withinMs, waiters, closed: closed.signal })
    },
    close: () => closed.abort(),
    closed: () => closed.signal.aborted
  }
}

interface Wait {
  readonly what: string
  readonly accepts: (event: DuelineEvent) => boolean
  readonly withinMs: number
  /** Are called with each event that comes. */
  readonly waiters: Set<(event: DuelineEvent) => void>
  readonly closed: AbortSignal
}

function nextEvent ({ what, accepts, withinMs, waiters, closed }: Wait): Promise<DuelineEvent> {
  return new Promise((resolve, reject) => {
    const waiter = (event: DuelineEvent): void => {
      if (!accepts(event)) return
      end()
      resolve(event)
    }
    const fail = (why: string): void => {
      end()
      reject(new Error(`${what} ${why}`))
    }
    const onClose = (): void => fail('was not waited for')
    const timer = setTimeout(() => fail(`did not come within ${withinMs / 1000} s`), withinMs)
    const end = (): void => {
      clearTimeout(timer)
      waiters.delete(waiter)
      closed.removeEventListener('abort', onClose)
    }
    waiters.add(waiter)
    closed.addEventListener('abort', onClose)
  })
}
