import { isUuid } from '@dueline/contracts'
import type { Read, TenantTx } from '@dueline/postgres'
import { and, asc, count, eq, gt, sql, type SQL } from 'drizzle-orm'
import type { TeamDraft } from '../domain/team.ts'
import type { Stamped } from './aggregate-store.ts'
import { scimGroup, team } from './tables.ts'

/** What an index finds groups by. */
interface Equal {
  readonly id?: string | boolean
  readonly externalId?: string | boolean
  readonly displayName?: string | boolean
}

/** A team, with what the directory calls it. */
interface Group {
  readonly team: TeamDraft & Stamped
  readonly externalId: string | null
}

const named = and(eq(scimGroup.tenantId, team.tenantId), eq(scimGroup.teamId, team.id))

function conditions (tenantId: string, { id, externalId, displayName }: Equal): SQL | undefined {
  return and(
    eq(team.tenantId, tenantId),
    id === undefined ? undefined : isUuid(String(id)) ? eq(team.id, String(id)) : sql`false`,
    externalId === undefined ? undefined : eq(scimGroup.externalId, String(externalId)),
    displayName === undefined ? undefined : sql`lower(${team.name}) = lower(${String(displayName)})`
  )
}

/** Groups in the order of their ids; `lock` keeps their teams as they are until the transaction ends. */
export async function selectGroups (
  read: Read,
  tenantId: string,
  { equal, after, offset = 0, limit, lock = false }: {
    equal: Equal,
    after?: string | undefined,
    offset?: number,
    limit: number,
    lock?: boolean
  }
): Promise<Group[]> {
  const behind = after === undefined ? undefined : gt(team.id, after)
  const query = read.select({ team, externalId: scimGroup.externalId }).from(team).leftJoin(scimGroup, named)
    .where(and(conditions(tenantId, equal), behind)).orderBy(asc(team.id)).limit(limit).offset(offset)
  const rows = await (lock ? query.for('update', { of: team }) : query)
  return rows.map(({ team: { tenantId: _, ...row }, externalId }) => ({ team: row, externalId }))
}

export async function countGroups (read: Read, tenantId: string, equal: Equal): Promise<number> {
  const [row] = await read.select({ total: count() }).from(team).leftJoin(scimGroup, named)
    .where(conditions(tenantId, equal))
  return row?.total ?? 0
}

/** What the directory calls a team; null: nothing. @throws a violation of scim_group_external_id */
export async function saveGroupName (tx: TenantTx, teamId: string, externalId: string | null): Promise<void> {
  const { tenantId } = tx
  if (externalId === null) {
    await tx.delete(scimGroup).where(and(eq(scimGroup.tenantId, tenantId), eq(scimGroup.teamId, teamId)))
    return
  }
  await tx.insert(scimGroup).values({ tenantId, teamId, externalId })
    .onConflictDoUpdate({ target: [scimGroup.tenantId, scimGroup.teamId], set: { externalId } })
}

/**
 * What those of the given ids are that there are, but users whom the directory has deleted; one statement, however
 * many.
 */
export async function membersAmong (
  tx: TenantTx,
  ids: readonly string[]
): Promise<Map<string, 'staff' | 'customer' | 'team'>> {
  const { rows } = await tx.$client.query<{ id: string, kind: 'staff' | 'customer' | 'team' }>({
    name: 'scim-members',
    text: `select id, case role when 'customer' then 'customer' else 'staff' end as kind
        from person where tenant_id = $1 and id = any($2::uuid[]) and not exists (select from scim_user u
          where u.tenant_id = $1 and u.person_id = person.id and u.deleted)
      union all select id, 'team' from team where tenant_id = $1 and id = any($2::uuid[])`,
    values: [tx.tenantId, ids]
  })
  return new Map(rows.map(({ id, kind }) => [id, kind]))
}
