import { formatInstant, parseInstant } from '@dueline/business-time'
import type { EventData, Role, TicketFactType, TicketSnapshot } from '@dueline/contracts'
import { createOutbox } from '@dueline/messaging'
import tap from 'tap'
import {
  fakeClock,
  fakeIds,
  serviceHarness,
  testEvent,
  testPerson,
  type AnyEvent,
  type TestContext
} from '@dueline/testkit'
import { buildSlaPolicy, migrations, schema, type SlaPolicyParts } from '../../src/app.ts'
import { onPersonChanged } from '../../src/consumers/on-person-changed.ts'
import { onTicketFacts } from '../../src/consumers/on-ticket-facts.ts'
import { reresolveSome } from '../../src/agreements/reresolver.ts'
import { createPolicyCache } from '../../src/store/policy-cache.ts'

export const customerId = '01900000-0000-7000-8000-00000000c001'
export const agentId = '01900000-0000-7000-8000-00000000a001'
export const start = parseInstant('2026-03-02T08:00:00Z')
export const unknownId = '01900000-0000-7000-8000-00000000ffff'

/** A call as one role. `ifMatch` and `key` become headers. */
export interface Call {
  as?: Role | null
  tenant?: string
  body?: unknown
  ifMatch?: string
  key?: string
  type?: string
}
export interface Answer {
  status: number
  body: any
  etag: string | undefined
  headers: Record<string, unknown>
}

/** The tenants of the running test: every harness has its own, so that the tests of a file share one service. */
export let tenant = 'none'
export let otherTenant = 'none'
let tenants = 0

const services = new Map<string, ReturnType<typeof startService>>()

interface Upstreams {
  ticketUrl?: string
  clockUrl?: string
  templateUrl?: string
}

async function startService (
  t: TestContext,
  { ticketUrl, clockUrl, templateUrl }: Upstreams,
  own: SlaPolicyParts = {}
) {
  const config = {
    DIRECTORY_TIMEOUT_MS: 2_000,
    CLOCK_TIMEOUT_MS: 2_000,
    TABLE_TIMEOUT_MS: 60_000,
    TABLE_MEMORY_MB: 32 * (own.tableProgram === undefined ? 16 : 1),
    ...(ticketUrl === undefined ? {} : { DIRECTORY_URL: ticketUrl }),
    ...(clockUrl === undefined ? {} : { CLOCK_URL: clockUrl }),
    ...(templateUrl === undefined ? {} : { TEMPLATE_URL: templateUrl })
  }
  const build: typeof buildSlaPolicy = (deps) => buildSlaPolicy(deps, own)
  const parts = { name: 'sla-policy', build, schema, migrations, config }
  return await serviceHarness(t, { ...parts, clock: fakeClock(start), ids: fakeIds() })
}

/**
 * The real service with a standing clock and nothing running in the background, and two tenants that nobody has used
 * yet.
 */
export async function harness (_t: TestContext, upstreams: Upstreams = {}) {
  const key = JSON.stringify(upstreams)
  let started = services.get(key)
  if (started === undefined) services.set(key, started = startService(tap, upstreams))
  return await harnessOf(await started)
}

/** The same on a database of the test's own, with parts of its own. */
export async function ownHarness (t: TestContext, parts: SlaPolicyParts = {}) {
  return await harnessOf(await startService(t, {}, parts))
}

async function harnessOf (parts: Awaited<ReturnType<typeof startService>>) {
  const { database, clock, ids } = parts
  tenants++
  tenant = `acme-${tenants}`
  otherTenant = `other-${tenants}`
  clock.set(start)
  await database.pool.query('delete from outbox')
  await database.pool.query('update reresolution set finished_at = now() where finished_at is null')
  const onTicket = onTicketFacts({ outbox: createOutbox(), ids, cache: createPolicyCache(), clock })

  async function call (
    method: string,
    path: string,
    { as = 'sales', tenant: of = tenant, body, ifMatch, key, type }: Call = {}
  ): Promise<Answer> {
    const headers = {
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(type === undefined ? {} : { 'content-type': type })
    }
    const roles = as === null ? null : [as]
    const answer = await parts.call(method, path, { tenant: of, roles, person: agentId, headers, body })
    return { ...answer, body: answer.body ?? undefined, etag: answer.etag === '' ? undefined : answer.etag }
  }

  /** Asks for a file, or sends one, as the sales team of a tenant. */
  async function send ({ url, of = tenant, file, type }: {
    url: string,
    of?: string,
    file?: string | Buffer,
    type?: string
  }) {
    return await parts.service.http.inject({
      method: file === undefined ? 'GET' : 'POST',
      url,
      headers: {
        ...await parts.issuer.bearer({ tenant: of, sub: agentId, roles: ['sales'] }),
        ...(type === undefined ? {} : { 'content-type': type })
      },
      ...(file === undefined ? {} : { payload: file })
    })
  }

  /** What waits in the outbox, oldest first, and takes it out. */
  async function drain (): Promise<AnyEvent[]> {
    const events = await parts.outbox()
    await database.pool.query('delete from outbox')
    return events
  }

  return {
    ...parts,
    call,
    drain,
    send,
    /** Hands facts to the ticket handler, in one transaction. */
    facts: async (...events: AnyEvent[]) => await database.tx(async (tx) => await onTicket(tx, events)),
    people: async (...events: AnyEvent[]) =>
      await database.tx(
        async (tx) => await onPersonChanged(tx, events)
      ),
    /** Runs the re-resolution until nothing is left to do. */
    async reresolve () {
      const deps = { outbox: createOutbox(), ids, cache: createPolicyCache(), clock }
      let passes = 0
      while (await database.tx(async (tx) => await reresolveSome(tx, deps))) passes++
      return passes
    }
  }
}
export type Harness = Awaited<ReturnType<typeof harness>>

export const ticketId = '01900000-0000-7000-8000-000000001001'

/** A ticket's state; override what matters. */
export function snapshot (partial: Partial<TicketSnapshot> = {}): TicketSnapshot {
  return {
    id: ticketId,
    number: 'T-1',
    subject: 'Printer on fire',
    type: 'complaint',
    status: 'new',
    priority: 'P2',
    severity: 'medium',
    productId: null,
    moduleId: null,
    questionId: null,
    customerId,
    assigneeId: null,
    teamId: null,
    channel: 'api',
    createdAt: formatInstant(start),
    reopenCount: 0,
    importing: false,
    version: 1,
    ...partial
  }
}

/** A ticket fact as it comes from the log. */
export function fact (
  type: 'created' | 'updated' | 'assigned' | 'message-added' | 'status-changed' | 'reopened',
  ticket: TicketSnapshot,
  { at = start, historical = false, of = tenant } = {}
): AnyEvent {
  const empty = { assigneeId: null, teamId: null }
  const message = { id: unknownId, kind: 'public', authorKind: 'agent', authorId: null, excerpt: '' } as const
  const data = {
    created: {},
    updated: { changes: [{ field: 'priority', from: null, to: null }] },
    assigned: { from: empty, to: empty, reason: null },
    'message-added': { message },
    'status-changed': { from: 'new', to: ticket.status, reason: null },
    reopened: { from: 'closed', to: ticket.status, reason: null }
  }[type]
  const actor = { kind: 'system', id: null, screenName: null }
  const whole = { ticket, actor, ...data } as EventData<TicketFactType>
  return testEvent(`dueline.ticket.${type}.v1`, whole as never, { at, historical, tenantid: of })
}

/** A person as reported by the directory service. */
export function person (
  partial: { id?: string, role?: Role, version?: number, active?: boolean } = {},
  of = tenant
): AnyEvent {
  const { id = customerId, role = 'customer', version = 1, active = true } = partial
  const snapshot = testPerson({ id, role, active, version })
  return testEvent('dueline.person.changed.v1', { person: snapshot }, { at: start, tenantid: of })
}
