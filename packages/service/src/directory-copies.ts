import type { DuelineEvent, EventType } from '@dueline/contracts'
import type { Handler } from '@dueline/messaging'
import { newestWins, type MigrationSource } from '@dueline/postgres'
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
  }),
  // the levels of a tenant are one thing, which its tenant names
  'dueline.levels.changed.v1': ({ version, ...snapshot }) => ({
    kind: 'levels',
    id: 'levels',
    version,
    deleted: false,
    snapshot
  }),
  'dueline.absence.changed.v1': ({ absence, deleted }) => ({
    kind: 'absence',
    ...headOf(absence),
    deleted,
    snapshot: absence
  }),
  'dueline.availability.changed.v1': ({ availability }) => ({
    kind: 'availability',
    id: availability.personId,
    version: availability.version,
    deleted: false,
    snapshot: availability
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

const save = newestWins(directoryCopy, ['version'])

/** Keeps the newest of each thing, whatever order its events come in. What is deleted stays, as such. */
export const onDirectoryChanged: Handler<CopiedType> = async (tx, events) => {
  await save(tx, events.map((event) => ({ tenantId: event.tenantid, ...copyOf(event) })))
}
