import type { Micros } from '@dueline/business-time'
import { instantParam, readInstant } from '@dueline/postgres'
import type { Read as Reader, Tx } from '@dueline/postgres'
import { currentTraceparent } from '@dueline/runtime'
import type { TimerOwner, TimerSetting } from './types.ts'
import type { TimerRow } from './window.ts'

/** A connection or pool. */
export type Read = Pick<Reader, '$client'>

/** Where the owners of one kind are, as the statements need it. */
export interface OwnerTable {
  table: string
  idType: 'uuid' | 'text'
}

/** A timer that is to fire, with the trace in which it was set. */
export interface ClaimedTimer extends TimerSetting {
  traceparent: string | null
}

/** What the table says of timers that were asked for and did not fire. */
export interface Leftover extends TimerOwner {
  dueAt: Micros
  fireAt: Micros
  owned: boolean
}

interface Row {
  now: string
  tenant_id: string | null
  owner_id: string
  due_at: string
  fire_at: string
  kind: string
  owned: boolean
  traceparent: string | null
}

const identifier = /^[a-z_][a-z0-9_]{0,62}$/

/** @throws TypeError for a table name that would need quoting */
export function checkTableName (table: string): string {
  if (!identifier.test(table)) throw new TypeError(`not a table name: ${table}`)
  return table
}

/** Looks up how the owners are keyed. @throws Error when the table is missing, or its `id` is neither uuid nor text */
export async function describeOwners (db: Read, table: string): Promise<OwnerTable> {
  const { rows } = await db.$client.query<{ type: string }>(
    "select format_type(atttypid, null) as type from pg_attribute where attrelid = to_regclass($1) and attname = 'id'",
    [table]
  )
  const idType = rows[0]?.type
  if (idType !== 'uuid' && idType !== 'text') {
    throw new Error(`the owner table ${table} needs a column "id" of type uuid or text, found ${String(idType)}`)
  }
  return { table, idType }
}

/**
 * How `o` (the owner's row) and `t` (the timer's) belong together; the cast stands on the timer's side, so the owner's
 * index serves.
 */
function ownedBy ({ idType }: OwnerTable): string {
  return `o.tenant_id = t.tenant_id and o.id = t.owner_id${idType === 'text' ? '::text' : ''}`
}

const asked = 'unnest($2::text[], $3::uuid[]) as a(tenant_id, owner_id)'
const askedTimer = 't.kind = $1 and t.tenant_id = a.tenant_id and t.owner_id = a.owner_id'

function askedParams (kind: string, owners: readonly TimerOwner[]): unknown[] {
  return [kind, owners.map((each) => each.tenantId), owners.map((each) => each.ownerId)]
}

/**
 * Which timers `loadTimers` reads: of these kinds, within `horizonMs` from now, at most `max`, none of the tenants in
 * `without`.
 */
export interface LoadBounds {
  kinds: readonly string[]
  horizonMs: number
  max: number
  without: readonly string[]
}

/**
 * The timers to fire soon, earliest first, and the database's time. now() and not clock_timestamp(): a volatile bound
 * would keep the index from being used.
 */
export async function loadTimers (
  db: Read,
  { kinds, horizonMs, max, without }: LoadBounds
): Promise<{ now: Micros, rows: TimerRow[] }> {
  const allTenants = without.length === 0
  const { rows } = await db.$client.query<Row>({
    name: allTenants ? 'timer-load' : 'timer-load-without',
    text: `select now() as now, t.* from (values (1)) one left join lateral (
      select kind, tenant_id, owner_id, due_at, fire_at from timer
      where fire_at <= now() + $1::int * interval '1 millisecond'
        and kind = any ($3::text[]) ${allTenants ? '' : 'and tenant_id <> all ($4::text[])'}
      order by fire_at limit $2) t on true`,
    values: [horizonMs, max, kinds, ...(allTenants ? [] : [without])]
  })
  const timers: TimerRow[] = []
  for (const row of rows) {
    if (row.tenant_id === null) continue
    const dueAt = readInstant(row.due_at)
    const fireAt = row.fire_at === row.due_at ? dueAt : readInstant(row.fire_at)
    timers.push({ kind: row.kind, tenantId: row.tenant_id, ownerId: row.owner_id, dueAt, fireAt })
  }
  return { now: readInstant(rows[0]?.now ?? ''), rows: timers }
}

/**
 * Locks the owners that nobody else has locked, and removes those of their timers that are due. A timer that was
 * moved while the lock was being had keeps (due_at is compared again on the newest row), so nothing stale is returned.
 * `offset 0` keeps "due" out of the choice of index: by its statistics next to nothing is due, so the planner would
 * read all that is due for each timer asked for; with 20,000 due at once a batch then took 10 s instead of 30 ms.
 */
export function claimText (owners: OwnerTable): string {
  return `with due as materialized (
      select t.tenant_id, t.owner_id, t.due_at from ${asked}
      cross join lateral (select tenant_id, owner_id, due_at, fire_at from timer t where ${askedTimer} offset 0) t
      join ${owners.table} o on ${ownedBy(owners)}
      where t.fire_at <= now() for update of o skip locked),
    gone as (
      delete from timer t using due d
      where t.kind = $1 and t.tenant_id = d.tenant_id and t.owner_id = d.owner_id and t.due_at = d.due_at
      returning t.tenant_id, t.owner_id, t.due_at, t.traceparent)
    select now() as now, gone.* from (values (1)) one left join gone on true order by gone.due_at`
}

/**
 * Claims the timers that are due and whose owners are free (see `claimText`), earliest first, with the database's time.
 */
export async function claimDue (
  tx: Tx,
  kind: string,
  owners: OwnerTable,
  timers: readonly TimerOwner[]
): Promise<{ now: Micros, due: ClaimedTimer[] }> {
  const { rows } = await tx.$client.query<Row>({
    name: `timer-claim-${owners.table}`,
    text: claimText(owners),
    values: askedParams(kind, timers)
  })
  const due = rows.flatMap(({ tenant_id: tenantId, owner_id: ownerId, due_at: dueAt, traceparent }) =>
    tenantId === null ? [] : [{ kind, tenantId, ownerId, dueAt: readInstant(dueAt), traceparent }]
  )
  return { now: readInstant(rows[0]?.now ?? ''), due }
}

/** What has become of timers that `claimDue` did not return; those that are gone are left out. */
export async function inspect (
  db: Read,
  kind: string,
  owners: OwnerTable,
  timers: readonly TimerOwner[]
): Promise<Leftover[]> {
  const { rows } = await db.$client.query<Row>({
    name: `timer-inspect-${owners.table}`,
    text: `select t.tenant_id, t.owner_id, t.due_at, t.fire_at,
        exists (select from ${owners.table} o where ${ownedBy(owners)}) as owned
      from ${asked} join timer t on ${askedTimer}`,
    values: askedParams(kind, timers)
  })
  return rows.map((row) => ({
    tenantId: row.tenant_id ?? '',
    ownerId: row.owner_id,
    dueAt: readInstant(row.due_at),
    fireAt: readInstant(row.fire_at),
    owned: row.owned
  }))
}

/** Removes a timer whose owner is gone. */
export async function removeOrphan (db: Read, kind: string, owners: OwnerTable, timer: Leftover): Promise<void> {
  await db.$client.query(
    `delete from timer t where kind = $1 and tenant_id = $2 and owner_id = $3 and due_at = $4
     and not exists (select from ${owners.table} o where ${ownedBy(owners)})`,
    [kind, timer.tenantId, timer.ownerId, instantParam(timer.dueAt)]
  )
}

/**
 * Puts a timer off after a failure: by 1 s, 2 s, 4 s … up to 10 minutes. Returns how often it has failed; 0 when it was
 * moved meanwhile.
 */
export async function putOff (db: Read, timer: TimerSetting): Promise<number> {
  const { rows } = await db.$client.query<{ failures: number }>(
    `update timer
       set failures = failures + 1, fire_at = now() + least(600, 2 ^ least(failures, 20)) * interval '1 second'
     where kind = $1 and tenant_id = $2 and owner_id = $3 and due_at = $4 returning failures`,
    [timer.kind, timer.tenantId, timer.ownerId, instantParam(timer.dueAt)]
  )
  return rows[0]?.failures ?? 0
}

/**
 * Inserts or moves timers, with the trace in which that is done; of several for one key the last counts. A timer
 * already set to that instant is not written again.
 */
export async function setTimers (tx: Tx, timers: readonly TimerSetting[]): Promise<void> {
  await tx.$client.query({
    name: 'timer-set',
    text: `insert into timer (kind, tenant_id, owner_id, due_at, fire_at, traceparent)
      select kind, tenant_id, owner_id, due_at, due_at, traceparent
      from unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[])
        as s(kind, tenant_id, owner_id, due_at, traceparent)
      order by kind, tenant_id, owner_id
      on conflict (kind, tenant_id, owner_id) do update
        set due_at = excluded.due_at, fire_at = excluded.fire_at, failures = 0, traceparent = excluded.traceparent
      where timer.due_at <> excluded.due_at or timer.failures > 0`,
    values: [
      timers.map((each) => each.kind),
      timers.map((each) => each.tenantId),
      timers.map((each) => each.ownerId),
      timers.map((each) => instantParam(each.dueAt)),
      timers.map((each) => currentTraceparent(each.ownerId) ?? null)
    ]
  })
}

/** Removes timers of one kind. */
export async function clearTimers (tx: Tx, kind: string, owners: readonly TimerOwner[]): Promise<void> {
  await tx.$client.query({
    name: 'timer-clear',
    text: `delete from timer t using ${asked} where ${askedTimer}`,
    values: askedParams(kind, owners)
  })
}
