import { PassThrough, type Readable } from 'node:stream'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { Clock } from '@dueline/runtime'
import { attachment, verified } from './content.ts'
import { isMissing, meaningOf, retried, SourceFault } from './s3-errors.ts'
import { assertKey, assertPage, assertSeconds, ContentRefused, ObjectNotFound } from './store.ts'
import type { Content, ObjectStore, OpenObject, Range } from './store.ts'

/** Options of `createS3Store`. */
export interface S3StoreOptions {
  bucket: string
  region: string
  /** Another server than AWS: `https://host:port`. */
  endpoint?: string | undefined
  /** How callers reach that server, where it is not `endpoint`: signed addresses name it. */
  publicEndpoint?: string | undefined
  /** Whether the bucket stands in the path; what most servers other than AWS need. */
  pathStyle: boolean
  /** Left out: as the SDK finds them (environment, web identity, shared file, the machine's role). */
  credentials?: { accessKeyId: string, secretAccessKey: string } | undefined
  clock: Clock
  /** How long a server may say nothing, also in the middle of a body, in milliseconds; default 10,000. */
  idleMs?: number
}

/** Objects in a bucket of S3, or of a server that speaks as S3 does. The bucket must be there. */
export function createS3Store (options: S3StoreOptions): ObjectStore {
  const client = clientOf(options, options.endpoint)
  const publicClient = options.publicEndpoint === undefined ? client : clientOf(options, options.publicEndpoint)
  return {
    ...reading(client, options),
    ...writing(client, options),
    ...signing(publicClient, options),
    close () {
      client.destroy()
      publicClient.destroy()
    }
  }
}

function clientOf ({ region, pathStyle, credentials, idleMs = 10_000 }: S3StoreOptions, endpoint?: string): S3Client {
  const config: S3ClientConfig = {
    region,
    forcePathStyle: pathStyle,
    // `retried` does it: the SDK cannot repeat a body that is a stream
    maxAttempts: 1,
    // checksums of the SDK's own come as trailers, which many servers refuse; each object has its SHA-256
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 2_000, socketTimeout: idleMs },
    // else it writes to the console whatever fails
    logger: { trace () {}, debug () {}, info () {}, warn () {}, error () {} }
  }
  if (endpoint !== undefined) config.endpoint = endpoint
  if (credentials !== undefined) config.credentials = credentials
  return new S3Client(config)
}

function reading (client: S3Client, { bucket: Bucket }: S3StoreOptions): Pick<ObjectStore, 'get' | 'head' | 'list'> {
  return {
    async get (key, range) {
      assertKey(key)
      if (range?.length === 0) return await emptyPart(key, range)
      try {
        return opened(
          await retried(async () => await client.send(new GetObjectCommand({ Bucket, Key: key, ...headerOf(range) })))
        )
      } catch (error) {
        if (isMissing(error)) throw new ObjectNotFound(key)
        if (nameOfCause(error) === 'InvalidRange') throw new RangeError('the object ends before the range begins')
        throw error
      }
    },
    head: async (key) => await head(key),
    async list (prefix, { after, limit = 1_000 } = {}) {
      assertPage(prefix, limit)
      const asked = new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: limit, StartAfter: after })
      const { Contents: found = [], IsTruncated: isMore } = await retried(async () => await client.send(asked))
      const objects = found.map(({ Key: key = '', Size: sizeBytes = 0, LastModified: at }) => ({
        key,
        sizeBytes,
        storedAtMs: at?.getTime() ?? 0
      }))
      return { objects, next: isMore === true ? objects.at(-1)?.key : undefined }
    }
  }

  async function head (key: string): ReturnType<ObjectStore['head']> {
    assertKey(key)
    try {
      const asked = new HeadObjectCommand({ Bucket, Key: key })
      const { ContentLength: sizeBytes = 0, LastModified: at } = await retried(async () => await client.send(asked))
      return { key, sizeBytes, storedAtMs: at?.getTime() ?? 0 }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  /** S3 has no way to ask for no bytes. */
  async function emptyPart (key: string, { offset }: Range): Promise<OpenObject> {
    const info = await head(key)
    if (info === undefined) throw new ObjectNotFound(key)
    if (offset >= info.sizeBytes) throw new RangeError(`the object has ${info.sizeBytes} bytes`)
    return { sizeBytes: info.sizeBytes, body: new PassThrough().end() }
  }
}

function writing (client: S3Client, { bucket: Bucket }: S3StoreOptions): Pick<ObjectStore, 'put' | 'delete' | 'move'> {
  async function copied (from: string, to: string): Promise<boolean> {
    try {
      const copy = new CopyObjectCommand({ Bucket, Key: to, CopySource: `${Bucket}/${from}` })
      await retried(async () => await client.send(copy))
      return true
    } catch (error) {
      if (!isMissing(error)) throw error
      await retried(async () => await client.send(new HeadObjectCommand({ Bucket, Key: to }))).catch((missing) => {
        throw isMissing(missing) ? new ObjectNotFound(from) : missing
      })
      return false
    }
  }
  async function remove (key: string): Promise<void> {
    assertKey(key)
    await retried(async () => await client.send(new DeleteObjectCommand({ Bucket, Key: key }))).catch((error) => {
      if (!isMissing(error)) throw error
    })
  }
  return {
    async put (key, content) {
      assertKey(key)
      await retried(async () => await sendBody(client, Bucket, key, content)).catch((error: unknown) => {
        throw error instanceof SourceFault ? error.cause : error
      })
    },
    delete: remove,
    async move (from, to) {
      assertKey(from)
      assertKey(to)
      if (await copied(from, to)) await remove(from)
    }
  }
}

async function sendBody (client: S3Client, Bucket: string, Key: string, content: Content): Promise<void> {
  const source = content.open()
  const body = verified(content)
  let fault: Error | undefined
  const stop = new AbortController()
  const fail = (error: Error): void => {
    fault ??= error instanceof ContentRefused ? error : new SourceFault(error.message, { cause: error })
    body.destroy()
    // without it the server is left waiting for the rest
    stop.abort()
  }
  source.once('error', fail)
  body.once('error', fail)
  source.pipe(body)
  try {
    const { sizeBytes: ContentLength, contentType: ContentType } = content
    const put = new PutObjectCommand({
      Bucket,
      Key,
      Body: body,
      ContentLength,
      ContentType,
      ChecksumSHA256: base64Of(content.sha256)
    })
    await client.send(put, { abortSignal: stop.signal })
  } catch (error) {
    throw fault ?? error
  } finally {
    source.destroy()
    body.destroy()
  }
}

function signing (
  client: S3Client,
  { bucket: Bucket, clock }: S3StoreOptions
): Pick<ObjectStore, 'presignUpload' | 'presignDownload'> {
  return {
    async presignUpload (key, { sizeBytes, sha256, contentType }, seconds) {
      assertKey(key)
      assertSeconds(seconds)
      const checksum = base64Of(sha256)
      const put = new PutObjectCommand({
        Bucket,
        Key: key,
        ContentType: contentType,
        ContentLength: sizeBytes,
        ChecksumSHA256: checksum
      })
      const at = new Date(clock.now() / 1_000)
      const url = await getSignedUrl(client, put, {
        expiresIn: seconds,
        signingDate: at,
        // else the type is left out of what is signed, and the checksum moves into the address where nobody checks it
        signableHeaders: new Set(['host', 'content-type', 'content-length', 'x-amz-checksum-sha256']),
        unhoistableHeaders: new Set(['x-amz-checksum-sha256'])
      }).catch(rethrow)
      const headers = { 'content-type': contentType, 'x-amz-checksum-sha256': checksum }
      return { method: 'PUT', url, headers, expiresAtMs: expiryOf(at, seconds) }
    },
    async presignDownload (key, { name, contentType }, seconds) {
      assertKey(key)
      assertSeconds(seconds)
      const get = new GetObjectCommand({
        Bucket,
        Key: key,
        ResponseContentDisposition: attachment(name),
        ResponseContentType: contentType
      })
      const at = new Date(clock.now() / 1_000)
      const url = await getSignedUrl(client, get, { expiresIn: seconds, signingDate: at }).catch(rethrow)
      return { method: 'GET', url, headers: {}, expiresAtMs: expiryOf(at, seconds) }
    }
  }
}

/** S3 counts from the whole second in which it was signed. */
function expiryOf (at: Date, seconds: number): number {
  return Math.floor(at.getTime() / 1_000) * 1_000 + seconds * 1_000
}

function headerOf (range: Range | undefined): { Range?: string } {
  return range === undefined ? {} : { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` }
}

/** The body, with failures in its middle by their meaning. */
function opened (
  answer: { Body?: unknown, ContentLength?: number | undefined, ContentRange?: string | undefined }
): OpenObject {
  const source = answer.Body as Readable
  const body = new PassThrough()
  source.once('error', (error) => body.destroy(meaningOf(error)))
  body.once('close', () => source.destroy())
  source.pipe(body)
  const whole = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1]
  return { sizeBytes: whole === undefined ? answer.ContentLength ?? 0 : Number(whole), body }
}

function nameOfCause (error: unknown): string | undefined {
  return ((error as Error).cause as Error | undefined)?.name
}

function base64Of (hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64')
}

function rethrow (error: unknown): never {
  throw meaningOf(error)
}
