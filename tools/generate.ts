// Writes every file that follows from the code: OpenAPI documents, event schemas, AsyncAPI, the error reference and the
// configuration tables of the READMEs. `--check` writes nothing and exits 1 when a file is not current.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { asyncApiDocument, builderOf, eventSchemaDocument, eventTypes, roles, serviceNames } from '@dueline/contracts'
import { baseErrors, type ErrorTable, type OpenApiDocument, type Service, type ServiceDeps } from '@dueline/http'
import type { Bus } from '@dueline/messaging'
import { createDatabase } from '@dueline/postgres'
import { createLogger, createMetrics, describeConfig, systemClock, systemIds } from '@dueline/runtime'
import { sampleConfig } from '@dueline/testkit'
import type { TObject } from 'typebox'
import { mergeDocuments } from '../services/gateway/src/domain/merge-documents.ts'
import { clientFiles } from './generate-client.ts'

const version = '0.1.0'
const check = process.argv.includes('--check')
const logger = createLogger({ service: 'generate', level: 'silent' })
/** Documents do not depend on a bus; calling it here would be a mistake in a service. */
const neverBus = new Proxy({}, {
  get: (_, name) => {
    throw new Error(`bus.${String(name)} was used while building a service`)
  }
}) as Bus
const programs = [...serviceNames, 'gateway']
const configured = [...programs.map((name) => `services/${name}`), 'infra/kafka', 'infra/postgres']
const files = new Map<string, string>()

const documents = Object.fromEntries(
  await Promise.all(serviceNames.map(async (name) => [name, await documentOf(name)]))
)
for (const [name, document] of Object.entries(documents)) files.set(`openapi/${name}.json`, json(document))
const merged = mergeDocuments(documents)
files.set('openapi/gateway.json', json(merged))
files.set('openapi/asyncapi.json', json(asyncApiDocument(version)))
const eventSchemas = Object.fromEntries(eventTypes.map((type) => [type, eventSchemaDocument(type)]))
for (const [type, schema] of Object.entries(eventSchemas)) files.set(`openapi/events/${type}.schema.json`, json(schema))
const errorTables = await tablesOfErrors()
files.set('docs/errors.md', errorReference(errorTables))
files.set('docs/access.md', accessReference(documents))
const ofClient = await clientFiles(merged, eventSchemas, errorTables.map(([, table]) => table))
for (const [file, content] of ofClient) files.set(file, content)
files.set('packages/testkit/src/generated/operations.ts', operationIds(documents))
for (const folder of configured) {
  files.set(`${folder}/README.md`, await withConfigTable(folder))
}

files.set('packages/runtime/src/known-variables.ts', await knownVariables())

const stale = [...files].filter(([file, content]) => readOr(file) !== content).map(([file]) => file)
const orphans = readdirSync('openapi/events').map((file) => `openapi/events/${file}`).filter((file) => !files.has(file))
if (check) {
  for (const file of [...stale, ...orphans]) console.error(`not current: ${file}`)
  if (stale.length + orphans.length > 0) console.error('Run "npm run generate" and commit what it changes.')
  process.exit(stale.length + orphans.length === 0 ? 0 : 1)
}
for (const file of stale) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, files.get(file) ?? '')
  console.log(`wrote ${file}`)
}
for (const file of orphans) {
  rmSync(file)
  console.log(`removed ${file}`)
}
process.exit(0)

/** Builds the service as in production, on a database that is never connected to, and asks for its document. */
async function documentOf (name: string): Promise<OpenApiDocument> {
  const app = await import(`../services/${name}/src/app.ts`) as Record<
    string,
    (deps: ServiceDeps<object, Bus>) => Service
  >
  const { ConfigSchema } = await import(`../services/${name}/src/config.ts`) as { ConfigSchema: TObject }
  const database = createDatabase({
    url: 'postgres://nobody@127.0.0.1:1/none',
    schema: 'none',
    poolMax: 1,
    applicationName: 'generate',
    logger
  })
  const deps = {
    config: sampleConfig(ConfigSchema),
    logger,
    clock: systemClock,
    ids: systemIds,
    metrics: createMetrics(name),
    database,
    bus: neverBus,
    auth: { issuers: [] }
  }
  const service = app[builderOf(name)]?.(deps)
  if (service === undefined) throw new Error(`services/${name}/src/app.ts does not export ${builderOf(name)}`)
  await service.http.ready()
  const document = JSON.parse(JSON.stringify(service.http.swagger())) as OpenApiDocument
  await service.http.close()
  return document
}

/** Every error table with who answers its codes. */
async function tablesOfErrors (): Promise<[owner: string, table: ErrorTable][]> {
  const tables: [string, ErrorTable][] = [['every service', baseErrors]]
  for (const name of programs) {
    const { errors } = await import(`../services/${name}/src/errors.ts`) as { errors: ErrorTable }
    tables.push([name, errors])
  }
  return tables
}

function errorReference (tables: readonly [owner: string, table: ErrorTable][]): string {
  const rows = tables.flatMap(([owner, table]) =>
    Object.values(table).map((entry) =>
      `| <a id="${entry.code}"></a>\`${entry.code}\` | ${entry.status} | ${owner} | ${entry.title}. ` +
      `${entry.description ?? ''} |`
    )
  )
  return [
    '# Errors',
    '',
    'Every error is an RFC 9457 problem; `code` is stable. Generated from the error tables of the services.',
    '',
    '| code | status | answered by | meaning and what to do |',
    '|---|---|---|---|',
    ...rows,
    ''
  ].join('\n')
}

/** A type with the operations of each service, for which tests must have samples: those that need a token. */
function operationIds (ofServices: Record<string, OpenApiDocument>): string {
  const members = Object.entries(ofServices).map(([service, { paths }]) => {
    const ids = Object.values(paths).flatMap((item) => Object.values(item) as AccessOfOperation[])
      .filter((operation) => operation['x-roles'] !== undefined)
      .map(({ operationId }) => `    | '${operationId}'`)
    return `  '${service}':\n${ids.join('\n')}`
  })
  const head =
    '// Generated by `npm run generate` from the services. Do not edit.\n/** The operations of each service. */'
  return `${head}\nexport interface ServiceOperations {\n${members.join('\n')}\n}\n`
}

/** What of an operation `docs/access.md` shows. */
interface AccessOfOperation {
  operationId: string
  'x-roles'?: readonly string[]
}

/** Which role may call which operation, per service, from `x-roles`. */
function accessReference (ofServices: Record<string, OpenApiDocument>): string {
  const parts = Object.entries(ofServices).flatMap(([service, { paths }]) => [
    `## ${service}`,
    '',
    `| operation | request | ${roles.join(' | ')} |`,
    `|---|---|${'---|'.repeat(roles.length)}`,
    ...Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, AccessOfOperation>).flatMap(([verb, operation]) => {
        const allowed = operation['x-roles']
        if (allowed === undefined) return []
        const cells = roles.map((role) => allowed.includes(role) ? 'yes' : '')
        return [`| \`${operation.operationId}\` | ${verb.toUpperCase()} ${path} | ${cells.join(' | ')} |`]
      })
    ),
    ''
  ])
  return [
    '# Who may do what',
    '',
    'Which role may call which operation. A caller with several roles may do what any of them may; an operation can',
    'refuse more by what it is asked about. Generated from the services.',
    '',
    ...parts
  ].join('\n')
}

async function withConfigTable (folder: string): Promise<string> {
  const { ConfigSchema } = await import(`../${folder}/src/config.ts`) as { ConfigSchema: TObject }
  const readme = `${folder}/README.md`
  const heading = '## Configuration\n'
  const text = readOr(readme)
  const start = text.indexOf(heading) + heading.length
  if (start < heading.length) throw new Error(`${readme} lacks the section "## Configuration"`)
  const next = text.indexOf('\n## ', start)
  const section = text.slice(start, next)
  const table = describeConfig(ConfigSchema)
  const before = /\| Variable \|[^]*?(?=\n(?!\|)|$)/.exec(section)?.[0]
  const current = before === undefined ? `${table}\n${section}` : section.replace(before, () => table)
  return `${text.slice(0, start)}${current}${text.slice(next)}`
}

/** The keys of all programs: each of them must know the others', because they share an environment. */
async function knownVariables (): Promise<string> {
  const schemas = await Promise.all(configured.map(async (folder) => {
    const { ConfigSchema } = await import(`../${folder}/src/config.ts`) as { ConfigSchema: TObject }
    return Object.keys(ConfigSchema.properties)
  }))
  const keys = [...new Set(schemas.flat())].sort()
  const lines = keys.map((key, i) => `  '${key}'${i < keys.length - 1 ? ',' : ''}`)
  const head = '/** Every variable that a program of Dueline reads. Generated from their configurations. */'
  return [head, 'export const knownVariables: readonly string[] = [', ...lines, ']', ''].join('\n')
}

function json (value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function readOr (file: string): string {
  try {
    return readFileSync(join(process.cwd(), file), 'utf8')
  } catch {
    return ''
  }
}
