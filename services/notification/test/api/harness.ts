import type { DuelineEvent, Role } from '@dueline/contracts'
import { partitionCount, topics } from '@dueline/contracts'
import { createPgLogBus } from '@dueline/messaging'
import { createMetrics, loadConfig, systemClock, systemIds, type Clock } from '@dueline/runtime'
import { silentLogger, smtpSink, testDatabase, testIssuer, type TestContext, type TestDatabase } from '@dueline/testkit'
import { buildNotification, ConfigSchema, migrations, schema } from '../../src/app.ts'
import { createOnEvents } from '../../src/consumers/on-events.ts'
import { tenant, who } from '../events.ts'

interface Call {
  as?: string
  roles?: Role[]
  tenant?: string
  headers?: Record<string, string>
  anonymous?: boolean
}

/**
 * The real service on a database of its own, or as a replica on that of another, its timers running, its mail going to
 * a sink.
 */
export async function startNotification (
  t: TestContext,
  env: Record<string, string> = {},
  { on, clock = systemClock }: { on?: TestDatabase, clock?: Clock } = {}
) {
  const { url, database, name } = on ?? await testDatabase(t, { schema, sources: migrations })
  const bus = createPgLogBus({ url, logger: silentLogger })
  await bus.ensureTopics(Object.values(topics).map((topic) => ({ topic, partitions: partitionCount })))
  const smtp = await smtpSink(t)
  const issuer = testIssuer()
  const config = loadConfig(ConfigSchema, {
    DATABASE_URL: url,
    BUS_DATABASE_URL: url,
    AUTH_ISSUER: 'https://issuer.test',
    AUTH_JWKS_URL: 'https://issuer.test/keys',
    SMTP_URL: smtp.url,
    WEBHOOK_SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
    WEBHOOK_ALLOW_PRIVATE: 'true',
    WEBHOOK_ALLOW_HTTP: 'true',
    ...env
  })
  const metrics = createMetrics('notification')
  const service = buildNotification({
    config,
    logger: silentLogger,
    clock,
    ids: systemIds,
    metrics,
    database,
    bus,
    auth: issuer.auth
  })
  await service.http.ready()
  // The consumer and the relay are not started: events are handed over, and the outbox keeps everything.
  const loops = service.loops.filter((loop) => /timers|sending|webhooks/.test(loop.name))
  for (const loop of loops) await loop.start()
  async function stopLoops (): Promise<void> {
    for (const loop of [...loops].reverse()) await loop.stop()
  }
  t.teardown(async () => {
    await stopLoops()
    await service.http.close()
    await bus.close()
  })
  const onEvents = createOnEvents({ clock, ids: systemIds, timers: () => service.timers, feedGrew: service.feedGrew })

  async function call (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    payload?: unknown,
    { as = who.agent, roles = ['admin'], tenant: of = tenant, headers = {}, anonymous = false }: Call = {}
  ) {
    const authorization = anonymous ? {} : await issuer.bearer({ tenant: of, sub: as, roles })
    const answer = await service.http.inject({
      method,
      url: `/v1${path}`,
      headers: { ...authorization, ...headers },
      ...(payload === undefined ? {} : { payload: payload as object })
    })
    return {
      status: answer.statusCode,
      body: (answer.body === '' ? null : JSON.parse(answer.body)) as any,
      headers: answer.headers
    }
  }
  return {
    ...service,
    metrics,
    url,
    database,
    name,
    smtp,
    issuer,
    call,
    stopLoops,
    deliver: async (...events: DuelineEvent[]) => await database.tx(async (tx) => await onEvents(tx, events)),
    outboxTypes: async () =>
      (await database.pool.query<{ type: string }>('select type from outbox order by seq')).rows.map((row) => row.type)
  }
}
