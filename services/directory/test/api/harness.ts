import type { CalendarSpec } from '@dueline/business-time'
import type { DuelineEvent, Role } from '@dueline/contracts'
import { systemClock, type Clock } from '@dueline/runtime'
import { publish, recordOf, serviceHarness, type TestContext } from '@dueline/testkit'
import { buildDirectory, migrations, schema, type DirectoryConfig } from '../../src/app.ts'
import { saveCalendars, saveItems, savePeople } from '../../src/store/copies.ts'

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

/** The real service on a database of its own; the relay does not run, so that the outbox keeps everything. */
export async function startDirectory (
  t: TestContext,
  config: Partial<DirectoryConfig> = {},
  clock: Clock = systemClock
) {
  const harness = await serviceHarness(t, {
    name: 'directory',
    build: buildDirectory,
    schema,
    migrations,
    clock,
    config: { TICKET_TIMEOUT_MS: 2_000, API_KEY_SECRET: Buffer.alloc(32, 1).toString('base64'), ...config }
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

  /** A copy of a person, as an event would have made it. */
  async function person (change: { tenantId?: string, role?: Role, active?: boolean, screenName?: string } = {}) {
    const { tenantId = tenant, role = 'agent', active = true, screenName = 'Ann' } = change
    const id = ids.next()
    await savePeople(database.read, [{ tenantId, id, role, screenName, active, version: 1 }])
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

  return { ...harness, ...service, consuming, call, person, item, calendar }
}

/** Where the faults of a refused body are, and what they say. */
export function faultsOf ({ body }: { body: any }): string[] {
  return body.errors.map(({ pointer, message }: { pointer: string, message: string }) => `${pointer} ${message}`)
}
