import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock, Logger } from '@dueline/runtime'
import getJwks from 'get-jwks'

/** What the head of a token says about the key that signed it. */
export interface KeyHeader { alg?: string, kid?: string }

/** Finds the issuer's public keys. */
export interface KeySource {
  /**
   * The key as PEM, or undefined when the issuer has none for this head.
   * @throws {KeysUnavailable} when the issuer does not answer and the key is not known from before
   */
  pem (header: KeyHeader): Promise<string | undefined>
}

/** The issuer's keys could not be fetched. */
export class KeysUnavailable extends Error {
  constructor (cause: unknown) {
    super('the keys of the token issuer cannot be fetched', { cause })
    this.name = 'KeysUnavailable'
  }
}

interface Jwk extends JsonWebKey { kid?: string, alg?: string, use?: string }

/** Public signing keys only: a symmetric key in a JWKS must never verify anything. */
function toPem (jwk: Jwk): string | undefined {
  if (jwk.kty === 'oct' || (jwk.use !== undefined && jwk.use !== 'sig')) return undefined
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }) as string
}

/** Keys given with the configuration. A token without `kid` is matched when there is one key only. */
export function inlineKeys (jwks: { readonly keys: readonly object[] }): KeySource {
  const keys = (jwks.keys as readonly Jwk[]).map((jwk) => ({ jwk, pem: toPem(jwk) }))
  return {
    async pem ({ alg, kid }) {
      const fitting = keys.filter(({ jwk }) => (kid === undefined || jwk.kid === kid) && (jwk.alg === undefined || jwk.alg === alg))
      return fitting.length === 1 ? fitting[0]?.pem : undefined
    }
  }
}

const second = 1_000_000
/** A key is asked for again after this long… */
const freshMicros = 5 * 60 * second
/** …and used for at most this long while the issuer does not answer. */
const staleMicros = 24 * 3600 * second
/** After a key was not found, or the issuer did not answer, unknown keys are not asked for again for this long. */
const cooldownMicros = 10 * second
const fetchTimeoutMs = 5_000
const maxKeys = 100

interface KnownKey { pem: string, at: number, refreshing: boolean }

/** Asks the issuer for one key; undefined when it has none of that name. @throws {KeysUnavailable} */
type Ask = (alg: string, kid: string) => Promise<string | undefined>

function askBy (address: URL): Ask {
  // Its own cache is switched off: it would block requests on every expiry and forget keys while the issuer is down.
  const source = getJwks({ max: 1, ttl: 1, jwksPath: `${address.pathname}${address.search}` })
  return async (alg, kid) => {
    const abandoned = new AbortController()
    const timeout = wait(fetchTimeoutMs, undefined, { ref: false, signal: abandoned.signal }).then(() => { throw new Error(`no answer within ${fetchTimeoutMs} ms`) })
    timeout.catch(() => {})
    try {
      return toPem(await Promise.race([source.getJwk({ domain: address.origin, alg, kid }), timeout]) as Jwk)
    } catch (error) {
      if ((error as { code?: unknown }).code === 'JWK_NOT_FOUND') return undefined
      throw new KeysUnavailable(error)
    } finally {
      abandoned.abort()
    }
  }
}

/** One question per key at a time, however many requests wait for it. */
function single (ask: Ask): Ask {
  const asking = new Map<string, Promise<string | undefined>>()
  return (alg, kid) => {
    const id = `${alg} ${kid}`
    let answer = asking.get(id)
    if (answer === undefined) {
      answer = ask(alg, kid).finally(() => asking.delete(id))
      asking.set(id, answer)
    }
    return answer
  }
}

/**
 * Keys from the issuer's JWKS address. A known key is served at once and refreshed behind the request; an issuer that is down is
 * survived for 24 h by what is known. A new key works at its first token, unless a key was not found in
 * the last 10 s: made-up key ids must not make this process knock at the issuer for each request.
 */
export function remoteKeys ({ jwksUrl, clock, logger }: { jwksUrl: string, clock: Clock, logger: Logger }): KeySource {
  const ask = single(askBy(new URL(jwksUrl)))
  const known = new Map<string, KnownKey>()
  let quiet: { until: number, outage?: unknown } = { until: 0 }

  function remember (id: string, pem: string): void {
    const oldest = known.keys().next()
    if (known.size >= maxKeys && oldest.done !== true) known.delete(oldest.value)
    known.set(id, { pem, at: clock.now(), refreshing: false })
  }

  function refresh (id: string, key: KnownKey, alg: string, kid: string): void {
    if (key.refreshing) return
    key.refreshing = true
    ask(alg, kid).then((pem) => {
      if (pem === undefined) known.delete(id)
      else remember(id, pem)
    }, (error: unknown) => {
      logger.error({ err: error, jwksUrl, kid }, 'the token issuer does not answer; the known key is used meanwhile')
      setTimeout(() => { key.refreshing = false }, cooldownMicros / 1000).unref()
    })
  }

  async function askNow (id: string, alg: string, kid: string): Promise<string | undefined> {
    try {
      const pem = await ask(alg, kid)
      if (pem === undefined) quiet = { until: clock.now() + cooldownMicros }
      else remember(id, pem)
      return pem
    } catch (error) {
      logger.error({ err: error, jwksUrl, kid }, 'the token issuer does not answer')
      quiet = { until: clock.now() + cooldownMicros, outage: error }
      throw error
    }
  }

  return {
    async pem ({ alg, kid }) {
      if (alg === undefined || kid === undefined || kid.length > 256) return undefined
      const id = `${alg} ${kid}`
      const key = known.get(id)
      if (key !== undefined && clock.now() - key.at < staleMicros) {
        if (clock.now() - key.at >= freshMicros) refresh(id, key, alg, kid)
        return key.pem
      }
      if (clock.now() >= quiet.until) return await askNow(id, alg, kid)
      if (quiet.outage !== undefined) throw quiet.outage
      return undefined
    }
  }
}
