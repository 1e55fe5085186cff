import type { Client } from '@dueline/client'
import { eventually } from '@dueline/testkit'
import type { OneStack } from './one-stack.ts'
import { people } from './short-agreement.ts'

/** Sends a file as it comes, or asks for one. */
export async function sendFile (
  stack: OneStack,
  tenant: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>
) {
  const token = await stack.token({ tenant, personId: people.agent, roles: ['sales'] })
  return await fetch(`${stack.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': typeOf(body) }) },
    ...(body === undefined ? {} : { body })
  })
}

function typeOf (body: string | Uint8Array): string {
  return typeof body === 'string' ? 'text/csv' : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
}

/** Publishes the SLA table for new tickets. */
export async function publish (api: Client) {
  await api.post('/v1/policy-versions', { body: { effect: 'new_tickets', note: 'From the spreadsheet' } })
}

/** Opens a ticket, and waits for its resolution clock. */
export async function resolutionClock (
  api: Client,
  body: { priority: 'P1' | 'P2', severity: 'high' | 'medium', productId?: string }
) {
  await api.post('/v1/people', {
    body: { id: people.customer, role: 'customer', name: 'Customer', screenName: 'Customer', language: 'en' }
  })
  const { data: ticket } = await api.post('/v1/tickets', {
    body: { subject: 'Paper jam', type: 'complaint', customerId: people.customer, ...body }
  })
  return await eventually(async () => {
    const { data: { items } } = await api.get('/v1/clocks', { query: { ticketId: ticket.id } })
    return items.find(({ metric }) => metric === 'resolution') ?? false
  }, { everyMs: 50 })
}
