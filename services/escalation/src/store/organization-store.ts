import { formatInstant, parseInstant, type Micros } from '@dueline/business-time'
import {
  defaultLevels,
  type AbsenceChanged,
  type AvailabilityChanged,
  type HierarchyLevel,
  type LevelsChanged
} from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import type { Organization, Presence } from '../domain/people.ts'

// substitutes are followed, through absences of their own; union ends circles
const presenceSql = `
  with recursive asked (tenant_id, id) as (
    select * from unnest($1::text[], $2::text[])
    union
    select a.tenant_id, a.snapshot ->> 'substituteId' from asked q join directory_copy a
      on a.tenant_id = q.tenant_id and a.kind = 'absence' and a.snapshot ->> 'personId' = q.id
    where ${holdsAt('a')} and a.snapshot ->> 'substituteId' is not null)
  select a.tenant_id as "tenantId", a.kind, a.snapshot from asked q join directory_copy a
    on a.tenant_id = q.tenant_id and a.kind = 'absence' and a.snapshot ->> 'personId' = q.id
  where ${holdsAt('a')}
  union all
  select v.tenant_id, v.kind, v.snapshot from asked q join directory_copy v
    on v.tenant_id = q.tenant_id and v.kind = 'availability' and v.id = q.id`

function holdsAt (copy: string): string {
  return `not ${copy}.deleted and (${copy}.snapshot ->> 'from')::timestamptz <= $3::timestamptz
      and $3::timestamptz < (${copy}.snapshot ->> 'to')::timestamptz`
}

type PresenceRow =
  | { tenantId: string, kind: 'absence', snapshot: AbsenceChanged['absence'] }
  | { tenantId: string, kind: 'availability', snapshot: AvailabilityChanged['availability'] }

interface Described {
  levels: readonly HierarchyLevel[]
  readonly presence: Map<string, Presence>
  readonly at: Micros
}

/**
 * The levels of tenants, and who of these people is there at an instant; those who stand in for them too. By tenant.
 */
export async function readOrganizations (
  tx: Tx,
  people: ReadonlyMap<string, readonly string[]>,
  at: Micros
): Promise<Map<string, Organization>> {
  const found = new Map<string, Described>(
    [...people.keys()].map((tenantId) => [tenantId, { levels: defaultLevels, presence: new Map(), at }])
  )
  if (found.size === 0) return found
  const asked = [...people].flatMap(([tenantId, ids]) => ids.map((id) => [tenantId, id] as const))
  const { rows: levels } = await tx.$client.query<{ tenantId: string, snapshot: Pick<LevelsChanged, 'levels'> }>({
    name: 'organization-levels',
    text: `select tenant_id as "tenantId", snapshot from directory_copy
      where kind = 'levels' and id = 'levels' and tenant_id = any($1::text[])`,
    values: [[...people.keys()]]
  })
  for (const { tenantId, snapshot } of levels) found.get(tenantId)!.levels = snapshot.levels
  const { rows } = await tx.$client.query<PresenceRow>({
    name: 'organization-presence',
    text: presenceSql,
    values: [asked.map(([tenantId]) => tenantId), asked.map(([, id]) => id), formatInstant(at)]
  })
  for (const row of rows) addPresence(found.get(row.tenantId)!.presence, row)
  return found
}

function addPresence (presence: Map<string, Presence>, row: PresenceRow): void {
  const { personId } = row.snapshot
  const before = presence.get(personId) ?? { state: null, until: null, absences: [] }
  if (row.kind === 'availability') {
    const { state, until } = row.snapshot
    presence.set(personId, { ...before, state, until: until === null ? null : parseInstant(until) })
    return
  }
  const { from, to, substituteId } = row.snapshot
  const absence = { from: parseInstant(from), to: parseInstant(to), substituteId }
  presence.set(personId, { ...before, absences: [...before.absences, absence] })
}

/** Those who stand in for somebody, as far as they are named. */
export function substitutesIn ({ presence }: Organization): string[] {
  return [...presence.values()].flatMap(({ absences }) => absences.flatMap(({ substituteId }) => substituteId ?? []))
}
