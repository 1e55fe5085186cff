import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { operationChanges, type Operation } from './operations.ts'
import { schemaChanges, type Resolve, type Schema } from './schemas.ts'

/** What others rely on: callers of the API, readers of events, and databases that stand. */
export interface Release {
  version: string
  /** By method and path, such as `POST /v1/tickets`. */
  operations: Record<string, Operation>
  /** Named schemas that operations point to. */
  schemas: Record<string, Schema>
  /** By event type. */
  events: Record<string, Schema>
  /** SHA-256 of each migration, by its path. */
  migrations: Record<string, string>
}

/** An incompatible change that is meant. `change` is the line by which the command reports it. */
export interface Declared {
  change: string
  reason: string
}

const methods = ['get', 'put', 'post', 'patch', 'delete']
/** For people only. */
const silent = ['description', 'summary', 'title', 'example', 'examples', 'tags', 'default', '$schema', '$id']

/** What the repository at `folder` offers, from its generated documents and its migrations. */
export function readRelease (folder: string): Release {
  const read = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'))
  const { paths, components } = read('openapi/gateway.json') as {
    paths: Record<string, Record<string, Operation>>,
    components: { schemas: Record<string, Schema> }
  }
  const { version } = read('package.json') as { version: string }
  return {
    version,
    operations: Object.fromEntries(
      Object.entries(paths).flatMap(([path, item]) =>
        methods.flatMap((method) => {
          const operation = item[method]
          return operation === undefined ? [] : [[`${method.toUpperCase()} ${path}`, spare(operation)]]
        })
      )
    ),
    schemas: spare(components.schemas),
    events: Object.fromEntries(
      readdirSync(join(folder, 'openapi/events')).sort().map((file) => [
        file.replace('.schema.json', ''),
        spare(read(join('openapi/events', file)) as Schema)
      ])
    ),
    migrations: migrationsIn(folder)
  }
}

/** Without what is for people only; names of fields stay, whatever they are called. */
function spare<T> (value: T, areNames = false): T {
  if (Array.isArray(value)) return value.map((item) => spare(item as unknown)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => areNames || !silent.includes(key)).map(([key, child]) => [
      key,
      ['enum', 'const'].includes(key) && !areNames ? child : spare(child as unknown, key === 'properties' && !areNames)
    ])
  ) as T
}

function migrationsIn (folder: string): Record<string, string> {
  const folders = ['packages', 'services'].flatMap((parent) =>
    readdirSync(join(folder, parent)).sort().map((child) => join(parent, child, 'migrations'))
  )
  return Object.fromEntries(
    folders.filter((path) => existsSync(join(folder, path))).flatMap((path) =>
      readdirSync(join(folder, path), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sql'))
        .sort().map((file) => [
          join(path, file),
          createHash('sha256').update(readFileSync(join(folder, path, file))).digest('hex')
        ])
    )
  )
}

/** Every change from `before` to `after` that breaks somebody, one line each. */
export function incompatibleChanges (before: Release, after: Release): string[] {
  const resolve = { before: resolverOf(before), after: resolverOf(after) }
  const asTheyAre = { before: (schema: Schema) => schema, after: (schema: Schema) => schema }
  return [
    ...Object.entries(before.operations).flatMap(([name, operation]) => {
      const now = after.operations[name]
      return now === undefined ? [`${name} was removed`] : operationChanges(name, operation, now, resolve)
    }),
    ...Object.entries(before.events).flatMap(([type, schema]) => {
      const now = after.events[type]
      if (now === undefined) return [`event ${type} was removed`]
      return schemaChanges(schema, now, { direction: 'event', path: `event ${type}`, resolve: asTheyAre })
    }),
    ...migrationChanges(before.migrations, after.migrations)
  ]
}

function resolverOf ({ schemas }: Release): Resolve {
  return (schema) => {
    const { $ref } = schema
    if (typeof $ref !== 'string') return schema
    const named = schemas[$ref.replace('#/components/schemas/', '')]
    if (named === undefined) throw new Error(`${$ref} points to no schema`)
    return named
  }
}

function migrationChanges (
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>
): string[] {
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
  const lastOf = (folder: string): string =>
    Object.keys(before).filter((path) => folderOf(path) === folder).at(-1) ?? ''
  return [
    ...Object.entries(before).flatMap(([path, sum]) =>
      after[path] === undefined ? [`${path} was removed`] : after[path] === sum ? [] : [`${path} was edited`]
    ),
    ...Object.keys(after).filter((path) => before[path] === undefined && path < lastOf(folderOf(path))).map((path) =>
      `${path} comes before ${lastOf(folderOf(path))}, which databases have already`
    )
  ]
}

/** Changes that nobody declared, and declarations without a reason or of what is not so. */
export function undeclared (changes: readonly string[], declared: readonly Declared[]): string[] {
  return [
    ...changes.filter((change) => !declared.some((each) => each.change === change)),
    ...declared.filter(({ change }) => !changes.includes(change)).map(({ change }) =>
      `declared, but not so (any more): ${change}`
    ),
    ...declared.filter(({ reason }) => reason.trim() === '').map(({ change }) => `declared without a reason: ${change}`)
  ]
}
