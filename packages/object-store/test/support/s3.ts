import { randomUUID } from 'node:crypto'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { systemClock } from '@dueline/runtime'
import type { TestS3 } from '@dueline/testkit'
import type { Test } from 'tap'
import { createS3Store, type S3StoreOptions } from '../../src/s3-store.ts'
import type { ObjectStore } from '../../src/index.ts'

/** What opens stores on a bucket of the test's own. */
export async function freshBucket (
  t: Test,
  { endpoint, credentials }: TestS3
): Promise<(options?: Partial<S3StoreOptions>) => ObjectStore> {
  const bucket = `test-${randomUUID()}`
  const client = new S3Client({ region: 'us-east-1', endpoint, credentials, forcePathStyle: true })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  client.destroy()
  return (options = {}) => {
    const store = createS3Store({
      bucket,
      region: 'us-east-1',
      endpoint,
      pathStyle: true,
      credentials,
      clock: systemClock,
      ...options
    })
    t.teardown(() => store.close())
    return store
  }
}
