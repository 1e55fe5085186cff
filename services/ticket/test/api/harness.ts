import { formatInstant, parseInstant, type Micros } from '@dueline/business-time'
import type { DuelineEvent, PersonSnapshot, Role } from '@dueline/contracts'
import type { TrustedIssuer } from '@dueline/http'
import { loadConfig } from '@dueline/runtime'
import { directoryCopyRow, saveDirectoryCopies } from '@dueline/service'
import {
  fakeClock,
  publish,
  recordOf,
  serviceHarness,
  testEvent,
  testPeople,
  testPerson,
  type AnyEvent,
  type FakeClock,
  type TestContext
} from '@dueline/testkit'
import { buildTicket, ConfigSchema, migrations, schema, type Config } from '../../src/app.ts'
import { findPerson, savePeople } from '../../src/store/person-store.ts'

/** The instant at which every test's clock stands first. */
export const start: Micros = parseInstant('2026-03-02T08:00:00Z')

/** An outgoing event, its type without prefix and version. */
export type Sent = AnyEvent

export const config: Config = loadConfig(ConfigSchema, {
  DATABASE_URL: 'postgres://unused',
  BUS_DATABASE_URL: 'postgres://unused',
  AUTH_ISSUER: 'https://unused.example',
  AUTH_JWKS_URL: 'http://unused',
  IMPORT_POLL_MS: '10',
  ASSIGNMENT_POLL_MS: '10'
})

export const tenant = 'acme'
export const other = 'globex'

/** Fixed people: their ids are their tokens' subjects. */
export const people = testPeople
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
  const { database, service, ids } = harness

  /** One request; the body is parsed, and checked to be a problem when the status says so. */
  async function call (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
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

  await savePeople(database.read, Object.values(people).map((each) => ({ ...testPerson(each), tenantId: tenant })))

  /** The copy of somebody who is new. */
  async function person (fields: Partial<PersonSnapshot> & { tenantId?: string } = {}): Promise<string> {
    const { id = ids.next(), tenantId = tenant, ...more } = fields
    await savePeople(database.read, [{ ...testPerson({ id, ...more }), tenantId }])
    return id
  }

  let handled: ReturnType<typeof recordOf<DuelineEvent>> | undefined
  /** Delivers that somebody has changed, and waits until it is handled. */
  async function changePerson (id: string, fields: Partial<PersonSnapshot>): Promise<void> {
    const before = await findPerson(database.read, tenant, id)
    if (before === null) throw new Error('nobody has this id')
    if (handled === undefined) {
      await publish(harness.bus, [])
      handled = recordOf(service.consumer.handled)
      await service.consumer.start()
    }
    const languages = before.languages ?? [before.language]
    const changed = testPerson({ ...before, languages, ...fields, version: before.version + 1 })
    const event = testEvent('dueline.person.changed.v1', { person: changed }, { tenantid: tenant })
    await publish(harness.bus, [event])
    await handled.find((each) => each.id === event.id)
  }

  await saveDirectoryCopies(
    database.read,
    Object.entries(teams).map(([name, id]) =>
      directoryCopyRow(tenant, 'team', {
        id,
        name,
        leadId: people.manager.id,
        memberIds: [people.agent.id, people.second.id],
        calendarId: null,
        productIds: [],
        moduleIds: [],
        active: name !== 'gone',
        version: 1
      })
    )
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
    person,
    changePerson,
    outbox,
    clearOutbox,
    now: () => formatInstant(clock.now())
  }
}
export type TestTicket = Awaited<ReturnType<typeof startTicket>>
