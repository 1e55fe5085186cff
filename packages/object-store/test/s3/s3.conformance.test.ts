import { systemClock } from '@dueline/runtime'
import { testS3 } from '@dueline/testkit'
import t from 'tap'
import { storeConformance } from '@dueline/object-store/conformance'
import { freshBucket } from '../support/s3.ts'

const server = await testS3(t)
if (server !== undefined) {
  await storeConformance(t, async (t) => {
    const open = await freshBucket(t, server)
    // what is refused here must not wait until either side gives up
    return {
      store: open({ idleMs: 600_000 }),
      past: open({ clock: { now: () => systemClock.now() - 3600 * 1_000_000 } })
    }
  })
}
