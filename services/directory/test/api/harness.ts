import type { CalendarSpec } from '@dueline/business-time'
import type { DuelineEvent, PersonSnapshot, Role } from '@dueline/contracts'
import type { TrustedIssuer } from '@dueline/http'
import { systemClock, type Clock } from '@dueline/runtime'
import { publish, recordOf, serviceHarness, testPerson, type TestContext } from '@dueline/testkit'
import { buildDirectory, migrations, schema, type DirectoryConfig } from '../../src/app.ts'
import { saveCalendars, saveItems } from '../../src/store/copies.ts'
import { insertPerson } from '../../src/store/person-store.ts'

export const tenant = 'acme'
/** Monday to Friday, 9 to 17 in UTC. */
const day = [['09:00', '17:00']] as const
export const weekdays: CalendarSpec = { timezone: 'UTC', weekly: { mon: day, tue: day, wed: day, thu: day, fri: day } }

/** A request, as whom and with what. */
export interface Call {
  as?: Role
  person?: string
  tenant?: string
  body?: unknown
  ifMatch?: string
  headers?: Record<string, string>
}

interface Start<K extends Clock> {
  config?: Partial<DirectoryConfig>
  clock?: K
  trusts?: readonly TrustedIssuer[]
}

/** The real service on a database of its own; the relay does not run, so that the outbox keeps everything. */
export async function startDirectory<K extends Clock = Clock> (
  t: TestContext,
  { config = {}, clock, trusts = [] }: Start<K> = {}
) {
  const harness = await serviceHarness(t, {
    name: 'directory',
    build: buildDirectory,
    schema,
    migrations,
    config: { API_KEY_SECRET: Buffer.alloc(32, 1).toString('base64'), ...config },
    clock: clock ?? systemClock as Clock as K,
    trusts
  })
  const { service, bus, database, ids } = harness

  /** Starts to handle events; answers what delivers some and waits until they are handled. */
  async function consuming (): Promise<(...events: DuelineEvent[]) => Promise<void>> {
    await publish(bus, [])
    const handled = recordOf(service.consumer.handled)
    await service.consumer.start()
    return async (...events) => {
      await publish(bus, events)
      await Promise.all(events.map(async (event) => await handled.find((each) => each.id === event.id)))
    }
  }

  async function call (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, options: Call = {}) {
    const { as = 'admin', person = ids.next(), tenant: of = tenant, body, ifMatch, headers = {} } = options
    return await harness.call(method, path, {
      tenant: of,
      roles: [as],
      person,
      headers: { ...headers, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
      body
    })
  }

  /** A person as stored; nothing is published. */
  async function person (fields: Partial<PersonSnapshot> & { tenantId?: string } = {}): Promise<string> {
    const { tenantId = tenant, id = ids.next(), ...change } = fields
    const stamps = { imported: false, createdAt: systemClock.now(), updatedAt: systemClock.now() }
    const { language: _, ...row } = testPerson({ id, screenName: 'Ann', ...change })
    await database.tx(async (tx) => await insertPerson(tx, tenantId, { ...row, ...stamps }))
    return id
  }
  /** A copy of a product, module or question. */
  async function item (
    kind: 'product' | 'module' | 'question',
    { tenantId = tenant, active = true }: { tenantId?: string, active?: boolean } = {}
  ) {
    const id = ids.next()
    await saveItems(database.read, [{ tenantId, id, kind, active, version: 1 }])
    return id
  }
  async function calendar (tenantId = tenant, spec: CalendarSpec = weekdays) {
    const id = ids.next()
    await saveCalendars(database.read, [{ tenantId, id, version: 1, spec }])
    return id
  }

  return { ...harness, ...service, request: harness.call, consuming, call, person, item, calendar }
}

/** Where the faults of a refused body are, and what they say. */
export function faultsOf ({ body }: { body: any }): string[] {
  return body.errors.map(({ pointer, message }: { pointer: string, message: string }) => `${pointer} ${message}`)
}
