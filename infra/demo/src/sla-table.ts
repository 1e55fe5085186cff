import { isDeepStrictEqual } from 'node:util'
import type { AnswerOf, Client, ItemOf } from '@dueline/client'

type SlaRow = ItemOf<'listSlaRows'>
type PublishedRow = AnswerOf<'getPolicyVersion'>['rows'][number]

/** The demonstration does not run, since it would change what is not its own; the message says what it lacks. */
export class DemoRefused extends Error {
  override readonly name = 'DemoRefused'
}

/** The tenant's SLA table: as it is edited, and as it holds. */
export interface SlaTable {
  rows: readonly SlaRow[]
  published: readonly PublishedRow[]
  /** Whether a publish would change the defaults too. */
  newDefaults: boolean
}

export async function readSlaTable (sales: Client): Promise<SlaTable> {
  const rows: SlaRow[] = []
  for await (const row of sales.paginate('/v1/sla-rows')) rows.push(row)
  const { defaults } = (await sales.get('/v1/sla-policy-settings')).data
  const { items: [newest] } = (await sales.get('/v1/policy-versions', { query: { limit: 1 } })).data
  if (newest === undefined) {
    return { rows, published: [], newDefaults: Object.values(defaults).some((terms) => terms !== null) }
  }
  const path = { version: newest.version }
  const { rows: published } = (await sales.get('/v1/policy-versions/{version}', { path })).data
  return { rows, published, newDefaults: !isDeepStrictEqual(defaults, newest.defaults) }
}

const namesMax = 3

/**
 * Refuses to publish what somebody else has not: a publish takes the whole table.
 * @param own name of the row that is to be published
 * @throws DemoRefused when the publish would bring, change or take away anything beside that row
 */
export function refuseOtherChanges ({ rows, published, newDefaults }: SlaTable, own: string): void {
  const active = new Map(rows.filter((row) => row.active).map((row) => [row.id, row]))
  const publishedIds = new Set(published.map(({ id }) => id))
  const brought = [...active.values()].filter(({ id }) => !publishedIds.has(id))
  const changed = published.filter((row) => !isSame(active.get(row.id), row))
  const names = [...brought, ...changed].map(({ name }) => name).filter((name) => name !== own)
  const listed = names.slice(0, namesMax).map((name) => `"${name}"`)
  if (names.length > namesMax) listed.push(`${names.length - namesMax} more`)
  if (newDefaults) listed.push('the defaults')
  if (listed.length === 0) return
  throw new DemoRefused(
    `an SLA table without unpublished changes: to publish "${own}" would publish those of ${listed.join(', ')} too; ` +
      'publish them yourself (POST /v1/policy-versions) or take them back, then run the demonstration again'
  )
}

/** Whether a publish would leave a published row as it is. A field that is younger than the version is open there. */
function isSame (row: SlaRow | undefined, published: PublishedRow): boolean {
  if (row === undefined) return false
  const { active: _active, version: _version, createdAt: _created, updatedAt: _updated, ...fields } = row
  const before: Record<string, unknown> = published
  return Object.entries(fields).every(([key, value]) => isDeepStrictEqual(value ?? null, before[key] ?? null))
}
