import { baseErrors, problem, type Principal } from '@dueline/http'
import type { DuelineEvent, PublishedEvent } from '@dueline/contracts'
import type { Database } from '@dueline/postgres'
import { createPoller, type Clock, type Counter, type Gauge, type Logger, type Loop } from '@dueline/runtime'
import type { Metrics } from '@dueline/runtime'
import { asRead } from '../domain/event-scope.ts'
import { feedEnds, readFeed, readScopedFeed, type ScopedEntry } from '../store/feed-store.ts'
import { callerOf, cursorOf, EventStream, frameOf, type StreamEnd, type StreamOptions } from './event-stream.ts'
import { StreamIndex } from './stream-index.ts'

/** The open event streams of a process: one reader of the feed serves all of them. */
export interface StreamHub extends Loop {
  /** The feed grew, in this process. */
  grew(): void
  /** Ends the request of a caller that has too many streams open (429), or when the process has (503). */
  refuseTooMany(principal: Principal): void
  /** Sends what the feed holds after `after`, and then what it gets. Returns at once. */
  open(options: StreamOptions): void
  /** Ends all streams; their readers get the reason. */
  endAll(reason: StreamEnd): void
}

export interface StreamHubDeps {
  readonly database: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  /** Most streams of the process. */
  readonly max: number
  /** A reader that takes nothing for so long is cut. */
  readonly slowMsMax: number
  /** How often it is looked at who the reader of a stream is, by what is remembered of that; milliseconds. */
  readonly askAgainMs: number
}

/** Most streams of one caller in a process: a browser has a few windows, and a machine needs one. */
export const streamsPerCallerMax = 20
/** Read at once: of the feed for all streams, or for one that catches up. */
const batchMax = 200
/** Streams that read for themselves at once. */
const catchingUpMax = 4
/** Another replica may have appended; this one only hears of its own. */
const recheckMs = 200
const sweepMs = 1_000
/** Proxies close what is silent; a comment keeps it open, and moves on where its reader would come back to. */
const silenceMsMax = 15_000

/** The streams of one tenant that are as far as the feed was read for them. */
interface Tail {
  position: number
  readonly index: StreamIndex
  readonly streams: Set<EventStream>
}

export function createStreamHub (deps: StreamHubDeps): StreamHub {
  const hub = new Hub(deps)
  const { logger } = deps
  const poller = createPoller({ name: 'event streams', run: async () => await hub.pass(), idleMs: recheckMs, logger })
  let sweeper: NodeJS.Timeout | undefined
  return {
    name: poller.name,
    start: async () => {
      sweeper ??= setInterval(() => hub.sweep(), sweepMs)
      await poller.start()
    },
    stop: async () => {
      clearInterval(sweeper)
      sweeper = undefined
      hub.endAll('stopping')
      await poller.stop()
    },
    grew: () => poller.wake(),
    refuseTooMany: (principal) => hub.refuseTooMany(principal),
    open: (options) => hub.open(options),
    endAll: (reason) => hub.endAll(reason)
  }
}

class Hub {
  readonly #deps: StreamHubDeps
  readonly #tails = new Map<string, Tail>()
  readonly #perCaller = new Map<string, number>()
  readonly #openNow: Gauge
  readonly #ended: Counter
  readonly #sent: Counter
  #count = 0
  #reading = 0
  readonly #waiting: Array<() => void> = []

  constructor (deps: StreamHubDeps) {
    this.#deps = deps
    const { metrics } = deps
    this.#openNow = metrics.gauge('dueline_notification_event_streams', 'Event streams that are open')
    this.#ended = metrics.counter('dueline_notification_event_streams_ended_total', 'Event streams that ended', [
      'reason'
    ])
    this.#sent = metrics.counter('dueline_notification_stream_events_total', 'Events that were written to streams')
  }

  refuseTooMany (principal: Principal): void {
    if ((this.#perCaller.get(callerOf(principal)) ?? 0) >= streamsPerCallerMax) {
      const detail = `you have ${streamsPerCallerMax} event streams open; close one first`
      problem(baseErrors.rate_limited, { detail, headers: { 'retry-after': '10' } })
    }
    if (this.#count >= this.#deps.max) {
      const detail = 'as many event streams are open here as may be; read `GET /v1/events` meanwhile'
      problem(baseErrors.unavailable, { detail, headers: { 'retry-after': '10' } })
    }
  }

  open (options: StreamOptions): void {
    const stream = new EventStream(options)
    const tail = this.#tails.get(stream.tenantId) ??
      { position: options.feedEnd, index: new StreamIndex(), streams: new Set() }
    this.#tails.set(stream.tenantId, tail)
    tail.streams.add(stream)
    this.#perCaller.set(stream.caller, (this.#perCaller.get(stream.caller) ?? 0) + 1)
    this.#openNow.set(++this.#count)
    options.raw.once('close', () => this.#end(stream, 'left'))
    stream.write(`retry: 1000\nid: ${cursorOf(stream.after)}\n\n`)
    this.#follow(stream, tail)
  }

  endAll (reason: StreamEnd): void {
    for (const tail of this.#tails.values()) {
      for (const stream of tail.streams) this.#end(stream, reason)
    }
  }

  #end (stream: EventStream, reason: StreamEnd): void {
    const tail = this.#tails.get(stream.tenantId)
    if (tail?.streams.delete(stream) !== true) return
    tail.index.delete(stream)
    if (tail.streams.size === 0) this.#tails.delete(stream.tenantId)
    const others = this.#perCaller.get(stream.caller)! - 1
    if (others === 0) this.#perCaller.delete(stream.caller)
    else this.#perCaller.set(stream.caller, others)
    this.#openNow.set(--this.#count)
    this.#ended.inc({ reason })
    if (reason === 'too_slow') {
      this.#deps.logger.warn({ tenant: stream.tenantId, caller: stream.caller }, 'a slow reader of a stream was cut')
    }
    stream.end(reason)
  }

  /** Reads on for the tenants that have streams, for all of them at once. */
  async pass (): Promise<'busy' | 'idle'> {
    if (this.#tails.size === 0) return 'idle'
    const { read } = this.#deps.database
    const ends = await feedEnds(read, [...this.#tails.keys()])
    let more = false
    for (const [tenantId, tail] of [...this.#tails]) {
      const end = ends.get(tenantId) ?? 0
      if (end <= tail.position) continue
      for (const entry of await readScopedFeed(read, { tenantId, after: tail.position, limit: batchMax })) {
        this.#handOut(tail, entry)
      }
      more ||= tail.position < end
    }
    return more ? 'busy' : 'idle'
  }

  /** Encoded once for those who read it whole, and once for its customer. */
  #handOut (tail: Tail, { position, type, text, scope }: ScopedEntry): void {
    const frames = new Map<string, Buffer | null>()
    for (const stream of tail.index.readersOf(type, scope)) {
      if (stream.after >= position) continue
      const variant = stream.reader.sees === 'own' ? 'own' : 'whole'
      let frame = frames.get(variant)
      if (frame === undefined) frames.set(variant, frame = encode({ position, type, text }, stream))
      stream.after = position
      if (frame === null) continue
      this.#sent.inc()
      if (stream.write(frame)) continue
      tail.index.delete(stream)
      void this.#whenDrained(stream, tail)
    }
    tail.position = position
    if (type === 'dueline.person.changed.v1') this.#personChanged(tail, text)
  }

  /**
   * The feed comes to every process: who is made inactive or gets another role loses the streams in all of them, and so
   * does who is no longer that person. `text`: the change.
   */
  #personChanged (tail: Tail, text: string): void {
    const { person } = (JSON.parse(text) as DuelineEvent<'dueline.person.changed.v1'>).data
    for (const stream of tail.streams) {
      if (stream.reader.personId !== person.id) continue
      const { personRole = person.role } = stream
      if (!person.active) this.#end(stream, 'person_inactive')
      else if (personRole !== person.role) this.#end(stream, 'role_changed')
      else void this.#lookAgain(stream, { anew: true })
    }
  }

  async #lookAgain (stream: EventStream, how: { anew: boolean }): Promise<void> {
    const reason = await stream.withdrawn(how)
    if (reason !== undefined) this.#end(stream, reason)
  }

  /** A reader that has not taken what was written holds up nobody: it reads on for itself when it has. */
  async #whenDrained (stream: EventStream, tail: Tail): Promise<void> {
    if (await stream.drained(this.#deps.slowMsMax)) this.#follow(stream, tail)
    else this.#end(stream, 'too_slow')
  }

  #follow (stream: EventStream, tail: Tail): void {
    this.#catchUp(stream, tail).catch((error: unknown) => {
      this.#deps.logger.warn({ err: error }, 'an event stream ended early; its reader will come back')
      this.#end(stream, 'failed')
    })
  }

  /** Sends what is between the stream and where the feed is read to for all; then it is one of them. */
  async #catchUp (stream: EventStream, tail: Tail): Promise<void> {
    const { tenantId, reader, filter } = stream
    const { read } = this.#deps.database.forTenant(tenantId)
    while (!stream.isOver) {
      if (stream.after >= tail.position) {
        tail.index.add(stream)
        return
      }
      const query = { tenantId, reader, filter, after: stream.after, until: tail.position, limit: batchMax }
      const { entries, upTo } = await this.#inTurn(async () => await readFeed(read, query))
      const frames = entries.map(({ position, event }) => frameOf(position, event.type, JSON.stringify(event)))
      stream.after = upTo
      if (entries.length === 0) continue
      this.#sent.inc(entries.length)
      if (!stream.write(frames.join('')) && !await stream.drained(this.#deps.slowMsMax)) {
        return this.#end(stream, 'too_slow')
      }
    }
  }

  /** A few at once: many that catch up must not take all connections of the database. */
  async #inTurn<T> (task: () => Promise<T>): Promise<T> {
    if (this.#reading >= catchingUpMax) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#reading++
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#reading--
      else next()
    }
  }

  /** Ends what has lasted as long as it may, and says something where all is silent. */
  sweep (): void {
    const now = this.#deps.clock.now()
    const silentSinceMs = performance.now() - silenceMsMax
    const askedSinceMs = performance.now() - this.#deps.askAgainMs
    for (const tail of [...this.#tails.values()]) {
      for (const stream of tail.streams) {
        if (stream.endsAt <= now) {
          this.#end(stream, 'token_expired')
          continue
        }
        if (stream.askedMs <= askedSinceMs) void this.#lookAgain(stream, { anew: false })
        if (stream.wroteMs <= silentSinceMs) {
          stream.write(`: still here\nid: ${cursorOf(placeOf(stream, tail))}\n\n`)
        }
      }
    }
  }
}

/** A stream that keeps up has had everything that the feed was read to. */
function placeOf (stream: EventStream, tail: Tail): number {
  return tail.index.has(stream) ? Math.max(stream.after, tail.position) : stream.after
}

/** The frame of an entry for readers like that of a stream; null when there is nothing that they may know. */
function encode ({ position, type, text }: Omit<ScopedEntry, 'scope'>, { reader }: EventStream): Buffer | null {
  if (reader.sees !== 'own') return Buffer.from(frameOf(position, type, text))
  const shown = asRead(JSON.parse(text) as PublishedEvent, reader)
  return shown === null ? null : Buffer.from(frameOf(position, type, JSON.stringify(shown)))
}
