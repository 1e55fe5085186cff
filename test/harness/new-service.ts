// An empty service, added to a tree as docs/howto/add-a-service.md says.
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A file that gets something: what stands before the addition, and the addition. */
type Addition = readonly [file: string, before: string, added: string]

/** What the new service adds to files that are there, in the order of the howto. */
export const additions: readonly Addition[] = [
  ['packages/contracts/src/services.ts', "'notification'", ", 'survey'"],
  [
    'packages/contracts/src/catalogue.ts',
    "import { agreementEvents, slaPolicyEvents } from './events/sla-policy.ts'\n",
    "import { surveyEvents } from './events/survey.ts'\n"
  ],
  ['packages/contracts/src/catalogue.ts', '  notification: notificationEvents', ',\n  survey: surveyEvents'],
  [
    'services/notification/src/domain/visibility.ts',
    "  'dueline.webhook-endpoint.tested.v1': tenant",
    ",\n  'dueline.survey.answered.v1': tenant"
  ],
  [
    'infra/embedded/src/services.ts',
    "import * as slaPolicy from '@dueline/service-sla-policy'\n",
    "import * as survey from '@dueline/service-survey'\n"
  ],
  [
    'infra/embedded/src/services.ts',
    "const builders: Record<ServiceName, Omit<EmbeddedService, 'name'>> = {\n",
    `  survey: {
    schema: survey.schema,
    migrations: survey.migrations,
    build: (deps, env) => survey.buildSurvey({ ...deps, config: loadConfig(survey.ConfigSchema, env) })
  },
`
  ],
  ['infra/embedded/src/ports.ts', "  'the notification service'", ",\n  'the survey service'"],
  [
    'infra/embedded/package.json',
    '"@dueline/service-sla-policy": "workspace:*",\n',
    '    "@dueline/service-survey": "workspace:*",\n'
  ],
  [
    'infra/embedded/tsconfig.json',
    '"path": "../../services/notification"\n    },\n',
    '    { "path": "../../services/survey" },\n'
  ],
  ['tsconfig.json', '"path": "services/notification"\n    },\n', '    { "path": "services/survey" },\n'],
  ['infra/compose/make-secrets.sh', 'in ticket sla-policy clock escalation notification', ' survey'],
  [
    'docker-compose.yml',
    '      - secrets-notification:/secrets/notification\n',
    '      - secrets-survey:/secrets/survey\n'
  ],
  [
    'docker-compose.yml',
    '      NOTIFICATION_DATABASE_URL_FILE: /secrets/notification-url\n',
    '      SURVEY_DATABASE_URL_FILE: /secrets/survey-url\n'
  ],
  [
    'docker-compose.yml',
    '    build: &notification-build { context: ., args: { SERVICE: services/notification, NODE_IMAGE: } }\n',
    `  migrate-survey:
    <<: *migration
    image: &survey-image dueline/survey:\${DUELINE_TAG:-local}
    build: &survey-build { context: ., args: { SERVICE: services/survey, NODE_IMAGE: } }

  survey:
    <<: *service
    image: *survey-image
    build: *survey-build
    environment: *environment
    volumes: ['secrets-survey:/secrets:ro']
    depends_on: { <<: *ready, migrate-survey: { condition: service_completed_successfully } }
`
  ],
  [
    'docker-compose.yml',
    '      NOTIFICATION_URL: http://notification:8080\n',
    '      SURVEY_URL: http://survey:8080\n'
  ],
  [
    'docker-compose.yml',
    '      notification: { condition: service_healthy }\n',
    '      survey: { condition: service_healthy }\n'
  ],
  ['docker-compose.yml', '\n  secrets-notification:', '\n  secrets-survey:']
]

const packages = ['contracts', 'http', 'messaging', 'postgres', 'runtime', 'service'] as const

const readme = `# survey

Asks whether the customer is content.

## Owns
Nothing yet.

## Refuses
To ask twice.

## Publishes
\`dueline.survey.answered.v1\`.

## Consumes
Nothing.

## Tables
None of its own.

## Configuration

## Failure modes
Those of every service.
`

const app = `import { askedPeople, migrations as httpMigrations, type ServiceDeps } from '@dueline/http'
import { migrations as messagingMigrations, type Bus } from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import { buildService, directoryService, type BuiltService } from '@dueline/service'
import type { Config } from './config.ts'
import { errors } from './errors.ts'
import { routes } from './routes/index.ts'

export { ConfigSchema, type Config } from './config.ts'

/** The Postgres schema of the service. */
export const schema = 'survey'
/** Everything its schema needs. */
export const migrations: MigrationSource[] = [messagingMigrations, httpMigrations, {
  name: 'survey',
  directory: new URL('../migrations/', import.meta.url)
}]

/** Makes every object of the service, once. Nothing listens, runs or connects before its caller says so. */
export function buildSurvey (
  deps: ServiceDeps<Pick<Config, 'DIRECTORY_TIMEOUT_MS' | 'DIRECTORY_URL'>, Bus>
): BuiltService {
  const { config, database, logger } = deps
  const people = askedPeople(directoryService(config, logger))
  const own = { name: 'survey', errors, people, consumes: [], handlers: {}, loops: [] } as const
  return buildService(deps, { ...own, routes, routeDeps: { database } })
}
`

const harness = `import { serviceHarness, type TestContext } from '@dueline/testkit'
import { buildSurvey, migrations, schema } from '../../src/app.ts'

/** The real service on a database of its own. */
export async function startSurvey (t: TestContext) {
  const config = { DIRECTORY_TIMEOUT_MS: 2000 }
  return await serviceHarness(t, { name: 'survey', build: buildSurvey, schema, migrations, config })
}
`

const conformance = `import { deadLetterSamples, operationConformance } from '@dueline/testkit'
import type { Samples, TestContext } from '@dueline/testkit'
import t from 'tap'
import { startSurvey } from './harness.ts'

async function start (t: TestContext) {
  const on = await startSurvey(t)
  const samples: Samples<'survey'> = deadLetterSamples('Survey', on)
  return { http: on.service.http, issuer: on.issuer, samples, database: on.switched }
}

t.test('every operation does what its document says', async (t) => {
  await operationConformance(t, await start(t))
})
`

const tables = `import { schemaDrift } from '@dueline/postgres/conformance'
import { testDatabase } from '@dueline/testkit'
import t from 'tap'
import { migrations, schema } from '../../src/app.ts'
import * as tables from '../../src/store/tables.ts'

t.test('the tables of the code are those that the migrations make', async (t) => {
  const { database } = await testDatabase(t, {
    schema,
    sources: migrations.filter(({ name }) => name === 'survey')
  })
  t.same(await schemaDrift(database.read, tables, []), [])
})
`

/** The files of its own. */
export const files: Readonly<Record<string, string>> = {
  'packages/contracts/src/events/survey.ts': `import { Type, type Static } from 'typebox'
import { Uuid } from '../vocabulary.ts'

export const SurveyAnswered = Type.Object({ surveyId: Uuid })
export type SurveyAnswered = Static<typeof SurveyAnswered>

export const surveyEvents = { 'dueline.survey.answered.v1': SurveyAnswered } as const
`,
  'services/survey/package.json': `${
    JSON.stringify(
      {
        name: '@dueline/service-survey',
        version: '0.1.0',
        private: true,
        type: 'module',
        exports: { '.': { 'dueline-source': './src/app.ts', types: './dist/app.d.ts', default: './dist/app.js' } },
        dependencies: {
          ...Object.fromEntries(packages.map((name) => [`@dueline/${name}`, 'workspace:*'])),
          typebox: 'catalog:'
        }
      },
      null,
      2
    )
  }\n`,
  'services/survey/tsconfig.json': `${
    JSON.stringify(
      {
        extends: '../../tsconfig.base.json',
        compilerOptions: { rootDir: 'src', outDir: 'dist' },
        include: ['src'],
        references: packages.map((name) => ({ path: `../../packages/${name}` }))
      },
      null,
      2
    )
  }\n`,
  'services/survey/README.md': readme,
  'services/survey/migrations/0001_start.sql': '-- breaking: no\n\nselect 1;\n',
  'services/survey/src/access.ts': `import type { Role } from '@dueline/contracts'

/** The roles that may call each operation, by its \`operationId\`. */
export const access = {} as const satisfies Record<string, readonly Role[]>
`,
  'services/survey/src/app.ts': app,
  'services/survey/src/config.ts': `import { serviceConfig, directoryServiceKeys } from '@dueline/service'
import { Type, type Static } from 'typebox'

/** Everything the service is configured by, as environment variables. */
export const ConfigSchema = Type.Object({ ...serviceConfig({ port: 8088 }), ...directoryServiceKeys })
export type Config = Static<typeof ConfigSchema>
`,
  'services/survey/src/errors.ts': `import { defineErrors } from '@dueline/http'

/** The problems that only this service answers. */
export const errors = defineErrors({})
`,
  'services/survey/src/main.ts': `import { runServiceProcess } from '@dueline/service'
import { buildSurvey, ConfigSchema, migrations, schema } from './app.ts'

await runServiceProcess(process, ConfigSchema, { name: 'survey', schema, migrations, build: buildSurvey })
`,
  'services/survey/src/consumers/README.md': 'Nothing yet.\n',
  'services/survey/src/domain/README.md': 'Nothing yet.\n',
  'services/survey/src/store/tables.ts': '// None yet.\nexport {}\n',
  'services/survey/src/routes/index.ts': `import type { App } from '@dueline/http'
import type { RouteDeps } from './route-deps.ts'

/** Every operation of the service. */
export const routes: ReadonlyArray<(app: App, deps: RouteDeps) => void> = []
`,
  'services/survey/src/routes/route-deps.ts': `import type { TenantDatabases } from '@dueline/postgres'

/** What the operations are made of. */
export interface RouteDeps {
  readonly database: TenantDatabases
}
`,
  'services/survey/test/api/harness.ts': harness,
  'services/survey/test/api/conformance.test.ts': conformance,
  'services/survey/test/db/tables.test.ts': tables,
  'services/survey/test/unit/README.md': 'Nothing yet.\n'
}

/**
 * Adds the service to `root`, a copy of this tree, all but what `lacking` names: one of `files`, or an addition. Called
 * again it writes all of it anew.
 */
export function addSurvey (root: string, lacking?: string | Addition): void {
  rmSync(join(root, 'services/survey'), { recursive: true, force: true })
  for (const [file, text] of Object.entries(files)) {
    if (file === lacking) rmSync(join(root, file), { force: true })
    else write(root, file, text)
  }
  for (const file of new Set(additions.map(([file]) => file))) {
    const own = additions.filter((addition) => addition[0] === file && addition !== lacking)
    write(root, file, own.reduce(added, readFileSync(file, 'utf8')))
  }
  install(root)
}

function write (root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

/** @throws Error when the place is not there, or is there twice */
function added (text: string, [file, before, addition]: Addition): string {
  const parts = text.split(before)
  if (parts.length !== 2) throw new Error(`${file} has "${before}" ${parts.length - 1} times`)
  return parts.join(before + addition)
}

/** What `pnpm install` does for it: links of its own, and one where it is used. */
function install (root: string): void {
  const own = join(root, 'services/survey/node_modules')
  mkdirSync(join(own, '@dueline'), { recursive: true })
  for (const name of packages) symlinkSync(`../../../../packages/${name}`, join(own, '@dueline', name))
  symlinkSync('../../../packages/contracts/node_modules/typebox', join(own, 'typebox'))
  const use = join(root, 'infra/embedded/node_modules/@dueline/service-survey')
  rmSync(use, { force: true })
  symlinkSync('../../../../services/survey', use)
}
