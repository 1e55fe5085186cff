import { constants, createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto'

/** What is known of a token before its signature is checked: its head, and what was signed. */
export interface SignedToken {
  header: { alg?: unknown, kid?: unknown }
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
  pem: string
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

const familyOf: Readonly<Record<string, (key: KeyObject) => boolean>> = {
  RS256: (key) => key.asymmetricKeyType === 'rsa',
  ES256: (key) => key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
  EdDSA: (key) => key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448'
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
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  return {
    kid: typeof jwk.kid === 'string' ? jwk.kid : undefined,
    alg: typeof jwk.alg === 'string' ? jwk.alg : undefined,
    key,
    pem: key.export({ type: 'spki', format: 'pem' }) as string
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

function hasSigned ({ key }: VerifyingKey, { header: { alg }, input, signature }: SignedToken): boolean {
  const signed = Buffer.from(signature, 'base64url')
  if (alg === 'EdDSA') return verify(null, Buffer.from(input), key, signed)
  const how = alg === 'ES256'
    ? { key, dsaEncoding: 'ieee-p1363' as const }
    : { key, padding: constants.RSA_PKCS1_PADDING }
  return verify('sha256', Buffer.from(input), how, signed)
}

/**
 * The key of the set that a token is to be verified with, as PEM. A token with `kid` fits the keys of that name only;
 * one without fits every key of its algorithm. Where several fit, the one that has signed it is found by trying at most
 * eight.
 */
export function keyFor (token: SignedToken, { keys }: KeySet): string | undefined {
  const { alg, kid } = token.header
  if (typeof alg !== 'string' || !Object.hasOwn(familyOf, alg)) return undefined
  const fitting = keys.filter(
    (key) =>
      (kid === undefined || key.kid === kid) && (key.alg === undefined || key.alg === alg) && familyOf[alg]!(key.key)
  )
  if (fitting.length < 2) return fitting[0]?.pem
  return fitting.slice(0, triesMax).find((key) => hasSigned(key, token))?.pem
}
