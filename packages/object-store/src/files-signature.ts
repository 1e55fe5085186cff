import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a signed address of the files store allows. */
export interface Grant {
  readonly method: 'PUT' | 'GET'
  readonly key: string
  readonly expiresAtMs: number
  readonly contentType: string
  /** For PUT: what the bytes must be. */
  readonly sizeBytes?: number
  readonly sha256?: string
  /** For GET: the name under which they are saved. */
  readonly fileName?: string
}

/** An address was not signed by us, or is no longer good. */
export class SignatureRefused extends Error {
  override readonly name = 'SignatureRefused'
  readonly reason: 'wrong' | 'expired'
  constructor (reason: 'wrong' | 'expired') {
    super(reason === 'wrong' ? 'the signature is not right' : 'the address has expired')
    this.reason = reason
  }
}

/** Signs grants and reads them back. */
export interface GrantSigner {
  sign(grant: Grant): string
  /** @throws SignatureRefused unless it is a grant of ours for `method` that is still good at `nowMs` */
  read(signature: string, method: Grant['method'], nowMs: number): Grant
}

const keyBytesMin = 32

/** HMAC-SHA256 over the grant. @param key at least 32 bytes in base64 @throws RangeError for a shorter one */
export function createGrantSigner (key: string): GrantSigner {
  const keyBytes = Buffer.from(key, 'base64')
  if (keyBytes.length < keyBytesMin) throw new RangeError('the key that signs addresses needs 32 bytes in base64')
  const macOf = (text: string): Buffer => createHmac('sha256', keyBytes).update(`dueline.object.${text}`).digest()
  return {
    sign (grant) {
      const text = Buffer.from(JSON.stringify(grant)).toString('base64url')
      return `${text}.${macOf(text).toString('base64url')}`
    },
    read (signature, method, nowMs) {
      const [text = '', mac = ''] = signature.split('.')
      const given = Buffer.from(mac, 'base64url')
      const right = macOf(text)
      if (given.length !== right.length || !timingSafeEqual(given, right)) throw new SignatureRefused('wrong')
      const grant = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Grant
      if (grant.method !== method) throw new SignatureRefused('wrong')
      if (nowMs >= grant.expiresAtMs) throw new SignatureRefused('expired')
      return grant
    }
  }
}
