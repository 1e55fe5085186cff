import type { Read } from '@dueline/postgres'
import { overviewMax } from './overview-store.ts'
import { isActive, membersOfTeam } from './team-store.ts'

/** A team, product or unit, and who works for it. */
export interface Division {
  readonly id: string
  readonly name: string
  readonly personIds: readonly string[]
}

/** The active teams of a tenant with their members, by name, at most `overviewMax` and one more. */
export async function divisionsByTeam (read: Read, tenantId: string): Promise<Division[]> {
  const { rows } = await read.$client.query<Division>({
    name: 'overview-teams',
    text: `
      select id, snapshot ->> 'name' as name, array(${membersOfTeam('team')}) as "personIds"
      from directory_copy team where tenant_id = $1 and kind = 'team' and ${isActive('team')}
      order by name, id limit ${overviewMax + 1}`,
    values: [tenantId]
  })
  return rows
}

/** A unit with those who belong to it itself, not to one below. */
export interface UnitDivision extends Division {
  readonly parentId: string | null
}

/** The active units of a tenant with the staff of each, by name, at most `overviewMax` and one more. */
export async function divisionsByUnit (read: Read, tenantId: string): Promise<UnitDivision[]> {
  const { rows } = await read.$client.query<UnitDivision>({
    name: 'overview-units',
    text: `
      select u.id, u.snapshot ->> 'name' as name, u.snapshot ->> 'parentId' as "parentId",
        array(select p.id::text from person p
          where p.tenant_id = $1 and p.unit_id = u.id::uuid and p.role <> 'customer') as "personIds"
      from directory_copy u where u.tenant_id = $1 and u.kind = 'unit' and ${isActive('u')}
      order by name, u.id limit ${overviewMax + 1}`,
    values: [tenantId]
  })
  return rows
}

/**
 * The active products of a tenant by name, at most `overviewMax` and one more, with whoever is responsible for them or
 * a module of theirs: by name, as a member of a team that is, or of a team that covers them.
 */
export async function divisionsByProduct (read: Read, tenantId: string): Promise<Division[]> {
  const { rows } = await read.$client.query<Division>({
    name: 'overview-products',
    text: `
      with product as (
        select id, name from catalogue_item where tenant_id = $1 and kind = 'product' and active
        order by name, id limit ${overviewMax + 1}),
      item as (
        select id, id as product_id from product
        union all
        select m.id, m.product_id from catalogue_item m join product p on p.id = m.product_id
        where m.tenant_id = $1 and m.kind = 'module' and m.active),
      owner as (
        select i.product_id, r.snapshot ->> 'personId' as person_id, r.snapshot ->> 'teamId' as team_id from item i
          join directory_copy r on r.tenant_id = $1 and r.kind = 'responsibility' and not r.deleted
            and coalesce(r.snapshot ->> 'productId', r.snapshot ->> 'moduleId') = i.id::text
        union all
        select i.product_id, null, t.id from item i join directory_copy t on t.tenant_id = $1 and t.kind = 'team'
          and (t.snapshot -> 'productIds' ? i.id::text or t.snapshot -> 'moduleIds' ? i.id::text)),
      worker as (
        select product_id, person_id from owner where person_id is not null
        union
        select o.product_id, m.id from owner o
          join directory_copy t on t.tenant_id = $1 and t.kind = 'team' and t.id = o.team_id and ${isActive('t')}
          cross join lateral (${membersOfTeam('t')}) as m(id))
      select p.id, p.name, coalesce(array_agg(w.person_id) filter (where w.person_id is not null), '{}') as "personIds"
      from product p left join worker w on w.product_id = p.id group by p.id, p.name order by p.name, p.id`,
    values: [tenantId]
  })
  return rows
}
