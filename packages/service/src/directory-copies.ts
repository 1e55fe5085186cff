import type { DuelineEvent, EventType } from '@dueline/contracts'
import type { Handler } from '@dueline/messaging'
import { jsonArrayParam, type MigrationSource } from '@dueline/postgres'

/** The table `directory_copy`, for the schema of each service that keeps copies of what the directory owns. */
export const directoryCopyMigrations: MigrationSource = {
  name: 'directory-copies',
  directory: new URL('../migrations/', import.meta.url)
}

/** A thing of the directory, as an event has it. */
interface Copy {
  readonly kind: string
  readonly id: string
  readonly version: number
  readonly deleted: boolean
  readonly snapshot: object
}

/** What is copied, by the event that says it. */
const copies = {
  'dueline.team.changed.v1': ({ team, deleted }) => ({ kind: 'team', ...headOf(team), deleted, snapshot: team }),
  'dueline.responsibility.changed.v1': ({ responsibility, deleted }) => ({
    kind: 'responsibility',
    ...headOf(responsibility),
    deleted,
    snapshot: responsibility
  })
} as const satisfies { [T in EventType]?: (data: DuelineEvent<T>['data']) => Copy }

/** The events that `onDirectoryChanged` copies. */
export type CopiedType = keyof typeof copies
export const copiedTypes = Object.keys(copies) as CopiedType[]

function headOf ({ id, version }: { id: string, version: number }): { id: string, version: number } {
  return { id, version }
}

function copyOf (event: DuelineEvent<CopiedType>): Copy {
  return (copies[event.type] as (data: object) => Copy)(event.data)
}

export function isCopied (event: DuelineEvent): event is DuelineEvent<CopiedType> {
  return event.type in copies
}

// one order of locks for all writers
const saveSql = `
  insert into directory_copy as known (tenant_id, kind, id, version, deleted, snapshot)
  select distinct on (tenant_id, kind, id) *
  from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::boolean[], $6::jsonb[])
    as x(tenant_id, kind, id, version, deleted, snapshot)
  order by tenant_id, kind, id, version desc
  on conflict (tenant_id, kind, id) do update
    set version = excluded.version, deleted = excluded.deleted, snapshot = excluded.snapshot
  where excluded.version > known.version`

/** Keeps the newest of each thing, whatever order its events come in. What is deleted stays, as such. */
export const onDirectoryChanged: Handler<CopiedType> = async (tx, events) => {
  if (events.length === 0) return
  const rows = events.map((event) => ({ tenantId: event.tenantid, ...copyOf(event) }))
  await tx.$client.query({
    name: 'directory-copy-save',
    text: saveSql,
    values: [
      rows.map(({ tenantId }) => tenantId),
      rows.map(({ kind }) => kind),
      rows.map(({ id }) => id),
      rows.map(({ version }) => version),
      rows.map(({ deleted }) => deleted),
      jsonArrayParam(rows.map(({ snapshot }) => JSON.stringify(snapshot)))
    ]
  })
}
