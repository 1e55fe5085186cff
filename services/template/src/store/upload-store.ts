import type { Read, TenantTx, Tx } from '@dueline/postgres'
import { and, eq, sql } from 'drizzle-orm'
import type { UploadFault, UploadState } from '../domain/upload.ts'
import { templateUpload } from './tables.ts'

export type Upload = typeof templateUpload.$inferSelect
type UploadKey = Pick<Upload, 'tenantId' | 'id'>

const keyIs = ({ tenantId, id }: UploadKey) => and(eq(templateUpload.tenantId, tenantId), eq(templateUpload.id, id))

export async function insertUpload (tx: TenantTx, made: Upload): Promise<void> {
  await tx.insert(templateUpload).values(made)
}

/** A tenant's upload to a template, or undefined. */
export async function findUpload (read: Read, key: UploadKey & { templateId: string }): Promise<Upload | undefined> {
  const [row] = await read.select().from(templateUpload)
    .where(and(keyIs(key), eq(templateUpload.templateId, key.templateId)))
  return row
}

/** Brings an upload to another state; `work`: whether the loop has something to do with it now. */
export async function stepUpload (
  tx: Tx,
  key: UploadKey,
  { state, fault = null, versionId = null, work = false }: {
    state: UploadState,
    fault?: UploadFault | null,
    versionId?: string | null,
    work?: boolean
  }
): Promise<Upload | undefined> {
  const [row] = await tx.update(templateUpload).set({
    state,
    fault,
    templateVersionId: versionId,
    workAt: work ? sql`now()` : null,
    tries: 0
  }).where(keyIs(key)).returning()
  return row
}

/** Claims the upload that has waited longest for its conversion, and puts it off in case this process dies. */
export async function claimUpload (tx: Tx, leaseSeconds: number): Promise<Upload | undefined> {
  const [row] = await tx.update(templateUpload).set({
    workAt: sql`now() + ${leaseSeconds} * interval '1 second'`,
    tries: sql`${templateUpload.tries} + 1`
  }).where(sql`(tenant_id, id) in (
    select tenant_id, id from template_upload where work_at <= now() order by work_at limit 1 for update skip locked
  )`).returning()
  return row
}

/** Locks an upload that is still to be converted; undefined when it is not any more. */
export async function lockConverting (tx: Tx, key: UploadKey): Promise<Upload | undefined> {
  const [row] = await tx.select().from(templateUpload)
    .where(and(keyIs(key), eq(templateUpload.state, 'converting'))).for('update')
  return row
}

/** Puts an upload off whose conversion could not be made. */
export async function putOffUpload (db: Read, key: UploadKey, seconds: number): Promise<void> {
  await db.update(templateUpload).set({ workAt: sql`now() + ${seconds} * interval '1 second'` })
    .where(and(keyIs(key), eq(templateUpload.state, 'converting')))
}
