import { parseInstant, type Micros } from '@dueline/business-time'
import type {
  ClockBreachWithdrawn,
  ClockChanged,
  ClockEventType,
  ClockMarkReached,
  DuelineEvent,
  Role
} from '@dueline/contracts'
import type { Handler } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Clock } from '@dueline/runtime'
import type { DueTimer } from '@dueline/timers'
import { fakeClock, serviceHarness, type FakeClock, type TestContext } from '@dueline/testkit'
import { buildClock, migrations, schema, type ClockConfig, type ClockService } from '../../src/app.ts'
import { agentId, tenant } from './events.ts'

/** The instant at which every test's clock stands first: a Monday, 08:00 in UTC. */
export const start: Micros = parseInstant('2026-03-02T08:00:00Z')
export const MINUTE = 60_000_000
export const HOUR = 60 * MINUTE

export const config: ClockConfig = {
  PAUSE_DURATION_DEFAULT: 'PT24H',
  PAUSE_DURATION_MAX: 'PT720H',
  DIRECTORY_TIMEOUT_MS: 2_000,
  WAIT_FOR_MS: 10_000
}

/** An outgoing event as the outbox holds it. */
export type Sent = Omit<DuelineEvent<ClockEventType>, 'data'> & {
  data: ClockChanged & Partial<ClockMarkReached> & Partial<ClockBreachWithdrawn>
}

/** Hands events to their handlers, those of one handler that follow each other together. */
export async function handleAll (
  handlers: ClockService['handlers'],
  tx: Tx,
  events: readonly DuelineEvent[]
): Promise<void> {
  for (let i = 0; i < events.length;) {
    const handler = handlers[events[i]!.type as keyof typeof handlers] as Handler
    let end = i + 1
    while (end < events.length && handlers[events[end]!.type as keyof typeof handlers] === handler) end++
    await handler(tx, events.slice(i, end))
    i = end
  }
}

/** The real service on a database of its own, with a clock that stands still until it is moved. */
export async function startClock<C extends Clock = FakeClock> (
  t: TestContext,
  { clock = fakeClock(start) as unknown as C, waitForMs = config.WAIT_FOR_MS }: { clock?: C, waitForMs?: number } = {}
) {
  const parts = { name: 'clock', build: buildClock, schema, migrations }
  const harness = await serviceHarness(t, { ...parts, config: { ...config, WAIT_FOR_MS: waitForMs }, clock })
  const { service, database } = harness

  /** Hands events to the consumer's handlers in one transaction, as the consumer would. */
  async function receive (...events: readonly DuelineEvent[]): Promise<void> {
    await database.tx(async (tx) => await handleAll(service.handlers, tx, events))
  }

  /** Fires every timer that is due by `now`, as the engine would, with the clock moved there. */
  async function fireUntil (now: Micros, { catchUp = false } = {}): Promise<number> {
    let fired = 0
    for (;;) {
      const count = await database.tx(async (tx) => {
        const { rows } = await tx.$client.query<{ kind: string, tenantId: string, ownerId: string, at: string }>(
          `delete from timer t
             using (select tenant_id, owner_id from timer where due_at <= $1::timestamptz order by due_at limit 500) d
           where t.tenant_id = d.tenant_id and t.owner_id = d.owner_id
           returning t.kind, t.tenant_id as "tenantId", t.owner_id as "ownerId",
             (extract(epoch from t.due_at) * 1000000)::bigint as at`,
          [new Date(now / 1000).toISOString()]
        )
        const due = rows.map(({ at, ...timer }): DueTimer => ({ ...timer, dueAt: Number(at), catchUp }))
        await tx.$client.query(
          `select 1 from ticket_case
            where (tenant_id, id) in (select * from unnest($1::text[], $2::uuid[])) for update`,
          [due.map(({ tenantId }) => tenantId), due.map(({ ownerId }) => ownerId)]
        )
        if (due.length > 0) await service.projector.fire(tx, due, now)
        return due.length
      })
      fired += count
      if (count === 0) return fired
    }
  }

  /** The events in the outbox that were not looked at yet, oldest first. */
  let seen = 0
  async function sent (): Promise<Sent[]> {
    const events = await harness.outbox()
    const fresh = events.slice(seen)
    seen = events.length
    return fresh
  }

  async function call (
    method: 'GET' | 'POST',
    path: string,
    { as = agentId, roles = ['agent'], of = tenant, payload, headers = {}, anonymous = false }: {
      as?: string,
      roles?: Role[],
      of?: string,
      payload?: object,
      headers?: Record<string, string>,
      anonymous?: boolean
    } = {}
  ) {
    const call = { tenant: of, roles: anonymous ? null : roles, person: as, headers, body: payload }
    const answer = await harness.call(method, path, call)
    return { ...answer, body: answer.body ?? undefined }
  }

  return { ...harness, auth: harness.issuer.auth, receive, fireUntil, sent, call }
}

/** What happened, in words: `resolution 1 breached`. */
export function words (events: readonly Sent[]): string[] {
  return events.map(({ type, data: { clock } }) => `${clock.metric} ${clock.cycle} ${type.split('.')[2]}`)
}
