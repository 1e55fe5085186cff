import type {
  AbsenceChanged,
  DuelineEvent,
  EventType,
  ResponsibilitySnapshot,
  TeamSnapshot,
  UnitSnapshot
} from '@dueline/contracts'
import type { Handler } from '@dueline/messaging'
import { newestWins, type MigrationSource, type Read } from '@dueline/postgres'
import { and, eq, inArray } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

/** The table `directory_copy`, for the schema of each service that keeps copies of what the directory owns. */
export const directoryCopyMigrations: MigrationSource = {
  name: 'directory-copies',
  directory: new URL('../migrations/', import.meta.url)
}

const directoryCopy = pgTable('directory_copy', {
  tenantId: text('tenant_id').notNull(),
  kind: text('kind').notNull(),
  id: text('id').notNull(),
  version: integer('version').notNull(),
  deleted: boolean('deleted').notNull(),
  snapshot: jsonb('snapshot').$type<object>().notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.kind, t.id] })])

/** What is copied and has an id of its own, by its kind. */
interface Snapshots {
  readonly team: TeamSnapshot
  readonly responsibility: ResponsibilitySnapshot
  readonly unit: UnitSnapshot
  readonly absence: AbsenceChanged['absence']
}
export type CopiedKind = keyof Snapshots

/** The newest that is known of a thing; `deleted`: it is no more. */
export type DirectoryCopy<Kind extends CopiedKind> = Snapshots[Kind] & { readonly deleted: boolean }

/** A thing of the directory as it is stored. */
type Row = typeof directoryCopy.$inferInsert

/** The row of a thing that its event, or its owner, has told. */
export function directoryCopyRow<Kind extends CopiedKind> (
  tenantId: string,
  kind: Kind,
  snapshot: Snapshots[Kind],
  deleted = false
): Row {
  return { tenantId, kind, id: snapshot.id, version: snapshot.version, deleted, snapshot }
}

/** What is copied, by the event that says it. */
const copies = {
  'dueline.team.changed.v1': ({ team, deleted }, tenantId) => directoryCopyRow(tenantId, 'team', team, deleted),
  'dueline.responsibility.changed.v1': ({ responsibility, deleted }, tenantId) =>
    directoryCopyRow(tenantId, 'responsibility', responsibility, deleted),
  'dueline.unit.changed.v1': ({ unit, deleted }, tenantId) => directoryCopyRow(tenantId, 'unit', unit, deleted),
  // the levels of a tenant are one thing, which its tenant names
  'dueline.levels.changed.v1': ({ version, ...snapshot }, tenantId) => ({
    tenantId,
    kind: 'levels',
    id: 'levels',
    version,
    deleted: false,
    snapshot
  }),
  'dueline.absence.changed.v1': ({ absence, deleted }, tenantId) =>
    directoryCopyRow(tenantId, 'absence', absence, deleted),
  'dueline.availability.changed.v1': ({ availability }, tenantId) => ({
    tenantId,
    kind: 'availability',
    id: availability.personId,
    version: availability.version,
    deleted: false,
    snapshot: availability
  })
} as const satisfies { [T in EventType]?: (data: DuelineEvent<T>['data'], tenantId: string) => Row }

/** The events that `onDirectoryChanged` copies. */
export type CopiedType = keyof typeof copies
export const copiedTypes = Object.keys(copies) as CopiedType[]

function copyOf ({ type, data, tenantid }: DuelineEvent<CopiedType>): Row {
  return (copies[type] as (data: object, tenantId: string) => Row)(data, tenantid)
}

export function isCopied (event: DuelineEvent): event is DuelineEvent<CopiedType> {
  return event.type in copies
}

/** Keeps the newest of each thing. */
export const saveDirectoryCopies = newestWins(directoryCopy, ['version'])

/** Keeps the newest of each thing, whatever order its events come in. What is deleted stays, as such. */
export const onDirectoryChanged: Handler<CopiedType> = async (tx, events) => {
  await saveDirectoryCopies(tx, events.map(copyOf))
}

/** Those of the given things that the tenant's copies have, what is deleted included, by id. */
export async function findDirectoryCopies<Kind extends CopiedKind> (
  read: Read,
  tenantId: string,
  kind: Kind,
  ids: readonly string[]
): Promise<Map<string, DirectoryCopy<Kind>>> {
  if (ids.length === 0) return new Map()
  const rows = await read.select().from(directoryCopy).where(and(
    eq(directoryCopy.tenantId, tenantId),
    eq(directoryCopy.kind, kind),
    inArray(directoryCopy.id, [...ids])
  ))
  return new Map(rows.map(({ id, snapshot, deleted }) => [id, { ...snapshot as Snapshots[Kind], deleted }]))
}
