import { constants, createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { TokenAlgorithm } from './issuers.ts'

/** What is known of a token before its signature is checked: its head, and what was signed. */
export interface SignedToken {
  header: { alg?: unknown, kid?: unknown, crit?: unknown }
  /** The two parts that were signed, as they stand in the token. */
  input: string
  /** The signature, base64url. */
  signature: string
}

/** The usable keys of one key set document, and why others of it are not. */
export interface KeySet {
  keys: readonly VerifyingKey[]
  unusable: readonly string[]
}

interface VerifyingKey {
  kid: string | undefined
  alg: string | undefined
  key: KeyObject
}

interface Jwk extends JsonWebKey {
  kid?: unknown
  alg?: unknown
  use?: unknown
  key_ops?: unknown
}

/** More keys than any issuer has; what comes behind them is not read. */
const keysMax = 100
/** Most keys that one token is tried with: each costs a signature check, and a token without `kid` fits every key. */
const triesMax = 8

interface Family {
  fits(key: KeyObject): boolean
  /** As `crypto.verify` takes it; null where the algorithm has its own. */
  hash: string | null
  padding?: number
}

const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = constants

function rsa (bits: number, padding: number): Family {
  // shorter keys can be broken, and RFC 7518 forbids them
  const isLong = (key: KeyObject): boolean => (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
  return { fits: (key) => key.asymmetricKeyType === 'rsa' && isLong(key), hash: `sha${bits}`, padding }
}

function ec (bits: number, namedCurve: string): Family {
  const fits = (key: KeyObject): boolean =>
    key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === namedCurve
  return { fits, hash: `sha${bits}` }
}

const ed25519: Family = { fits: (key) => key.asymmetricKeyType === 'ed25519', hash: null }

const familyOf: Readonly<Record<TokenAlgorithm, Family>> = {
  RS256: rsa(256, RSA_PKCS1_PADDING),
  RS384: rsa(384, RSA_PKCS1_PADDING),
  RS512: rsa(512, RSA_PKCS1_PADDING),
  PS256: rsa(256, RSA_PKCS1_PSS_PADDING),
  PS384: rsa(384, RSA_PKCS1_PSS_PADDING),
  PS512: rsa(512, RSA_PKCS1_PSS_PADDING),
  ES256: ec(256, 'prime256v1'),
  ES384: ec(384, 'secp384r1'),
  ES512: ec(512, 'secp521r1'),
  EdDSA: ed25519,
  Ed25519: ed25519
}

function isAlgorithm (alg: unknown): alg is TokenAlgorithm {
  return typeof alg === 'string' && Object.hasOwn(familyOf, alg)
}

/** Two names of one algorithm are the same to a key. */
function isFor (alg: TokenAlgorithm, ofKey: string | undefined): boolean {
  return ofKey === undefined || ofKey === alg || (isAlgorithm(ofKey) && familyOf[ofKey] === familyOf[alg])
}

function isForSigning ({ use, key_ops: operations }: Jwk): boolean {
  return (use === undefined || use === 'sig') && (!Array.isArray(operations) || operations.includes('verify'))
}

/**
 * Public signing keys only: a symmetric key in a set must never verify anything. @throws Error for a key that cannot be
 * read
 */
function toKey (jwk: Jwk): VerifyingKey | undefined {
  if (jwk.kty === 'oct' || !isForSigning(jwk)) return undefined
  return {
    kid: typeof jwk.kid === 'string' ? jwk.kid : undefined,
    alg: typeof jwk.alg === 'string' ? jwk.alg : undefined,
    key: createPublicKey({ key: jwk, format: 'jwk' })
  }
}

/**
 * Reads the keys of a set. One that cannot be read costs the others nothing: issuers publish kinds that we need not
 * know.
 */
export function readKeySet (jwks: { readonly keys: readonly object[] }): KeySet {
  const keys: VerifyingKey[] = []
  const unusable: string[] = []
  for (const jwk of (jwks.keys as readonly Jwk[]).slice(0, keysMax)) {
    try {
      const key = toKey(jwk)
      if (key !== undefined) keys.push(key)
    } catch (error) {
      unusable.push((error as Error).message)
    }
  }
  return { keys, unusable }
}

function hasSigned ({ key }: VerifyingKey, alg: TokenAlgorithm, { input, signature }: SignedToken): boolean {
  const { hash, padding } = familyOf[alg]
  const how = padding === undefined ? { key, dsaEncoding: 'ieee-p1363' as const } : { key, padding }
  return verify(hash, Buffer.from(input), how, Buffer.from(signature, 'base64url'))
}

/**
 * The key of the set that a token is to be verified with. A token with `kid` fits the keys of that name only; one
 * without fits every key of its algorithm. Where several fit, the one that has signed it is found by trying at most
 * eight.
 */
export function keyFor (token: SignedToken, { keys }: KeySet): KeyObject | undefined {
  const { alg, kid } = token.header
  if (!isAlgorithm(alg)) return undefined
  const fitting = keys.filter((key) =>
    (kid === undefined || key.kid === kid) && isFor(alg, key.alg) && familyOf[alg].fits(key.key)
  )
  if (fitting.length < 2) return fitting[0]?.key
  return fitting.slice(0, triesMax).find((key) => hasSigned(key, alg, token))?.key
}
