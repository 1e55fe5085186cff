import type { Read } from '@dueline/postgres'
import { isActive } from './team-store.ts'

/**
 * Who of the active staff belongs to each of these units or to one below it, by the unit that is asked for. Units that
 * are not active have none, and lead to none below; a circle, as copies may show it for moments, ends.
 */
export async function staffOfUnits (
  read: Read,
  tenantId: string,
  unitIds: readonly string[]
): Promise<Map<string, string[]>> {
  if (unitIds.length === 0) return new Map()
  const { rows } = await read.$client.query<{ root: string, person_ids: string[] }>({
    name: 'assignment-units',
    text: `
      with recursive below (root, id) as (
        select u.id, u.id from directory_copy u
        where u.tenant_id = $1 and u.kind = 'unit' and u.id = any($2::text[]) and ${isActive('u')}
        union
        select b.root, u.id from below b join directory_copy u
          on u.tenant_id = $1 and u.kind = 'unit' and u.snapshot ->> 'parentId' = b.id and ${isActive('u')})
      select b.root, array_agg(p.id::text) as person_ids from below b
        join person p on p.tenant_id = $1 and p.unit_id = b.id::uuid and p.active and p.role <> 'customer'
      group by b.root`,
    values: [tenantId, [...new Set(unitIds)]]
  })
  return new Map(rows.map(({ root, person_ids: people }) => [root, people]))
}
