import type { DuelineEvent, Role } from '@dueline/contracts'
import { publish, recordOf, serviceHarness, type AnyEvent, type TestContext, type TestDatabase } from '@dueline/testkit'
import { buildEscalation, migrations, schema, type EscalationConfig } from '../../src/app.ts'
import { id, tenant } from '../events.ts'

interface Call {
  as?: string
  roles?: Role[]
  tenant?: string
  headers?: Record<string, string>
  anonymous?: boolean
}

/**
 * The real service on a database of its own (or on that of another one: a second replica), its consumer and timers
 * running; the relay is not, so that the outbox keeps everything.
 */
export async function startEscalation (
  t: TestContext,
  config: Partial<EscalationConfig> = {},
  on?: Pick<TestDatabase, 'url' | 'name' | 'database'>
) {
  const harness = await serviceHarness(t, {
    name: 'escalation',
    build: buildEscalation,
    schema,
    migrations,
    config: { DIRECTORY_TIMEOUT_MS: 500, ...config },
    ...(on === undefined ? {} : { on })
  })
  const { service, bus } = harness
  await publish(bus, [])
  const handled = recordOf(service.consumer.handled)
  const fired = recordOf(service.timers.fired)
  await service.timers.start()
  await service.consumer.start()

  /** Publishes events and waits until the service has handled them all. */
  async function deliver (...events: DuelineEvent[]): Promise<void> {
    await publish(bus, events)
    await Promise.all(events.map(async (event) => await handled.find((each) => each.id === event.id)))
  }

  async function call (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    payload?: unknown,
    { as = 'max', roles = ['manager'], tenant: of = tenant, headers = {}, anonymous = false }: Call = {}
  ) {
    const sender = { roles: anonymous ? null : roles, person: id(as) }
    return await harness.call(method, path, { tenant: of, ...sender, headers, body: payload })
  }

  /** Everything that waits in the outbox, oldest first, types without prefix and version. */
  async function outbox (): Promise<AnyEvent[]> {
    const events = await harness.outbox()
    return events.map((event) => ({ ...event, type: event.type.replace(/^dueline\.escalation\.|\.v1$/g, '') }))
  }

  return { ...harness, ...service, deliver, call, outbox, handled, fired }
}
