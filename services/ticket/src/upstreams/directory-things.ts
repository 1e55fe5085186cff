import { isUuid, TeamSnapshot, UnitSnapshot } from '@dueline/contracts'
import { ownedCopies, type Asker, type Upstream } from '@dueline/http'
import type { TenantDatabases } from '@dueline/postgres'
import { FreshCache, type Clock } from '@dueline/runtime'
import { directoryCopyRow, findDirectoryCopies, saveDirectoryCopies, type DirectoryCopy } from '@dueline/service'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Clean } from 'typebox/value'

/** Teams or units that callers name, by the copies or by the directory. */
export interface DirectoryThings<Kind extends 'team' | 'unit'> {
  /**
   * Those of the named ones that the tenant has, some seconds old at most, by id; what is no id is none of them.
   * @throws Problem 503 when the directory has to be asked and does not answer
   */
  find(asker: Asker, ids: readonly string[]): Promise<Map<string, DirectoryCopy<Kind>>>
  /** To be called after a copy has changed, so that this process at least sees it at once. */
  forget(tenantId: string, id: string): void
}
export type Teams = DirectoryThings<'team'>
export type Units = DirectoryThings<'unit'>

const kinds = {
  team: { schema: TeamSnapshot, path: '/v1/teams' },
  unit: { schema: UnitSnapshot, path: '/v1/units' }
} as const

/** `directory` undefined: the copies are all there is. */
export function createDirectoryThings<Kind extends 'team' | 'unit'> (
  kind: Kind,
  { database, clock, directory, freshMicros = 5_000_000 }: {
    database: TenantDatabases,
    clock: Clock,
    directory: Upstream | undefined,
    freshMicros?: number
  }
): DirectoryThings<Kind> {
  type Copy = DirectoryCopy<Kind>
  const memory = new FreshCache<Copy>(clock, freshMicros)
  const { path, schema } = kinds[kind]
  const answer = Compile(schema as TSchema)
  const copies = ownedCopies<{ readonly id: string }, Copy, Copy, Copy & { tenantId: string }>({
    database,
    owner: directory,
    memory,
    read: async (read, tenantId, ids) => await findDirectoryCopies(read, tenantId, kind, ids),
    async save (read, rows) {
      await saveDirectoryCopies(
        read,
        rows.map(({ tenantId, deleted: _, ...copy }) => directoryCopyRow(tenantId, kind, copy as unknown as Copy))
      )
    },
    path: ({ id }) => `${path}/${id}`,
    isAnswer: (body): body is Copy => answer.Check(body),
    // answers say more than events do
    rowOf: (found, _, tenantId) => ({ ...Clean(schema, found) as Copy, deleted: false, tenantId })
  })
  return {
    find: async (asker, ids) => await copies.find(asker, ids.filter(isUuid).map((id) => ({ id }))),
    forget: (tenantId, id) => memory.forget(tenantId, id)
  }
}
