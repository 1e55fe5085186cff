import type { Read, TenantTx } from '@dueline/postgres'
import { and, asc, eq, type InferSelectModel } from 'drizzle-orm'
import { customField } from './tables.ts'

/** What is said of a field, as it is stored. Instants in microseconds. */
export type StoredCustomField = Omit<InferSelectModel<typeof customField>, 'tenantId'>

/** Most fields of which a tenant can say something: as many as `custom` of a ticket can have. */
export const customFieldsMax = 200

function isField (tenantId: string, id: string) {
  return and(eq(customField.tenantId, tenantId), eq(customField.id, id))
}

function fieldOf ({ tenantId: _, ...field }: InferSelectModel<typeof customField>): StoredCustomField {
  return field
}

/** All that a tenant says of fields, by their names. */
export async function listCustomFields (read: Read, tenantId: string): Promise<StoredCustomField[]> {
  const rows = await read.select().from(customField).where(eq(customField.tenantId, tenantId))
    .orderBy(asc(customField.name))
  return rows.map(fieldOf)
}

/** The same by name; nothing is read when none of the objects has a field. */
export async function customFieldsOf (
  read: Read,
  tenantId: string,
  objects: ReadonlyArray<Readonly<Record<string, unknown>> | undefined>
): Promise<Map<string, StoredCustomField>> {
  if (objects.every((custom) => Object.keys(custom ?? {}).length === 0)) return new Map()
  return new Map((await listCustomFields(read, tenantId)).map((field) => [field.name, field]))
}

/** What the tenant says of the field, or undefined; `lock` keeps it as it is until the transaction ends. */
export async function findCustomField (
  read: Read,
  tenantId: string,
  id: string,
  { lock = false } = {}
): Promise<StoredCustomField | undefined> {
  const query = read.select().from(customField).where(isField(tenantId, id))
  const [row] = await (lock ? query.for('update') : query)
  return row === undefined ? undefined : fieldOf(row)
}

/** @throws a unique violation of `custom_field_tenant_id_name_key` when the name is taken */
export async function insertCustomField (tx: TenantTx, field: StoredCustomField): Promise<void> {
  await tx.insert(customField).values({ ...field, tenantId: tx.tenantId })
}

/** Writes a field that is locked. */
export async function updateCustomField (tx: TenantTx, { id, ...field }: StoredCustomField): Promise<void> {
  await tx.update(customField).set(field).where(isField(tx.tenantId, id))
}

export async function removeCustomField (tx: TenantTx, id: string): Promise<void> {
  await tx.delete(customField).where(isField(tx.tenantId, id))
}
