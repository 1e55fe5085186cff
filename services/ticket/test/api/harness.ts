import { formatInstant, parseInstant, type Micros } from '@dueline/business-time'
import type { Role } from '@dueline/contracts'
import { createPgLogBus } from '@dueline/messaging'
import { createMetrics, loadConfig, systemIds } from '@dueline/runtime'
import { fakeClock, silentLogger, testDatabase, testIssuer, type FakeClock, type TestContext } from '@dueline/testkit'
import { buildTicket, ConfigSchema, migrations, schema, type Config } from '../../src/app.ts'

/** The instant at which every test's clock stands first. */
export const start: Micros = parseInstant('2026-03-02T08:00:00Z')

/** An outgoing event as the outbox holds it. */
export interface Sent {
  id: string
  type: string
  time: string
  sequence: number
  tenantid: string
  subject: string
  partitionkey: string
  historical: boolean
  traceparent?: string
  data: any
}

export const config: Config = loadConfig(ConfigSchema, {
  DATABASE_URL: 'postgres://unused',
  BUS_DATABASE_URL: 'postgres://unused',
  AUTH_ISSUER: 'unused',
  AUTH_JWKS_URL: 'http://unused',
  IMPORT_POLL_MS: '10'
})

export const tenant = 'acme'
export const other = 'globex'

/** Fixed people: their ids are their tokens' subjects. */
export const people = {
  customer: {
    id: '01900000-0000-7000-8000-000000000001',
    role: 'customer',
    name: 'Carla Customer',
    screenName: 'Carla',
    email: 'carla@example.org'
  },
  stranger: {
    id: '01900000-0000-7000-8000-000000000002',
    role: 'customer',
    name: 'Sam Stranger',
    screenName: 'Sam',
    email: null
  },
  agent: {
    id: '01900000-0000-7000-8000-000000000003',
    role: 'agent',
    name: 'Anna Agent',
    screenName: 'Support A',
    email: 'anna@acme.test'
  },
  second: {
    id: '01900000-0000-7000-8000-000000000004',
    role: 'agent',
    name: 'Ben Agent',
    screenName: 'Support B',
    email: null
  },
  manager: {
    id: '01900000-0000-7000-8000-000000000005',
    role: 'manager',
    name: 'Mia Manager',
    screenName: 'Lead',
    email: null
  },
  admin: {
    id: '01900000-0000-7000-8000-000000000006',
    role: 'admin',
    name: 'Ada Admin',
    screenName: 'Admin',
    email: null
  }
} as const satisfies Record<string, { id: string, role: Role, name: string, screenName: string, email: string | null }>
export type Who = keyof typeof people

interface Call {
  as?: Who | null
  roles?: readonly Role[]
  tenant?: string
  headers?: Record<string, string>
  payload?: any
}

/**
 * The real service on a database of its own, with people in it, a clock that stands still, and a token for everybody.
 */
export async function startTicket (
  t: TestContext,
  { config: changed = {}, clock = fakeClock(start) }: { config?: Partial<Config>, clock?: FakeClock } = {}
) {
  const { url, database } = await testDatabase(t, { schema, sources: migrations })
  const bus = createPgLogBus({ url, logger: silentLogger })
  const issuer = testIssuer()
  const service = buildTicket({
    config: { ...config, ...changed },
    logger: silentLogger,
    clock,
    ids: systemIds,
    metrics: createMetrics('ticket'),
    database,
    bus,
    auth: issuer.auth
  })
  await service.http.ready()
  t.teardown(async () => {
    for (const loop of [...service.loops].reverse()) await loop.stop()
    await service.http.close()
    await bus.close()
  })
  const tokens = new Map<string, string>()

  async function bearer ({ as = 'agent', roles, tenant: of = tenant }: Call): Promise<Record<string, string>> {
    if (as === null) return {}
    const key = JSON.stringify([as, roles, of])
    let token = tokens.get(key)
    if (token === undefined) {
      tokens.set(key, token = await issuer.token({ tenant: of, sub: people[as].id, roles: roles ?? [people[as].role] }))
    }
    return { authorization: `Bearer ${token}` }
  }

  /** One request; the body is parsed, and checked to be a problem when the status says so. */
  async function call (method: 'GET' | 'POST' | 'PATCH', path: string, options: Call = {}) {
    const answer = await service.http.inject({
      method,
      url: `/v1${path}`,
      headers: { ...await bearer(options), ...options.headers },
      ...(options.payload === undefined ? {} : { payload: options.payload })
    })
    const body: any = answer.body === '' ? null : JSON.parse(answer.body)
    if (answer.statusCode >= 400 && body?.status !== answer.statusCode) throw new Error(`no problem: ${answer.body}`)
    return { status: answer.statusCode, body, headers: answer.headers, etag: String(answer.headers['etag'] ?? '') }
  }

  /** Everything that waits in the outbox, oldest first. */
  async function outbox (): Promise<Sent[]> {
    const { rows } = await database.pool.query<{ payload: string, headers: string }>(
      'select payload, headers from outbox order by seq'
    )
    return rows.map(({ payload, headers }) => {
      const ce: Record<string, string> = JSON.parse(headers)
      return {
        id: ce['ce_id']!,
        type: ce['ce_type']!.replace(/^dueline\.|\.v1$/g, ''),
        time: ce['ce_time']!,
        sequence: Number(ce['ce_sequence']),
        tenantid: ce['ce_tenantid']!,
        subject: ce['ce_subject']!,
        partitionkey: ce['ce_partitionkey']!,
        historical: ce['ce_historical'] === 'true',
        data: JSON.parse(payload)
      }
    })
  }
  const clearOutbox = async (): Promise<void> => {
    await database.pool.query('delete from outbox')
  }

  const row = (
    who: Who
  ): unknown[] => [
    tenant,
    people[who].id,
    people[who].role,
    people[who].name,
    people[who].screenName,
    people[who].email
  ]
  for (const who of Object.keys(people) as Who[]) {
    await database.pool.query(
      `insert into person (tenant_id, id, role, name, screen_name, email, language, active, created_at, updated_at,
        version)
      values ($1, $2, $3, $4, $5, $6, 'en', true, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 1)`,
      row(who)
    )
  }

  return {
    ...service,
    database,
    bus,
    url,
    clock,
    issuer,
    call,
    get: (path: string, options?: Call) => call('GET', path, options),
    post: (path: string, payload: unknown, options: Call = {}) => call('POST', path, { ...options, payload }),
    patch: (path: string, payload: unknown, ifMatch: string | null, options: Call = {}) =>
      call('PATCH', path, {
        ...options,
        payload,
        headers: { ...(ifMatch === null ? {} : { 'if-match': ifMatch }), ...options.headers }
      }),
    /** A ticket of Carla's, as stored. */
    open: async (fields: Record<string, unknown> = {}) =>
      (await call('POST', '/tickets', { as: 'customer', payload: { subject: 'Printer on fire', ...fields } })).body,
    outbox,
    clearOutbox,
    now: () => formatInstant(clock.now())
  }
}
export type TestTicket = Awaited<ReturnType<typeof startTicket>>
