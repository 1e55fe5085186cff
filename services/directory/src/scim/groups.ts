import { isUuid } from '@dueline/contracts'
import type { TenantTx } from '@dueline/postgres'
import { isUniqueViolation } from '@dueline/postgres'
import { emptyTeam, type TeamDraft } from '../domain/team.ts'
import type { Resource } from '../domain/scim/attributes.ts'
import { groupType, userType } from '../domain/scim/schemas.ts'
import { refused, ScimError } from '../domain/scim/scim-error.ts'
import { insertRow, removeRow, updateRow } from '../routes/aggregates.ts'
import type { RouteDeps } from '../routes/route-deps.ts'
import { teams } from '../routes/teams.ts'
import type { Stamped } from '../store/aggregate-store.ts'
import { countGroups, membersAmong, saveGroupName, selectGroups } from '../store/scim-group-store.ts'
import { locationOf, type Kind, type Stored } from './kind.ts'

type Team = TeamDraft & Stamped

function memberOf (id: string): Resource {
  return { value: id, $ref: locationOf(userType, id), type: 'User' }
}

function storedOf ({ id, name, memberIds, version, createdAt, updatedAt }: Team, externalId: string | null): Stored {
  const resource: Resource = {
    ...(externalId === null ? {} : { externalId }),
    displayName: name,
    ...(memberIds.length === 0 ? {} : { members: memberIds.map(memberOf) })
  }
  return { id, resource, version: String(version), createdAt, updatedAt }
}

/** The ids of the members that a resource names, each once. */
function memberIdsOf (resource: Resource): string[] {
  const members = (resource['members'] ?? []) as ReadonlyArray<Readonly<Record<string, unknown>>>
  const ids = members.map(({ value, type, $ref }) => {
    const isGroup = String(type).toLowerCase() === 'group' || /\/Groups\/[^/]+$/i.test(String($ref))
    if (isGroup) refused('invalidValue', 'a group cannot be a member of a group: name its users')
    return typeof value === 'string' ? value.toLowerCase() : refused('invalidValue', 'each member needs its value')
  })
  return [...new Set(ids)]
}

/** @throws ScimError invalidValue naming the members, up to ten of them, that are not there or may not be members */
async function checkMembers (tx: TenantTx, ids: readonly string[], before: readonly string[]): Promise<void> {
  const known = new Set(before)
  const added = ids.filter((id) => !known.has(id))
  if (added.length === 0) return
  const found = await membersAmong(tx, added.filter(isUuid))
  const refusedFor = (wanted: string) => added.filter((id) => (found.get(id) ?? 'nobody') === wanted)
  const faults: Array<[string, string]> = [
    ['team', 'a group cannot be a member of a group: name its users'],
    ['customer', 'customers cannot be members'],
    ['nobody', 'there is no such user']
  ]
  for (const [what, detail] of faults) {
    const [first, ...more] = refusedFor(what)
    if (first === undefined) continue
    refused('invalidValue', `${detail}: ${[first, ...more.slice(0, 9)].join(', ')}`)
  }
}

async function saveExternalId (tx: TenantTx, teamId: string, externalId: string | null): Promise<void> {
  await saveGroupName(tx, teamId, externalId).catch((error: unknown) => {
    if (!isUniqueViolation(error, 'scim_group_external_id')) throw error
    throw new ScimError(409, 'uniqueness', 'another group has this externalId')
  })
}

function draftOf (before: TeamDraft, resource: Resource): TeamDraft {
  return { ...before, name: resource['displayName'] as string, memberIds: memberIdsOf(resource) }
}

/** Groups are teams: what a directory does not know of them (lead, calendar, what they cover) stays as it is. */
export function groupKind (deps: RouteDeps): Kind {
  return {
    type: groupType,
    indexed: ['id', 'externalId', 'displayName'],
    async find (read, tenantId, id, { lock = false } = {}) {
      const [found] = await selectGroups(read, tenantId, { equal: { id }, limit: 1, lock })
      return found === undefined ? undefined : storedOf(found.team, found.externalId)
    },
    async select (read, tenantId, selection) {
      const found = await selectGroups(read, tenantId, selection)
      return found.map(({ team, externalId }) => storedOf(team, externalId))
    },
    count: countGroups,
    async insert (tx, resource) {
      const draft = draftOf(emptyTeam, resource)
      await checkMembers(tx, draft.memberIds, [])
      const row = await insertRow(tx, deps, teams, draft)
      const externalId = (resource['externalId'] ?? null) as string | null
      if (externalId !== null) await saveExternalId(tx, row.id, externalId)
      return storedOf(row, externalId)
    },
    async update (tx, { id, resource: was }, resource) {
      const before = (await teams.store.find(tx, tx.tenantId, id))!
      const next = { ...before, ...draftOf(before, resource) }
      await checkMembers(tx, next.memberIds, before.memberIds)
      const row = await updateRow<TeamDraft>(tx, deps, teams, next)
      const externalId = (resource['externalId'] ?? null) as string | null
      if (externalId !== (was['externalId'] ?? null)) await saveExternalId(tx, id, externalId)
      return storedOf(row, externalId)
    },
    async remove (tx, { id }) {
      await removeRow(tx, deps, teams, (await teams.store.find(tx, tx.tenantId, id))!)
    }
  }
}
