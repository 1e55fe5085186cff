import { buffer } from 'node:stream/consumers'
import type { Database } from '@dueline/postgres'
import { createMetrics, systemClock, systemIds, type Poller } from '@dueline/runtime'
import { silentLogger, testDatabase } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { contentOf, createStoredFiles, migrations, ScannerUnavailable } from '../../src/index.ts'
import type { ObjectStore, Scanner, StoredFile, StoredFiles, StoredFilesOptions } from '../../src/index.ts'
import { keyIn } from '../../src/file-keys.ts'
import { servedFiles } from '../support/files.ts'

const pdf = Buffer.from('%PDF-1.7\n%\xe2\xe3\n1 0 obj\n', 'latin1')
const tenantId = 'acme'

interface World {
  database: Database
  store: ObjectStore
  files: StoredFiles
  changes: string[]
  reserve(bytes?: Buffer): Promise<StoredFile>
  /** Sends bytes as the caller would, and finishes. */
  uploaded(bytes?: Buffer): Promise<StoredFile>
  read(file: StoredFile): Promise<StoredFile>
  work(): Promise<void>
}

async function world (t: Test, options: Partial<StoredFilesOptions> = {}): Promise<World> {
  const { database } = await testDatabase(t, { schema: 'objects', sources: [migrations] })
  const { store } = await servedFiles(t)
  const changes: string[] = []
  const files = createStoredFiles({
    database,
    store,
    prefix: 'sample',
    types: { 'application/pdf': 1_000, 'text/csv': 100 },
    ids: systemIds,
    clock: systemClock,
    logger: silentLogger,
    metrics: createMetrics('objects'),
    changed: async (_tx, { state }) => {
      changes.push(state)
    },
    ...options
  })
  const acme = database.forTenant(tenantId)
  const reserve = async (bytes: Buffer = pdf): Promise<StoredFile> => {
    const { sizeBytes, sha256, contentType } = contentOf(bytes, 'application/pdf')
    const said = { fileName: 'نموذج.pdf', contentType, sizeBytes, sha256, reservedBy: 'ada' }
    return await acme.tx(async (tx) => await files.reserve(tx, said))
  }
  return {
    database,
    store,
    files,
    changes,
    reserve,
    async uploaded (bytes: Buffer = pdf) {
      const file = await reserve(bytes)
      const { url, method, headers } = await files.upload(file)
      const answer = await fetch(url, { method, headers, body: new Uint8Array(bytes) })
      if (answer.status !== 204) throw new Error(await answer.text())
      return await files.finish(acme, file.id)
    },
    read: async ({ id }) => await files.read(acme, id),
    work: async () => await passOf(files.loops[0])
  }
}

/** Lets a loop do what there is to do. */
async function passOf (loop: Poller): Promise<void> {
  const rest = loop.passes.next(({ outcome }) => outcome !== 'busy')
  await loop.start()
  await rest
  await loop.stop()
}

async function refused (t: Test, asked: Promise<unknown>, code: string, fault?: object): Promise<void> {
  const error = await asked.then(() => undefined, (error: unknown) => error)
  t.match(error, { entry: { code }, ...(fault === undefined ? {} : { options: { faults: [fault] } }) })
}

async function runOut ({ database }: World): Promise<void> {
  await database.pool.query("update stored_file set expires_at = now() - interval '1 second', work_at = now()")
}

t.test('reserved, uploaded, checked, ready, got, and deleted with proof', async (t) => {
  const it = await world(t)
  const file = await it.uploaded()
  t.match(file, { state: 'uploaded', uploadedAt: Number, readyAt: null })
  t.equal((await it.files.finish(it.database.forTenant(tenantId), file.id)).state, 'uploaded', 'twice is once')
  await t.rejects(it.files.download(file), /uploaded, not ready/)
  await it.work()
  const ready = await it.read(file)
  t.match(ready, { state: 'ready', checkedAt: Number, readyAt: Number, refusal: null })
  t.same((await it.store.list('')).objects.map(({ key }) => key), [keyIn('sample', 'files', file)])
  const { url } = await it.files.download(ready)
  const answer = await fetch(url)
  t.ok(Buffer.from(await answer.arrayBuffer()).equals(pdf))
  t.same(it.changes, ['uploaded', 'checked', 'ready'])

  const acme = it.database.forTenant(tenantId)
  const removed = await acme.tx(async (tx) => await it.files.remove(tx, file.id, 'grace'))
  t.match(removed, { state: 'deleted', endedBy: 'grace', objectGoneAt: null })
  await it.work()
  t.equal((await it.store.list('')).objects.length, 0)
  t.equal((await it.read(file)).objectGoneAt, null, 'the address for the upload is still good: no proof yet')
  await runOut(it)
  await it.work()
  t.match(await it.read(file), { state: 'deleted', sha256: contentOf(pdf, '').sha256, objectGoneAt: Number })
  t.same(await acme.tx(async (tx) => await it.files.remove(tx, file.id, 'again')), await it.read(file))
})

t.test('what nobody finishes expires, and what was sent goes', async (t) => {
  const it = await world(t)
  const file = await it.reserve()
  await it.work()
  t.equal((await it.read(file)).state, 'reserved', 'not before its time')
  await it.store.put(keyIn('sample', 'quarantine', file), contentOf(pdf, 'application/pdf'))
  await runOut(it)
  await it.work()
  t.match(await it.read(file), { state: 'expired', objectGoneAt: Number })
  t.equal((await it.store.list('')).objects.length, 0)
  await refused(t, it.files.finish(it.database.forTenant(tenantId), file.id), 'file_ended')
  await refused(t, it.files.upload(await it.read(file)), 'file_ended')
})

t.test('what is not what was said is refused, and gone', async (t) => {
  const it = await world(t)
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')
  const named = await it.uploaded(png)
  const other = await it.uploaded()
  await it.store.put(keyIn('sample', 'quarantine', other), contentOf(Buffer.concat([pdf, pdf]), 'application/pdf'))
  const vanished = await it.uploaded()
  await it.store.delete(keyIn('sample', 'quarantine', vanished))
  await it.work()
  t.match(await it.read(named), { state: 'refused', refusal: 'type_differs', readyAt: null })
  t.match(await it.read(other), { state: 'refused', refusal: 'size_differs' })
  t.match(await it.read(vanished), { state: 'refused', refusal: 'missing' })
  t.equal((await it.store.list('')).objects.length, 0)
})

t.test('a scanner that is away holds files back, and lets them through when it is there', async (t) => {
  let answer: 'away' | 'clean' | 'infected' = 'away'
  const scanner: Scanner = {
    begin: async () => {
      if (answer === 'away') throw new ScannerUnavailable('away')
      return { write: async () => {}, end: async () => answer === 'infected' ? 'Sample' : undefined, close () {} }
    }
  }
  const it = await world(t, { scanner })
  const file = await it.uploaded()
  await it.work()
  t.equal((await it.read(file)).state, 'uploaded')
  const { rows: [row] } = await it.database.pool.query<{ tries: number, later: boolean }>(
    'select tries, work_at > now() as later from stored_file'
  )
  t.same(row, { tries: 1, later: true }, 'put off')
  const due = async (): Promise<unknown> => await it.database.pool.query('update stored_file set work_at = now()')
  answer = 'clean'
  await due()
  await it.work()
  t.equal((await it.read(file)).state, 'ready')
  answer = 'infected'
  const bad = await it.uploaded()
  await it.work()
  t.match(await it.read(bad), { state: 'refused', refusal: 'infected' })
})

t.test('a process that dies between moving and noting it loses nothing', async (t) => {
  let dies = true
  const it = await world(t, {
    changed: async (_tx, { state }) => {
      if (state === 'ready' && dies) throw new Error('it died')
    }
  })
  const file = await it.uploaded()
  await it.work()
  t.equal((await it.read(file)).state, 'checked')
  t.ok(await it.store.head(keyIn('sample', 'files', file)), 'it has been moved already')
  dies = false
  await it.database.pool.query('update stored_file set work_at = now()')
  await it.work()
  t.equal((await it.read(file)).state, 'ready')
  t.ok((await buffer((await it.store.get(keyIn('sample', 'files', file))).body)).equals(pdf))
})

t.test('removed while it is being moved: its object goes all the same', async (t) => {
  const it = await world(t)
  const acme = it.database.forTenant(tenantId)
  const removing = await it.reserve()
  const move = it.store.move
  it.store.move = async (from, to) => {
    await acme.tx(async (tx) => await it.files.remove(tx, removing.id, 'ada'))
    await it.database.pool.query(
      "update stored_file set expires_at = now() - interval '1 second', work_at = null, " +
        'object_gone_at = now()'
    )
    await move(from, to)
  }
  await it.store.put(keyIn('sample', 'quarantine', removing), contentOf(pdf, 'application/pdf'))
  await it.files.finish(acme, removing.id)
  await it.work()
  t.match(await it.read(removing), { state: 'deleted', objectGoneAt: Number })
  t.equal((await it.store.list('')).objects.length, 0)
})

t.test('several processes share the work, and do each file once', async (t) => {
  let scans = 0
  const scanner: Scanner = {
    begin: async () => {
      scans++
      return { write: async () => {}, end: async () => undefined, close () {} }
    }
  }
  const it = await world(t, { scanner })
  const count = 25
  for (let i = 0; i < count; i++) await it.uploaded()
  const options = { database: it.database, store: it.store, prefix: 'sample', types: {}, scanner }
  const others = [1, 2].map((i) =>
    createStoredFiles({
      ...options,
      ids: systemIds,
      clock: systemClock,
      logger: silentLogger,
      metrics: createMetrics(`objects${i}`)
    })
  )
  await Promise.all([it.work(), ...others.map(async (other) => await passOf(other.loops[0]))])
  await it.work()
  const { rows } = await it.database.pool.query('select state, count(*)::int from stored_file group by 1')
  t.same(rows, [{ state: 'ready', count }])
  t.equal(scans, count)
})

t.test('requests that make no sense are refused with what would be right', async (t) => {
  const it = await world(t)
  const acme = it.database.forTenant(tenantId)
  const said = { fileName: 'a', contentType: 'text/csv', sizeBytes: 100, sha256: 'a'.repeat(64), reservedBy: 'ada' }
  const reserve = async (change: Partial<typeof said>): Promise<StoredFile> =>
    await acme.tx(async (tx) => await it.files.reserve(tx, { ...said, ...change }))
  await reserve({})
  for (const contentType of ['image/png', 'toString']) {
    await refused(t, reserve({ contentType }), 'validation_failed', {
      pointer: '/contentType',
      message: 'must be one of application/pdf, text/csv'
    })
  }
  await refused(t, reserve({ sizeBytes: 101 }), 'validation_failed', {
    pointer: '/sizeBytes',
    message: 'must be at most 100 for text/csv'
  })
  const file = await it.reserve()
  await refused(t, it.files.finish(acme, file.id), 'file_not_uploaded')
  t.equal((await it.read(file)).state, 'reserved')
  const other = it.database.forTenant('other')
  await refused(t, it.files.finish(other, file.id), 'not_found')
  await refused(t, it.files.read(other, file.id), 'not_found')
  await refused(t, other.tx(async (tx) => await it.files.remove(tx, file.id, 'eve')), 'not_found')
})

t.test('objects that belong to no file go when they are old enough, and no others', async (t) => {
  const it = await world(t, { orphanMs: 0 })
  const ready = await it.uploaded()
  await it.work()
  const reserved = await it.reserve()
  const content = contentOf(pdf, 'application/pdf')
  const orphans = [
    keyIn('sample', 'files', { tenantId, id: systemIds.next() }),
    keyIn('sample', 'files', { tenantId: 'other', id: ready.id }),
    keyIn('sample', 'quarantine', ready),
    keyIn('sample', 'files', reserved)
  ]
  const stays = [
    keyIn('sample', 'files', ready),
    keyIn('sample', 'quarantine', reserved),
    'sample/thumbnails/a',
    keyIn('another', 'files', { tenantId, id: systemIds.next() })
  ]
  for (const key of [...orphans, ...stays.slice(1)]) await it.store.put(key, content)
  const patient = createStoredFiles({
    ...{ database: it.database, store: it.store, prefix: 'sample', types: {}, ids: systemIds, clock: systemClock },
    ...{ logger: silentLogger, metrics: createMetrics('patient') }
  })
  await passOf(patient.loops[1])
  t.equal((await it.store.list('')).objects.length, orphans.length + stays.length, 'a day has not passed')
  await passOf(it.files.loops[1])
  t.same((await it.store.list('')).objects.map(({ key }) => key), stays.sort())
})
