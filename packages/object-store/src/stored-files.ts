import { baseErrors, defineErrors, problem } from '@dueline/http'
import { afterCommit } from '@dueline/postgres'
import type { Database, MigrationSource, TenantDatabase, TenantTx, Tx } from '@dueline/postgres'
import type { Clock, Ids, Logger, Metrics, Poller } from '@dueline/runtime'
import { hasEnded, stateAfter } from './domain/file-states.ts'
import { createFileWork } from './file-work.ts'
import { insertFile, readFile, stepFile, type NewFile, type StoredFile } from './file-rows.ts'
import { keyIn } from './file-keys.ts'
import { createOrphanSweeper } from './orphans.ts'
import { refuse } from './object-routes.ts'
import type { Scanner } from './scanner.ts'
import type { ObjectStore, OpenObject, SignedRequest } from './store.ts'

/** The table `stored_file`, for the schema of a service that takes files. */
export const migrations: MigrationSource = {
  name: 'object-store',
  directory: new URL('../migrations/', import.meta.url)
}

/** What operations that reserve and finish files may answer besides the base table and `objectErrors`. */
export const fileErrors = defineErrors({
  file_not_uploaded: {
    status: 409,
    title: 'The bytes have not arrived',
    description: 'Send them by the address that the reservation has answered, and finish it then.'
  },
  file_ended: {
    status: 409,
    title: 'The file was refused, has expired or was deleted',
    description: '`detail` says which. Reserve it again.'
  }
})

export interface StoredFilesOptions {
  database: Database
  store: ObjectStore
  /** The beginning of all keys, of no other service: its name. */
  prefix: string
  /** The media types that are taken, with the most bytes of each. */
  types: Readonly<Record<string, number>>
  scanner?: Scanner | undefined
  ids: Ids
  clock: Clock
  logger: Logger
  metrics: Metrics
  /** What else changes with the state of a file, in the same transaction: it commits or fails with it. */
  changed?: (tx: Tx, file: StoredFile) => Promise<void>
  /** For how long an upload may be sent, in seconds; default 900. */
  uploadSeconds?: number
  /** How often the loop looks for work that nobody told it of, in milliseconds; default 5,000. */
  idleMs?: number
  /** How old an object that belongs to no file must be to be removed, in milliseconds; default a day. */
  orphanMs?: number
}

/** The files of a service. Requests reserve, finish and remove them; its loops check, move and delete their objects. */
export interface StoredFiles {
  /** @throws Problem 400 for a type that is not taken, or more bytes than may be */
  reserve(tx: TenantTx, file: Omit<NewFile, 'id' | 'tenantId'>): Promise<StoredFile>
  /** The request by which the bytes of a reserved file are sent. @throws Problem 409 when it is too late, 503 */
  upload(file: StoredFile): Promise<SignedRequest>
  /**
   * The bytes have been sent: they are checked soon. Does nothing more when it was done before.
   * @throws Problem 404, 409 when they have not arrived or the file has ended, 503
   */
  finish(database: TenantDatabase, id: string): Promise<StoredFile>
  /** The file, also after it has ended. @throws Problem 404 */
  read(database: TenantDatabase, id: string): Promise<StoredFile>
  /** The request by which a ready file is got, good for five minutes. @throws Problem 404 when it is not ready, 503 */
  download(file: StoredFile): Promise<SignedRequest>
  /** The bytes of a ready file, for the service itself. @throws ObjectNotFound, ObjectStoreUnavailable */
  open(file: StoredFile): Promise<OpenObject>
  /** Deletes a file; its object goes soon. Does nothing when it has ended. @throws Problem 404 */
  remove(tx: TenantTx, id: string, by: string): Promise<StoredFile>
  /** Work on the files, and once an hour a look for objects that belong to no file. */
  readonly loops: readonly [work: Poller, orphans: Poller]
}

const downloadSeconds = 300
/** An address is good for a little less long than its reservation, so that what it let begin can end. */
const graceSeconds = 60

/** Makes the files of a service. */
export function createStoredFiles (options: StoredFilesOptions): StoredFiles {
  const { store, prefix, types, ids, uploadSeconds = 900, changed = async () => {} } = options
  const work = createFileWork({ ...options, changed })

  return {
    loops: [work.loop, createOrphanSweeper(options)],
    async reserve (tx, { fileName, contentType, sizeBytes, sha256, reservedBy }) {
      refuseOther(types, contentType, sizeBytes)
      const id = ids.next()
      const { tenantId } = tx
      const said = { tenantId, id, fileName, contentType, sizeBytes, sha256, reservedBy }
      return await insertFile(tx, said, uploadSeconds + graceSeconds)
    },
    async upload (file) {
      if (file.state !== 'reserved') refuseEnded(file)
      return await store.presignUpload(keyIn(prefix, 'quarantine', file), file, uploadSeconds).catch(refuse)
    },
    async finish (database, id) {
      const file = await read(database, id)
      if (
        file.state === 'reserved' && await store.head(keyIn(prefix, 'quarantine', file)).catch(refuse) === undefined
      ) {
        problem(fileErrors.file_not_uploaded)
      }
      return await database.tx(async (tx) => {
        const now = await lock(tx, id)
        if (now.state !== 'reserved') return hasEnded(now.state) ? refuseEnded(now) : now
        const next = await stepFile(tx, now, 'reserved', { state: 'uploaded', work: true })
        await changed(tx, next!)
        afterCommit(tx, () => work.loop.wake())
        return next!
      })
    },
    read,
    async download (file) {
      if (file.state !== 'ready') problem(baseErrors.not_found, { detail: `the file is ${file.state}, not ready` })
      const { fileName: name, contentType } = file
      return await store.presignDownload(keyIn(prefix, 'files', file), { name, contentType }, downloadSeconds)
        .catch(refuse)
    },
    open: async (file) => await store.get(keyIn(prefix, 'files', file)),
    async remove (tx, id, by) {
      const file = await lock(tx, id)
      if (stateAfter(file.state, 'removed') === undefined) return file
      const next = await stepFile(tx, file, file.state, { state: 'deleted', work: true, by })
      await changed(tx, next!)
      afterCommit(tx, () => work.loop.wake())
      return next!
    }
  }
}

async function read (database: TenantDatabase, id: string): Promise<StoredFile> {
  const file = await readFile(database.read, { tenantId: database.tenantId, id })
  return file ?? problem(baseErrors.not_found, { detail: `there is no file ${id}` })
}

async function lock (tx: TenantTx, id: string): Promise<StoredFile> {
  const file = await readFile(tx, { tenantId: tx.tenantId, id }, 'locked')
  return file ?? problem(baseErrors.not_found, { detail: `there is no file ${id}` })
}

function refuseOther (types: StoredFilesOptions['types'], contentType: string, sizeBytes: number): void {
  const most = Object.hasOwn(types, contentType) ? types[contentType] : undefined
  if (most === undefined) {
    const message = `must be one of ${Object.keys(types).join(', ')}`
    problem(baseErrors.validation_failed, { faults: [{ pointer: '/contentType', message }] })
  }
  if (sizeBytes > most) {
    const message = `must be at most ${most} for ${contentType}`
    problem(baseErrors.validation_failed, { faults: [{ pointer: '/sizeBytes', message }] })
  }
}

function refuseEnded ({ state, refusal }: StoredFile): never {
  const why = refusal === null ? '' : `: ${refusal}`
  problem(fileErrors.file_ended, { detail: `the file is ${state}${why}` })
}
