import { randomBytes } from 'node:crypto'
import { buildHttp, type App } from '@dueline/http'
import { createMetrics, systemClock, systemIds } from '@dueline/runtime'
import { silentLogger } from '@dueline/testkit'
import type { Test } from 'tap'
import { createFilesStore, createGrantSigner, objectErrors, objectRoutes, type ObjectStore } from '../../src/index.ts'

/** A files store in a folder of the test's own, whose objects are served; `past` signs as if it were an hour ago. */
export async function servedFiles (
  t: Test
): Promise<{ folder: string, store: ObjectStore, past: ObjectStore, app: App }> {
  const folder = t.testdir({})
  const signer = createGrantSigner(randomBytes(32).toString('base64'))
  const app = buildHttp({
    service: 'files',
    version: '1.0.0',
    logger: silentLogger,
    metrics: createMetrics('files'),
    clock: systemClock,
    ids: systemIds,
    errors: objectErrors,
    ready: async () => []
  })
  let url = ''
  const storeOf = (agoMicros: number): ObjectStore =>
    createFilesStore({ folder, url, signer, clock: { now: () => systemClock.now() - agoMicros } })
  const serving = createFilesStore({ folder, url, signer, clock: systemClock })
  objectRoutes(app, { path: 'test/objects', name: 'TestObject', store: serving, signer, clock: systemClock })
  url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/v1/test/objects`
  t.teardown(async () => await app.close())
  return { folder, store: storeOf(0), past: storeOf(3600 * 1_000_000), app }
}
