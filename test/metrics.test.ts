// The table of metrics in docs/operations.md, compared with what the programs register.
import { readFileSync } from 'node:fs'
import { builderOf, perService, serviceNames, type ServiceName } from '@dueline/contracts'
import t from 'tap'
import type { OpenApiDocument, Service, ServiceDeps } from '@dueline/http'
import type { Bus } from '@dueline/messaging'
import { createDatabase } from '@dueline/postgres'
import { sampleConfig } from '@dueline/testkit'
import { createLogger, createMetrics, systemClock, systemIds, type Metrics } from '@dueline/runtime'
import type { TObject } from 'typebox'
import { buildGateway, ConfigSchema as GatewaySchema, type GatewayConfig } from '../services/gateway/src/app.ts'

interface Registered {
  name: string
  type: string
  labels: string
  help: string
}

const auth = { issuers: [] }
const logger = createLogger({ service: 'test', level: 'silent' })
const ports = { logger, clock: systemClock, ids: systemIds, auth }

/** A service as in production, on a database and a bus that are never asked. */
async function registerService (name: ServiceName, metrics: Metrics): Promise<void> {
  const { ConfigSchema } = await import(`../services/${name}/src/config.ts`) as { ConfigSchema: TObject }
  const app = await import(`../services/${name}/src/app.ts`) as Record<
    string,
    (deps: ServiceDeps<object, Bus>) => Service
  >
  const pool = { poolMax: 1, applicationName: 'test', logger, metrics }
  const database = createDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', schema: 'none', ...pool })
  const { http } = app[builderOf(name)]!({
    ...ports,
    config: sampleConfig(ConfigSchema),
    metrics,
    database,
    bus: {} as Bus
  })
  await http.ready()
  await http.close()
}

async function registerGateway (metrics: Metrics): Promise<void> {
  const document = JSON.parse(readFileSync('openapi/gateway.json', 'utf8')) as OpenApiDocument
  const upstreams = perService((name) => [name, 'http://127.0.0.1:1'])
  const config = sampleConfig(GatewaySchema) as unknown as GatewayConfig
  const { http } = buildGateway({ ...ports, config, metrics, upstreams, document, asyncapi: {} })
  await http.ready()
  await http.close()
}

async function registered (): Promise<Registered[]> {
  const found = new Map<string, Registered>()
  for (const name of [...serviceNames, 'gateway'] as const) {
    const metrics = createMetrics(name)
    await (name === 'gateway' ? registerGateway(metrics) : registerService(name, metrics))
    for (const metric of metrics.registry.getMetricsAsArray()) {
      const { labelNames, type } = metric as unknown as { labelNames: string[], type: string }
      found.set(metric.name, {
        name: metric.name,
        type,
        labels: labelNames.filter((label) => label !== 'le').join(', '),
        help: metric.help
      })
    }
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1)
}

t.test('metrics have names of one form, and docs/operations.md lists them all', async (t) => {
  const all = await registered()
  t.ok(all.length >= 30)
  for (const { name, type } of all) {
    t.match(name, /^dueline_[a-z]+(_[a-z]+)+$/)
    const ending = /_(total|count|sum|bucket|info|seconds)$/.exec(name)?.[1]
    if (type === 'counter') t.equal(ending, 'total', name)
    if (type === 'histogram') t.equal(ending, 'seconds', name)
    if (type === 'gauge') t.ok([undefined, 'info', 'seconds'].includes(ending), name)
  }
  const document = readFileSync('docs/operations.md', 'utf8')
  const rows = document.split('\n').filter((line) => line.startsWith('| `dueline_'))
  const wanted = all.map(({ name, type, labels, help }) =>
    `| \`${name}\` | ${type} |${labels === '' ? '' : ` ${labels}`} | ${help.replace(/\.$/, '')} |`
  )
  t.same(rows, wanted, `the table must be:\n${wanted.join('\n')}`)
})
