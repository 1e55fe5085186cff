import type { DuelineEvent, Role } from '@dueline/contracts'
import { loadConfig, systemClock, systemIds, type Clock } from '@dueline/runtime'
import { serviceHarness, smtpSink, type TestContext, type TestDatabase } from '@dueline/testkit'
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
  { on, clock = systemClock }: { on?: Pick<TestDatabase, 'url' | 'database' | 'name'>, clock?: Clock } = {}
) {
  const smtp = await smtpSink(t)
  const config = loadConfig(ConfigSchema, {
    DATABASE_URL: 'postgres://unused',
    BUS_DATABASE_URL: 'postgres://unused',
    AUTH_ISSUER: 'https://issuer.test',
    AUTH_JWKS_URL: 'https://issuer.test/keys',
    SMTP_URL: smtp.url,
    WEBHOOK_SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
    WEBHOOK_ALLOW_PRIVATE: 'true',
    WEBHOOK_ALLOW_HTTP: 'true',
    ...env
  })
  const parts = { name: 'notification', build: buildNotification, schema, migrations, config, clock }
  const harness = await serviceHarness(t, on === undefined ? parts : { ...parts, on })
  const { service, database } = harness
  // The consumer and the relay are not started: events are handed over, and the outbox keeps everything.
  const loops = service.loops.filter((loop) => /timers|sending|webhooks|streams/.test(loop.name))
  for (const loop of loops) await loop.start()
  async function stopLoops (): Promise<void> {
    for (const loop of [...loops].reverse()) await loop.stop()
  }
  const onEvents = createOnEvents({ clock, ids: systemIds, timers: service.timers, feedGrew: service.feedGrew })

  async function call (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    payload?: unknown,
    { as = who.agent, roles = ['admin'], tenant: of = tenant, headers = {}, anonymous = false }: Call = {}
  ) {
    const sender = { roles: anonymous ? null : roles, person: as }
    return await harness.call(method, path, { tenant: of, ...sender, headers, body: payload })
  }
  return {
    ...harness,
    ...service,
    smtp,
    call,
    stopLoops,
    deliver: async (...events: DuelineEvent[]) => await database.tx(async (tx) => await onEvents(tx, events)),
    outboxTypes: async () => (await harness.outbox()).map(({ type }) => type)
  }
}
