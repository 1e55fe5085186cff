import { createClient, type Client, type Ticket } from '@dueline/client'
import type { DuelineEvent, Role } from '@dueline/contracts'
import { eventually } from '@dueline/testkit'
import { violationsOf } from './checker.ts'
import type { StackProcess } from './stack-process.ts'
import { readFeed, type Mail } from './tenant-record.ts'

export const people = {
  customer: '01990000-0000-7000-8000-0000000000c1',
  agent: '01990000-0000-7000-8000-0000000000a1',
  manager: '01990000-0000-7000-8000-0000000000b1',
  ceo: '01990000-0000-7000-8000-0000000000e1'
}

type Place = Pick<StackProcess, 'url' | 'mailUrl' | 'token'>

const personId = '01990000-0000-7000-8000-000000000001'
const roles: Role[] = ['admin', 'manager', 'agent', 'sales', 'integrator']

/** A caller of the tenant who may do and see everything. It sends once: what is answered is what is tested. */
export async function apiOf (stack: Pick<Place, 'url' | 'token'>, tenant: string): Promise<Client> {
  return createClient({ url: stack.url, token: await stack.token({ tenant, personId, roles }), triesMax: 1 })
}

/**
 * Makes a tenant whose agreement lasts a second: first response PT1S, warned at half of it, level 1 half a second after
 * the deadline, level 2, the last, one second later. Resolves when its people are known to who writes to them.
 */
export async function seedTenant (api: Client, tenant: string, webhookUrl?: string): Promise<void> {
  const person = async (role: keyof typeof people, managerId: string | null): Promise<void> => {
    const email = `${role}@${tenant}.example`
    const body = { id: people[role], role, name: role, screenName: role, email, language: 'en', managerId } as const
    await api.post('/v1/people', { body })
  }
  await person('ceo', null)
  await person('manager', people.ceo)
  await person('agent', people.manager)
  await person('customer', null)
  if (webhookUrl !== undefined) {
    await api.post('/v1/webhook-endpoints', { body: { url: webhookUrl, description: 'test' } })
  }
  const { data: policy } = await api.post('/v1/escalation-policies', {
    body: {
      name: 'Quick',
      levels: [
        {
          name: 'Desk and lead',
          trigger: { afterDeadline: 'PT0.5S' },
          targets: [{ assignee: true }, { role: 'manager', via: 'reporting_line' }],
          actions: [{ notify: true }]
        },
        {
          name: 'Chief',
          trigger: { unacknowledgedFor: 'PT1S' },
          targets: [{ role: 'ceo', via: 'reporting_line' }],
          actions: [{ notify: true }]
        }
      ]
    }
  })
  await api.post('/v1/sla-rows', {
    body: {
      name: 'One second',
      kind: 'sla',
      targets: { first_response: 'PT1S', resolution: 'PT1H' },
      reminders: [{ percent: 50 }],
      escalationPolicyId: policy.id
    }
  })
  await api.post('/v1/policy-versions', { body: { effect: 'new_tickets' } })
  await eventually(
    async () => (await readFeed(api)).filter(({ type }) => type === 'dueline.person.changed.v1').length === 4,
    { everyMs: 100 }
  )
}

/** Opens an assigned ticket; the same `key` never opens a second one. */
export async function openTicket (api: Client, key: string): Promise<Ticket> {
  const { customer: customerId, agent: assigneeId } = people
  const body = { subject: `Case ${key}`, customerId, assigneeId, type: 'complaint' as const }
  return (await api.post('/v1/tickets', { body, headers: { 'Idempotency-Key': key } })).data
}

/** Waits until the feed has the last level of every one of these tickets. @returns the feed */
export async function escalationsEnd (
  api: Client,
  ticketIds: readonly string[],
  deadlineMs = 60_000
): Promise<DuelineEvent[]> {
  return await eventually(async () => {
    const events = await readFeed(api)
    const ended = new Set(
      events.filter(({ type }) => type === 'dueline.escalation.exhausted.v1').map(({ subject }) => subject)
    )
    const missing = ticketIds.filter((id) => !ended.has(`ticket/${id}`))
    if (missing.length > 0) {
      throw new Error(
        `${missing.length} of ${ticketIds.length} escalations have not ended, the first of them ${missing[0]}`
      )
    }
    return events
  }, { deadlineMs, everyMs: 200 })
}

/** Every mail that the stack's catcher holds. */
export async function mailsOf ({ mailUrl }: Pick<Place, 'mailUrl'>): Promise<Mail[]> {
  return await (await fetch(`${mailUrl}/mails.json`)).json() as Mail[]
}

/**
 * Checks a tenant until nothing is wrong: what is still being sent, counts as lost, and is given the time that the
 * lease of a dead sender lasts. What happened twice stays wrong. @returns what is wrong at the end
 */
export async function violationsAtRest (stack: Place, tenant: string, deadlineMs = 120_000): Promise<string[]> {
  const api = await apiOf(stack, tenant)
  let found: string[] = []
  await eventually(async () => {
    found = await violationsOf({ api, mailDomain: `@${tenant}.example`, mails: () => mailsOf(stack) })
    return found.length === 0
  }, { deadlineMs, everyMs: 1_000 }).catch(() => {})
  return found
}
