import type { DuelineEvent } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'

/** Applies events of one or more types, in their order, within the consumer's transaction. */
export type Handler = (tx: Tx, events: readonly DuelineEvent[]) => Promise<void>

/** One call of one handler. */
export interface Call {
  handler: Handler
  events: DuelineEvent[]
}

/**
 * As few handler calls as possible, so that handlers can work set-wise, without letting an event overtake another one
 * of its key. An event joins the earliest call of its handler that is not before the last call with its key.
 */
export function groupCalls (events: readonly DuelineEvent[], handlers: ReadonlyMap<string, Handler>): Call[] {
  const calls: Call[] = []
  const lastOfKey = new Map<string, number>()
  const placesOf = new Map<Handler, number[]>()
  for (const event of events) {
    const handler = handlers.get(event.type)
    if (handler === undefined) continue
    const key = `${event.tenantid} ${event.partitionkey}`
    const from = lastOfKey.get(key) ?? 0
    const places = placesOf.get(handler) ?? []
    placesOf.set(handler, places)
    let place = places.find((at) => at >= from)
    if (place === undefined) {
      place = calls.push({ handler, events: [] }) - 1
      places.push(place)
    }
    calls[place]!.events.push(event)
    lastOfKey.set(key, place)
  }
  return calls
}
