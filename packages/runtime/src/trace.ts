import { AsyncLocalStorage } from 'node:async_hooks'
import { randomPart } from './random-bytes.ts'

/** In which trace something is done: `all` of it, or what each of several causes has asked for. */
interface Context {
  all(): string | undefined
  /** What the systems on the way have said of it, as it came (`tracestate`). */
  state?: string | undefined
  byKey?: Map<string, string | undefined>
}

const contexts = new AsyncLocalStorage<Context>()
const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** Whether text is a trace context that can be gone on with. */
export function isTraceparent (text: unknown): text is string {
  return typeof text === 'string' && traceparentPattern.test(text)
}

/** The `traceparent` of a new trace, sampled. */
export function newTraceparent (): string {
  return `00-${randomPart(16).toString('hex')}-${randomPart(8).toString('hex')}-01`
}

/** A new span of the same trace: what is done later because of it. */
export function nextSpanOf (traceparent: string): string {
  return `${traceparent.slice(0, 36)}${randomPart(8).toString('hex')}${traceparent.slice(52)}`
}

/**
 * The `traceparent` of what is being done; in a batch that has several causes, of the cause that has one of the keys
 * (the first that is known), or of all causes where they have one trace. Undefined outside of any trace.
 */
export function currentTraceparent (...keys: readonly string[]): string | undefined {
  const context = contexts.getStore()
  if (context === undefined) return undefined
  for (const key of keys) {
    const known = context.byKey?.get(key)
    if (known !== undefined) return known
  }
  return context.all()
}

/** The headers by which a call to another service belongs to the trace of what is being done. */
export function traceHeaders (): { traceparent?: string, tracestate?: string } {
  const traceparent = currentTraceparent()
  if (traceparent === undefined) return {}
  const state = contexts.getStore()?.state
  return state === undefined ? { traceparent } : { traceparent, tracestate: state }
}

/**
 * Does `fn`, and all that it waits for, in one trace; `make` is asked for it when somebody first wants to know. `state`
 * is the `tracestate` that came with it.
 */
export function inTrace<T> (make: () => string, fn: () => T, state?: string): T {
  let made: string | undefined
  const all = (): string => {
    made ??= make()
    return made
  }
  return contexts.run({ all, state }, fn)
}

/** What is to be done and in which trace; `key` says which of its results are due to it. */
export interface Cause {
  key: string
  traceparent: string | undefined
}

/** Does `fn` for several causes at once. Of two causes with one key the later counts. */
export function forCauses<T> (causes: readonly Cause[], fn: () => T): T {
  const [first] = causes
  const byKey = new Map(causes.map(({ key, traceparent }) => [key, traceparent]))
  const all = causes.every(({ traceparent }) => traceparent === first?.traceparent) ? first?.traceparent : undefined
  return contexts.run({ all: () => all, byKey }, fn)
}

/** Says within `forCauses` that two keys stand for one matter: what has one of them has the cause of the other. */
export function sameMatter (one: string, other: string): void {
  const byKey = contexts.getStore()?.byKey
  const known = byKey?.get(one) ?? byKey?.get(other)
  byKey?.set(one, known).set(other, known)
}
