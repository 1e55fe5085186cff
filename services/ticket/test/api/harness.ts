import { formatInstant, parseInstant, type Micros } from '@dueline/business-time'
import type { Role } from '@dueline/contracts'
import type { TrustedIssuer } from '@dueline/http'
import { loadConfig } from '@dueline/runtime'
import { fakeClock, serviceHarness, type AnyEvent, type FakeClock, type TestContext } from '@dueline/testkit'
import { buildTicket, ConfigSchema, migrations, schema, type Config } from '../../src/app.ts'
import { saveTeams } from '../../src/store/team-store.ts'

/** The instant at which every test's clock stands first. */
export const start: Micros = parseInstant('2026-03-02T08:00:00Z')

/** An outgoing event, its type without prefix and version. */
export type Sent = AnyEvent

export const config: Config = loadConfig(ConfigSchema, {
  DATABASE_URL: 'postgres://unused',
  BUS_DATABASE_URL: 'postgres://unused',
  AUTH_ISSUER: 'https://unused.example',
  AUTH_JWKS_URL: 'http://unused',
  API_KEY_SECRET: Buffer.alloc(32, 1).toString('base64'),
  IMPORT_POLL_MS: '10',
  ASSIGNMENT_POLL_MS: '10'
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
  outsider: {
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

/** Teams of the tenant; `gone` is not active. */
export const teams = {
  blue: '01900000-0000-7000-8000-0000000000b1',
  red: '01900000-0000-7000-8000-0000000000b2',
  gone: '01900000-0000-7000-8000-0000000000b3'
} as const

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
  { config: changed = {}, clock = fakeClock(start), trusts = [] }: {
    config?: Partial<Config>,
    clock?: FakeClock,
    trusts?: readonly TrustedIssuer[]
  } = {}
) {
  const harness = await serviceHarness(t, {
    name: 'ticket',
    build: buildTicket,
    schema,
    migrations,
    config: { ...config, ...changed },
    clock,
    trusts
  })
  const { database, service } = harness

  /** One request; the body is parsed, and checked to be a problem when the status says so. */
  async function call (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    { as = 'agent', roles, tenant: of = tenant, headers, payload }: Call = {}
  ) {
    const sender = as === null ? { roles: null } : { roles: roles ?? [people[as].role], person: people[as].id }
    const answer = await harness.call(method, path, { tenant: of, ...sender, headers, body: payload })
    if (answer.status >= 400 && answer.body?.status !== answer.status) {
      throw new Error(`no problem: ${JSON.stringify(answer.body)}`)
    }
    return answer
  }

  /** Everything that waits in the outbox, oldest first, types without prefix and version. */
  async function outbox (): Promise<Sent[]> {
    const events = await harness.outbox()
    return events.map((event) => ({ ...event, type: event.type.replace(/^dueline\.|\.v1$/g, '') }))
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

  await saveTeams(
    database.read,
    Object.entries(teams).map(([name, id]) => ({
      tenantId: tenant,
      id,
      name,
      leadId: people.manager.id,
      memberIds: [people.agent.id, people.second.id],
      calendarId: null,
      productIds: [],
      moduleIds: [],
      active: name !== 'gone',
      version: 1
    }))
  )

  return {
    ...harness,
    ...service,
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
