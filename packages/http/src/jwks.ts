import type { KeyObject } from 'node:crypto'
import type { Clock, Logger } from '@dueline/runtime'
import { keyFor, readKeySet, type KeySet, type SignedToken } from './key-set.ts'

/** Finds the issuer's public keys. */
export interface KeySource {
  /**
   * The key that a token is to be verified with, or undefined when the issuer has none for it.
   * @throws {KeysUnavailable} when the issuer does not answer and the key is not known from before
   */
  key(token: SignedToken): Promise<KeyObject | undefined>
}

/** The issuer's keys could not be fetched. */
export class KeysUnavailable extends Error {
  constructor (cause: unknown) {
    super('the keys of the token issuer cannot be fetched', { cause })
    this.name = 'KeysUnavailable'
  }
}

/** Keys given with the configuration. */
export function inlineKeys (jwks: { readonly keys: readonly object[] }): KeySource {
  const set = readKeySet(jwks)
  return { key: async (token) => keyFor(token, set) }
}

const second = 1_000_000
/** The set is fetched again after this long… */
const freshMicros = 5 * 60 * second
/** …and used for at most this long while the issuer does not answer. */
const staleMicros = 24 * 3600 * second
/**
 * Least time between two fetches, whatever tokens come: it bounds what made-up key ids cost the issuer, and how late a
 * new key is seen.
 */
const restMicros = 5 * second
/** The same after a fetch that failed. */
const restAfterFailureMicros = 10 * second
const fetchTimeoutMs = 5_000
const answerBytesMax = 512 * 1024

/** @throws Error that says what is wrong with the answer */
async function fetchKeySet (jwksUrl: string): Promise<KeySet> {
  const response = await fetch(jwksUrl, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(fetchTimeoutMs)
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`the answer has status ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > answerBytesMax) throw new Error(`the answer has more than ${answerBytesMax} bytes`)
    chunks.push(chunk)
  }
  const document = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { keys?: unknown } | null
  if (!Array.isArray(document?.keys)) throw new Error('the answer is no key set: "keys" is not a list')
  const set = readKeySet({ keys: document.keys.filter((key) => typeof key === 'object' && key !== null) })
  if (set.keys.length === 0) {
    throw new Error(
      `the key set has no usable signing key${set.unusable[0] === undefined ? '' : `: ${set.unusable[0]}`}`
    )
  }
  return set
}

/**
 * Keys from the issuer's JWKS address. Each fetch brings the whole set, which then answers for every token; what is
 * rested between are fetches and never answers, so tokens with made-up key ids take nothing from those with good ones.
 * The set is renewed behind the requests after 5 min, and survives an issuer that is down, or publishes nothing usable,
 * for 24 h. A new key works at its first token, unless the set is younger than 5 s.
 */
export function remoteKeys ({ jwksUrl, clock, logger }: { jwksUrl: string, clock: Clock, logger: Logger }): KeySource {
  let known: { set: KeySet, at: number } | undefined
  let failure: unknown
  let restUntil = 0
  let fetching: Promise<void> | undefined

  async function renew (): Promise<void> {
    try {
      const set = await fetchKeySet(jwksUrl)
      if (set.unusable.length > 0) {
        logger.warn(
          { jwksUrl, unusable: set.unusable.slice(0, 5) },
          'the token issuer publishes keys that cannot be read'
        )
      }
      known = { set, at: clock.now() }
      failure = undefined
      restUntil = clock.now() + restMicros
    } catch (error) {
      failure = error
      restUntil = clock.now() + restAfterFailureMicros
      logger.error(
        { err: error, jwksUrl },
        'the token issuer does not answer with a key set; the keys known before are used meanwhile'
      )
    }
  }

  /** Begins a fetch, joins the one that is under way, or does nothing while fetches rest. */
  function fetchSoon (): Promise<void> | undefined {
    if (fetching === undefined && clock.now() >= restUntil) {
      fetching = renew().finally(() => {
        fetching = undefined
      })
    }
    return fetching
  }

  function find (token: SignedToken): KeyObject | undefined {
    return known === undefined || clock.now() - known.at >= staleMicros ? undefined : keyFor(token, known.set)
  }

  return {
    async key (token) {
      const key = find(token)
      if (key !== undefined) {
        if (known !== undefined && clock.now() - known.at >= freshMicros) void fetchSoon()
        return key
      }
      await fetchSoon()
      const found = find(token)
      if (found === undefined && failure !== undefined) throw new KeysUnavailable(failure)
      return found
    }
  }
}
