import type { Micros } from '@dueline/business-time'
import { readInstant, type Read, type Tx } from '@dueline/postgres'
import type { FileState } from './domain/file-states.ts'
import type { Refusal } from './domain/verdict.ts'

/** A file that somebody sends or has sent; instants in microseconds, null where it has not come to that. */
export interface StoredFile {
  readonly tenantId: string
  readonly id: string
  readonly state: FileState
  readonly fileName: string
  readonly contentType: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly reservedBy: string
  readonly reservedAt: Micros
  /** Until when it may be uploaded and finished. */
  readonly expiresAt: Micros
  readonly uploadedAt: Micros | null
  readonly checkedAt: Micros | null
  readonly readyAt: Micros | null
  /** When it was refused, expired or deleted, and by whom it was deleted. */
  readonly endedAt: Micros | null
  readonly endedBy: string | null
  readonly refusal: Refusal | null
  /** When the store was asked, after the deletion, and had no object any more. */
  readonly objectGoneAt: Micros | null
}

/** A file that the loop has claimed, with how often that was for the same. */
export type ClaimedFile = StoredFile & { readonly tries: number }

const columns = `tenant_id, id, state, file_name, content_type, size_bytes, sha256, reserved_by, reserved_at,
  expires_at, uploaded_at, checked_at, ready_at, ended_at, ended_by, refusal, object_gone_at, tries`

type Row = Record<string, string | null> & { tries: number }

function fileOf (row: Row): ClaimedFile {
  const text = (name: string): string => row[name] ?? ''
  const instant = (name: string): Micros | null => row[name] == null ? null : readInstant(row[name])
  return {
    tenantId: text('tenant_id'),
    id: text('id'),
    state: text('state') as FileState,
    fileName: text('file_name'),
    contentType: text('content_type'),
    sizeBytes: Number(row['size_bytes']),
    sha256: text('sha256'),
    reservedBy: text('reserved_by'),
    reservedAt: readInstant(text('reserved_at')),
    expiresAt: readInstant(text('expires_at')),
    uploadedAt: instant('uploaded_at'),
    checkedAt: instant('checked_at'),
    readyAt: instant('ready_at'),
    endedAt: instant('ended_at'),
    endedBy: row['ended_by'] ?? null,
    refusal: row['refusal'] as Refusal | null,
    objectGoneAt: instant('object_gone_at'),
    tries: row.tries
  }
}

async function filesOf (db: Read, text: string, values: unknown[]): Promise<ClaimedFile[]> {
  const { rows } = await db.$client.query<Row>(text, values)
  return rows.map(fileOf)
}

/** What is said of a file when its space is reserved. */
export type NewFile = Pick<
  StoredFile,
  'tenantId' | 'id' | 'fileName' | 'contentType' | 'sizeBytes' | 'sha256' | 'reservedBy'
>

/** Inserts a reservation that ends after `seconds`. */
export async function insertFile (tx: Tx, file: NewFile, seconds: number): Promise<StoredFile> {
  const { tenantId, id, fileName, contentType, sizeBytes, sha256, reservedBy } = file
  const [inserted] = await filesOf(
    tx,
    `insert into stored_file
      (tenant_id, id, state, file_name, content_type, size_bytes, sha256, reserved_by, expires_at, work_at)
      values ($1, $2, 'reserved', $3, $4, $5, $6, $7, now() + $8 * interval '1 second',
        now() + $8 * interval '1 second')
      returning ${columns}`,
    [tenantId, id, fileName, contentType, sizeBytes, sha256, reservedBy, seconds]
  )
  return inserted!
}

/** A file of a tenant; locked when it is to be changed. */
export async function readFile (
  db: Read,
  { tenantId, id }: Pick<StoredFile, 'tenantId' | 'id'>,
  lock: 'locked' | 'free' = 'free'
): Promise<StoredFile | undefined> {
  const [found] = await filesOf(
    db,
    `select ${columns} from stored_file where tenant_id = $1 and id = $2 ${lock === 'locked' ? 'for update' : ''}`,
    [tenantId, id]
  )
  return found
}

/** What changes with a state. `work`: whether the loop has something to do with it now. */
export interface Step {
  readonly state: FileState
  readonly work: boolean
  readonly by?: string
  readonly refusal?: Refusal
}

const instantOf: Readonly<Partial<Record<FileState, string>>> = {
  uploaded: 'uploaded_at',
  checked: 'checked_at',
  ready: 'ready_at',
  refused: 'ended_at',
  expired: 'ended_at',
  deleted: 'ended_at'
}

/** Brings a file that is in the state `from` into another one; undefined when it is not in it any more. */
export async function stepFile (
  tx: Tx,
  { tenantId, id }: Pick<StoredFile, 'tenantId' | 'id'>,
  from: FileState,
  { state, work, by, refusal }: Step
): Promise<StoredFile | undefined> {
  const [changed] = await filesOf(
    tx,
    `update stored_file set state = $4, ${instantOf[state] ?? 'reserved_at'} = now(), ended_by = $5, refusal = $6,
        work_at = case when $7 then now() end, tries = 0
      where tenant_id = $1 and id = $2 and state = $3 returning ${columns}`,
    [tenantId, id, from, state, by ?? null, refusal ?? null, work]
  )
  return changed
}

/** Claims files with which there is something to do, and puts them off by `leaseSeconds`, in case this process dies. */
export async function claimFiles (tx: Tx, max: number, leaseSeconds: number): Promise<ClaimedFile[]> {
  return await filesOf(
    tx,
    `update stored_file set work_at = now() + $2 * interval '1 second', tries = tries + 1
      where (tenant_id, id) in (
        select tenant_id, id from stored_file where work_at <= now() order by work_at limit $1 for update skip locked)
      returning ${columns}`,
    [max, leaseSeconds]
  )
}

/** Puts a file off whose work has failed. */
export async function putOff (db: Read, file: StoredFile, seconds: number): Promise<void> {
  await db.$client.query(
    `update stored_file set work_at = now() + $4 * interval '1 second'
      where tenant_id = $1 and id = $2 and state = $3 and work_at is not null`,
    [file.tenantId, file.id, file.state, seconds]
  )
}

/**
 * Notes that the store has no object of an ended file any more. While the address for its upload is still good, an
 * object may come again: then only that it is to be looked for when that has ended.
 */
export async function noteGone (db: Read, file: StoredFile): Promise<void> {
  await db.$client.query(
    `update stored_file set object_gone_at = case when expires_at <= now() then now() end,
        work_at = case when expires_at > now() then expires_at end
      where tenant_id = $1 and id = $2 and state = $3 and object_gone_at is null`,
    [file.tenantId, file.id, file.state]
  )
}

/** An object may have come after its file has ended: it is to be looked for again. */
export async function lookAgain (db: Read, { tenantId, id }: StoredFile): Promise<void> {
  await db.$client.query(
    `update stored_file set object_gone_at = null, work_at = now()
      where tenant_id = $1 and id = $2 and ended_at is not null`,
    [tenantId, id]
  )
}

/** The states of files, by `<tenant>/<id>`; those that do not exist are left out. */
export async function statesOf (
  db: Read,
  files: ReadonlyArray<{ tenantId: string, id: string }>
): Promise<Map<string, FileState>> {
  const { rows } = await db.$client.query<{ tenant_id: string, id: string, state: FileState }>(
    `select tenant_id, id, state from stored_file
      join unnest($1::text[], $2::uuid[]) as asked(tenant_id, id) using (tenant_id, id)`,
    [files.map(({ tenantId }) => tenantId), files.map(({ id }) => id)]
  )
  return new Map(rows.map(({ tenant_id: tenantId, id, state }) => [`${tenantId}/${id}`, state]))
}
