import type { Readable } from 'node:stream'

/** Bytes to be stored, with what they must turn out to be. */
export interface Content {
  readonly sizeBytes: number
  /** SHA-256 of the bytes, as 64 lower-case hexadecimal digits. */
  readonly sha256: string
  /** Media type that the object has in the store; `presignDownload` names its own. */
  readonly contentType: string
  /** The bytes from their start; called anew for each try. */
  readonly open: () => Readable
}

/** What a store knows of an object. */
export interface ObjectInfo {
  readonly key: string
  readonly sizeBytes: number
  /** When its bytes were stored, in milliseconds since 1970, by the clock of the store. */
  readonly storedAtMs: number
}

/** An object that is being read. */
export interface OpenObject {
  /** Of the whole object. */
  readonly sizeBytes: number
  /** Ends with `ObjectStoreUnavailable` when the store goes away in between. Read it to its end, or destroy it. */
  readonly body: Readable
}

/** A part of an object: `length` bytes from `offset`, both at least 0; what lies beyond the end is left out. */
export interface Range {
  readonly offset: number
  readonly length: number
}

/** What somebody without any other right may do by an address, until an instant. */
export interface SignedRequest {
  readonly method: 'PUT' | 'GET'
  readonly url: string
  /** Headers that must be sent exactly so; `content-length` comes by itself with a body of the right size. */
  readonly headers: Readonly<Record<string, string>>
  /** From then on it is refused; in milliseconds since 1970. */
  readonly expiresAtMs: number
}

/** A page of a list. */
export interface ObjectPage {
  readonly objects: readonly ObjectInfo[]
  /** Give it as `after` for the next page; undefined on the last. */
  readonly next: string | undefined
}

/**
 * Where objects are kept: bytes under a key, whole or not at all. Keys are parts of letters, digits, `.`, `_` and `-`
 * that begin with a letter or digit, joined by `/`; no key may be the beginning of another one with a `/` after it.
 * Every method throws `ObjectStoreUnavailable` when the store cannot be reached or refuses, after trying again where
 * that is safe, and `TypeError` for a key that is none.
 */
export interface ObjectStore {
  /**
   * Stores an object in place of the one that may be there; readers see the old one or the new one, never a part.
   * @throws ContentRefused when the bytes are not those that were said; then nothing is stored
   */
  put(key: string, content: Content): Promise<void>
  /** @throws ObjectNotFound, RangeError for a range that begins beyond the end */
  get(key: string, range?: Range): Promise<OpenObject>
  /** Undefined when there is none. */
  head(key: string): Promise<ObjectInfo | undefined>
  /** Afterwards there is none; there need not have been one. */
  delete(key: string): Promise<void>
  /**
   * Gives an object another key, in place of what is there. Safe to repeat: when only `to` is there, it was done
   * before.
   * @throws ObjectNotFound when there is neither
   */
  move(from: string, to: string): Promise<void>
  /** Objects whose key begins with `prefix`, by the bytes of their keys, after the key `after`; 1 to 1,000 a page. */
  list(prefix: string, page?: { after?: string | undefined, limit?: number }): Promise<ObjectPage>
  /** Lets anybody put exactly these bytes, of this type, for `seconds` (1 to 604,800). */
  presignUpload(key: string, content: Omit<Content, 'open'>, seconds: number): Promise<SignedRequest>
  /** Lets anybody get an object as a file of that name and type, for `seconds` (1 to 604,800). */
  presignDownload(key: string, file: { name: string, contentType: string }, seconds: number): Promise<SignedRequest>
  /** Ends its connections. */
  close(): void
}

/** There is no object of that key. */
export class ObjectNotFound extends Error {
  override readonly name = 'ObjectNotFound'
  readonly key: string
  constructor (key: string) {
    super(`there is no object ${key}`)
    this.key = key
  }
}

/** The store cannot be reached, takes too long, or refuses what it should do. */
export class ObjectStoreUnavailable extends Error {
  override readonly name = 'ObjectStoreUnavailable'
  /** Whether the same may succeed later by itself; false where somebody has to change something. */
  readonly transient: boolean
  constructor (message: string, options: { cause?: unknown, transient: boolean }) {
    super(message, { cause: options.cause })
    this.transient = options.transient
  }
}

/** Bytes are not what was said of them. */
export class ContentRefused extends Error {
  override readonly name = 'ContentRefused'
  readonly what: 'sizeBytes' | 'sha256'
  constructor (what: 'sizeBytes' | 'sha256', message: string) {
    super(message)
    this.what = what
  }
}

const keyText = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/
const prefixText = /^([A-Za-z0-9][\w.-]*\/)*([A-Za-z0-9][\w.-]*)?$/
const keyLengthMax = 512
const partLengthMax = 200

/** @throws TypeError when `key` is no key */
export function assertKey (key: string): void {
  const isKey = key.length <= keyLengthMax && keyText.test(key) &&
    key.split('/').every((part) => part.length <= partLengthMax)
  if (!isKey) throw new TypeError(`not a key of an object: ${JSON.stringify(key.slice(0, 100))}`)
}

/** @throws TypeError when no key can begin with `prefix`, or the page has no size from 1 to 1,000 */
export function assertPage (prefix: string, limit: number): void {
  if (prefix.length > keyLengthMax || !prefixText.test(prefix)) throw new TypeError('not the beginning of a key')
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= 1_000)) throw new TypeError('limit must be 1 to 1,000')
}

/** @throws TypeError when `seconds` is not a whole number from 1 to 604,800 (seven days) */
export function assertSeconds (seconds: number): void {
  if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= 604_800)) {
    throw new TypeError('a signed request is good for 1 to 604,800 whole seconds')
  }
}
