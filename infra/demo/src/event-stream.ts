import { setTimeout as pause } from 'node:timers/promises'
import type { DuelineEvent } from '@dueline/contracts'
import { createParser } from 'eventsource-parser'
import type { Api } from './api.ts'

/** Events as they arrive, kept, so that one can wait for what has come already. */
export interface EventStream {
  /** The first event that `accepts`, come or coming. @throws Error after `withinMs`, or when the stream is closed */
  waitFor(what: string, accepts: (event: DuelineEvent) => boolean, withinMs: number): Promise<DuelineEvent>
  close(): void
  closed(): boolean
}

/** Follows `/v1/events/stream`; after a broken connection it goes on where it was. */
export async function openEventStream (api: Api, onEvent: (event: DuelineEvent) => void): Promise<EventStream> {
  const seen: DuelineEvent[] = []
  const waiters = new Set<(event: DuelineEvent) => void>()
  const closed = new AbortController()
  let lastEventId: string | undefined
  const parser = createParser({
    onEvent (message) {
      if (message.id !== undefined) lastEventId = message.id
      if (message.data === '') return
      const event = JSON.parse(message.data) as DuelineEvent
      seen.push(event)
      onEvent(event)
      for (const waiter of waiters) waiter(event)
    }
  })

  async function connect (): Promise<Response> {
    const headers = {
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId })
    }
    return await api.fetch('/v1/events/stream', { headers, signal: closed.signal })
  }
  async function follow (first: Response): Promise<void> {
    for (let response = first;; response = await connect()) {
      const decoder = new TextDecoder()
      try {
        for await (const chunk of response.body ?? []) {
          parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }))
        }
      } catch (error) {
        if (closed.signal.aborted) return
      }
      parser.reset()
      await pause(200, undefined, { signal: closed.signal })
    }
  }
  follow(await connect()).catch(() => {})

  return {
    waitFor: (what, accepts, withinMs) => {
      const found = seen.find(accepts)
      if (found !== undefined) return Promise.resolve(found)
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
