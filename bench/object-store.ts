import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { createFilesStore, createGrantSigner, type Content, type ObjectStore } from '@dueline/object-store'
import { systemClock } from '@dueline/runtime'
import { startTestS3 } from '@dueline/testkit'
import { createS3Store } from '../packages/object-store/src/s3-store.ts'
import { quantile } from './measure.ts'
import type { Result } from './scenario.ts'

const sizeBytes = 20 * 1024 * 1024
const pieceBytes = 64 * 1024

/**
 * 20 MB put from a stream and got again, in a bucket and in a folder: how far the memory of the process (resident set)
 * rises above its rest meanwhile, and how fast it goes.
 */
export async function run ({ quick }: { quick: boolean }): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-bench-'))
  const server = await startTestS3()
  if ('missing' in server) throw new Error(server.missing)
  const { endpoint, credentials } = server
  const bucket = `bench-${randomUUID()}`
  const client = new S3Client({ region: 'us-east-1', endpoint, credentials, forcePathStyle: true })
  const s3 = createS3Store({ bucket, region: 'us-east-1', endpoint, credentials, pathStyle: true, clock: systemClock })
  const signer = createGrantSigner(Buffer.alloc(32, 1).toString('base64'))
  const files = createFilesStore({ folder, url: '', signer, clock: systemClock })
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
    const rounds = quick ? 5 : 30
    const ofFiles = await measure(files, rounds)
    const ofS3 = await measure(s3, rounds)
    return {
      figures: {
        files_put_mb_per_second: ofFiles.putMbPerSecond,
        files_rise_mb: ofFiles.riseMb,
        s3_put_mb_per_second: ofS3.putMbPerSecond,
        s3_rise_mb: ofS3.riseMb
      },
      targets: { files_rise_mb: { atMost: 40 }, s3_rise_mb: { atMost: 40 } }
    }
  } finally {
    client.destroy()
    s3.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure (store: ObjectStore, rounds: number): Promise<{ putMbPerSecond: number, riseMb: number }> {
  const content = streamed()
  // what a process in service has long loaded and compiled
  for (let round = 0; round < 3; round++) await through(store, content)
  const restBytes = process.memoryUsage.rss()
  let mostBytes = restBytes
  const look = setInterval(() => {
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss())
  }, 2)
  const seconds: number[] = []
  for (let round = 0; round < rounds; round++) seconds.push(await through(store, content))
  clearInterval(look)
  return { putMbPerSecond: 20 / quantile(seconds, 0.5), riseMb: (mostBytes - restBytes) / 2 ** 20 }
}

/** @returns seconds of the put */
async function through (store: ObjectStore, content: Content): Promise<number> {
  const begunMs = performance.now()
  await store.put('bench/a', content)
  const seconds = (performance.now() - begunMs) / 1_000
  const { body } = await store.get('bench/a')
  for await (const piece of body) if ((piece as Buffer).length === 0) throw new Error('an empty piece')
  return seconds
}

/** Bytes that are made as they are read, so that nothing holds them all. */
function streamed (): Content {
  function* pieces (): Generator<Buffer> {
    for (let at = 0; at < sizeBytes; at += pieceBytes) yield Buffer.alloc(pieceBytes, at / pieceBytes % 251)
  }
  const hash = createHash('sha256')
  for (const piece of pieces()) hash.update(piece)
  return { sizeBytes, sha256: hash.digest('hex'), contentType: 'application/pdf', open: () => Readable.from(pieces()) }
}
