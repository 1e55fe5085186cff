import type { Role } from '@dueline/contracts'
import type { Read, Tx } from '@dueline/postgres'
import { and, eq } from 'drizzle-orm'
import { person } from './tables.ts'

/** This service's copy of a person. */
export interface PersonRecord {
  readonly tenantId: string
  readonly id: string
  readonly role: Role
  readonly active: boolean
  readonly version: number
}

export async function findPerson (read: Read, tenantId: string, id: string): Promise<PersonRecord | undefined> {
  const [found] = await read.select().from(person).where(and(eq(person.tenantId, tenantId), eq(person.id, id)))
  return found
}

/** Keeps the newest of each; several versions of one person in one call are fine. */
export async function savePeople (tx: Tx, people: readonly PersonRecord[]): Promise<void> {
  const newest = new Map<string, PersonRecord>()
  for (const one of people) {
    const key = `${one.tenantId}/${one.id}`
    if ((newest.get(key)?.version ?? 0) < one.version) newest.set(key, one)
  }
  const list = [...newest.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  await tx.$client.query({
    name: 'person-save',
    text: `insert into person as p (tenant_id, id, role, active, version)
           select * from unnest($1::text[], $2::uuid[], $3::text[], $4::boolean[], $5::integer[])
           on conflict (tenant_id, id) do update
             set role = excluded.role, active = excluded.active, version = excluded.version
           where excluded.version > p.version`,
    values: [
      list.map((one) => one.tenantId),
      list.map((one) => one.id),
      list.map((one) => one.role),
      list.map((one) => one.active),
      list.map((one) => one.version)
    ]
  })
}
