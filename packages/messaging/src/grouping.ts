import type { DuelineEvent, EventType } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'

/** Applies events of its types, in their order, within the consumer's transaction. */
export type Handler<T extends EventType = EventType> = (tx: Tx, events: readonly DuelineEvent<T>[]) => Promise<void>

/**
 * What becomes of each event type: its handler, or that it is none of the consumer's business. One function may stand
 * for several types: it then gets their events together, in order.
 */
export type Handlers<T extends EventType> = { readonly [K in T]: Handler<K> | 'ignored' }

/** The same for each of several types. */
export function forAll<const T extends EventType, const H> (types: readonly T[], handler: H): Record<T, H> {
  return Object.fromEntries(types.map((type) => [type, handler])) as Record<T, H>
}

const liveOnes = new WeakSet<object>()

/** A handler that the imported past does not concern: of its types, consumers pass historical events over unread. */
export function liveOnly<T extends EventType> (handler: Handler<T>): Handler<T> {
  const live: Handler<T> = async (tx, events) => await handler(tx, events.filter(({ historical }) => !historical))
  liveOnes.add(live)
  return live
}

/** Whether a handler was made by `liveOnly`. */
export function passesOverPast (handler: Handler): boolean {
  return liveOnes.has(handler)
}

/** By type, without those that are ignored. Whoever calls one gives it events of its types only. */
export function handlersByType (handlers: object): ReadonlyMap<string, Handler> {
  const byType = new Map<string, Handler>()
  for (const [type, handler] of Object.entries(handlers)) {
    if (handler !== 'ignored') byType.set(type, handler as Handler)
  }
  return byType
}

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
