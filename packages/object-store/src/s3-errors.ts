import { backoff } from '@dueline/runtime'
import { setTimeout as wait } from 'node:timers/promises'
import { ContentRefused, ObjectStoreUnavailable } from './store.ts'

interface S3Error extends Error {
  code?: string
  $metadata?: { httpStatusCode?: number }
}

const triesMax = 4
const waits = backoff({ initialMs: 100, maxMs: 2_000 })
/** What may go away by itself although it is no 5xx. */
const passing = new Set([
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'OperationAborted'
])
/** Bytes that are not those that were said, in the words of S3. */
const refusedContent: Readonly<Record<string, ContentRefused['what']>> = {
  BadDigest: 'sha256',
  InvalidDigest: 'sha256',
  XAmzContentSHA256Mismatch: 'sha256',
  XAmzContentChecksumMismatch: 'sha256',
  IncompleteBody: 'sizeBytes'
}

/** What was to be sent cannot be read: not the store's fault, and not to be tried again. */
export class SourceFault extends Error {}

/** The name by which S3 says that there is nothing. */
export function isMissing (error: unknown): boolean {
  const { name, $metadata } = error as S3Error
  return ['NoSuchKey', 'NotFound'].includes(name) || (name !== 'NoSuchBucket' && $metadata?.httpStatusCode === 404)
}

/** What a failure of the client means for callers of the port; what is one of ours already stays as it is. */
export function meaningOf (error: unknown): Error {
  const { name, message, code, $metadata } = error as S3Error
  const ours = [SourceFault, ContentRefused, ObjectStoreUnavailable, RangeError, TypeError].some((type) =>
    error instanceof type
  )
  // undici and node throw TypeErrors of their own, with a code
  if (ours && code === undefined) return error as Error
  const what = Object.hasOwn(refusedContent, name) ? refusedContent[name] : undefined
  if (what !== undefined) return new ContentRefused(what, message)
  const status = $metadata?.httpStatusCode
  const transient = status === undefined || status < 400 || status >= 500 || status === 429 || passing.has(name)
  const said = code ?? (status === undefined || status < 400 ? `${name}: ${message}` : `${status} ${name}`)
  // without an answer only some names are of the network; the rest need somebody to change something
  const isSetting = status === undefined && name === 'CredentialsProviderError'
  return new ObjectStoreUnavailable(`the object store does not answer as it should: ${said}`, {
    cause: error,
    transient: transient && !isSetting
  })
}

/**
 * Does something that may be repeated, up to four times with growing waits between (0.1 to 2 s), as long as it fails in
 * a way that may pass. @throws what the last try has thrown, by its meaning
 */
export async function retried<T> (attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (isMissing(error)) throw error
      const meaning = meaningOf(error)
      if (tries === triesMax || !(meaning instanceof ObjectStoreUnavailable && meaning.transient)) throw meaning
      await wait(waits.nextMs(tries))
    }
  }
}
