import { serviceNames } from '@dueline/contracts'
import type { BodyOf, Client } from '@dueline/client'
import { eventually } from '@dueline/testkit'
import pg from 'pg'
import type { TenantRecord } from '../harness/tenant-record.ts'
import type { DeployedSystem } from './system.ts'
import type { Disorder } from './unruly-deliveries.ts'

/** Puts `unruly-deliveries.ts` in front of every service. */
export const unrulyEnv = { NODE_OPTIONS: '--import ./test/drills/unruly-deliveries.ts' }

const urgentTarget = 'PT2H'

/** Another agreement for P0, whose resolution shows by its target which version of a ticket counted last. */
export async function publishUrgentRow ({ api }: DeployedSystem): Promise<void> {
  const { items: [row] } = (await api.get('/v1/sla-rows', { query: { limit: 1 } })).data
  if (row === undefined) throw new Error('the tenant has no agreement yet')
  const { escalationPolicyId } = row
  const reminders = row.reminders as NonNullable<BodyOf<'createSlaRow'>['reminders']>
  const targets = { first_response: 'PT1S', resolution: urgentTarget }
  const urgent = { name: 'Urgent', kind: 'sla', priority: 'P0', targets, reminders, escalationPolicyId } as const
  await api.post('/v1/sla-rows', { body: urgent })
  await api.post('/v1/policy-versions', { body: { effect: 'new_tickets' } })
}

/** Makes the order of a ticket's events matter: another priority with another agreement, and a note. */
export async function changeTwice (api: Client, ticketId: string, key: string): Promise<void> {
  const path = { ticketId }
  const headers = { 'If-Match': '"1"', 'Idempotency-Key': `${key}-priority` }
  await api.patch('/v1/tickets/{ticketId}', { path, headers, body: { priority: 'P0' } })
  await api.post('/v1/tickets/{ticketId}/messages', {
    path,
    headers: { 'Idempotency-Key': `${key}-note` },
    body: { kind: 'internal', body: 'It is urgent.' }
  })
}

/** Says what each service has been through. @returns those that have not been through what they should */
export function sumUpDisorder ({ replicaOf, say }: DeployedSystem): string[] {
  return serviceNames.flatMap((name) => {
    const { records, deliveries, outOfOrder } = disorderIn(replicaOf(name).stderr())
    say(
      `${name}: ${records} records were delivered ${deliveries} times, ` +
        `${outOfOrder} for the first time after a later one of their key`
    )
    return deliveries > records && (outOfOrder > 0) === (name !== 'notification')
      ? []
      : [`${name} has been through something else than it should`]
  })
}

/** Every ticket is P0 in the end: a clock with another agreement went by an older version. */
export function staleClocks ({ clocks }: TenantRecord): string[] {
  return clocks.filter(({ metric, target }) => metric === 'resolution' && target !== urgentTarget)
    .map(({ id, target }) => `clock ${id} of a P0 ticket has the target ${target}, not ${urgentTarget}`)
}

/**
 * What escalation keeps of clocks and tickets is the newest of each. It is looked at where it lies: events that a clock
 * announces at once all have its last state, so that none who took an older one for the newest would show by what it
 * did.
 */
export async function staleCopies (
  { clocks, tickets }: TenantRecord,
  { deployment }: DeployedSystem
): Promise<string[]> {
  const database = new pg.Client({ connectionString: deployment.database.adminUrl })
  await database.connect()
  let stale = ['what escalation keeps could not be read']
  // the last of them may still be on their way
  await eventually(async () => {
    const { rows } = await database.query<{ id: string, newest: number }>(
      `select id, sequence as newest from escalation.escalation_case
        union all select id, version from escalation.ticket`
    )
    const stored = new Map(rows.map(({ id, newest }) => [id, newest]))
    const sources = [
      ...clocks.map(({ id, sequence }) => ({ what: `clock ${id}`, id, newest: sequence })),
      ...tickets.map(({ id, version }) => ({ what: `ticket ${id}`, id, newest: version }))
    ]
    stale = sources.filter(({ id, newest }) => stored.get(id) !== newest).map(({ what, id, newest }) =>
      `escalation keeps ${what} as it was at ${stored.get(id)} of ${newest}`
    )
    return stale.length === 0
  }, { deadlineMs: 20_000, everyMs: 500 }).catch(() => {})
  await database.end()
  return stale
}

/** The last of the counts that a service has written. */
function disorderIn (stderr: string): Disorder {
  const line = stderr.split('\n').findLast((each) => each.startsWith('{"unruly"') && each.endsWith('}'))
  return line === undefined
    ? { records: 0, deliveries: 0, outOfOrder: 0 }
    : (JSON.parse(line) as { unruly: Disorder }).unruly
}
