import { benchScreen, type Ask } from './screens.ts'
import type { Options, Result } from './scenario.ts'

/**
 * A ticket's page: how its SLA stands, its people, clocks and messages, in one call; any ticket, one after the other.
 * Another build asks for the ticket, and then for each of the rest.
 */
export async function run (options: Options): Promise<Result> {
  return await benchScreen(options, { own: page, other: pageInPieces })
}

const parts = ['customer', 'assignee', 'clocks', 'messages'].map((part) => `expand=${part}`).join('&')

async function page (ask: Ask, ticketIds: readonly string[]): Promise<void> {
  const { sla, customer, assignee, clocks, messages } = await ask(`/v1/tickets/${anyOf(ticketIds)}?${parts}`)
  const isWhole = sla !== null && customer !== null && assignee !== null && clocks.length > 0 && messages.length > 0
  if (!isWhole) throw new Error('the page lacks something')
}

async function pageInPieces (ask: Ask, ticketIds: readonly string[]): Promise<void> {
  const id = anyOf(ticketIds)
  const { customerId, assigneeId } = await ask(`/v1/tickets/${id}`)
  const [messages, clocks] = await Promise.all([
    ask(`/v1/tickets/${id}/messages`),
    ask(`/v1/clocks?ticketId=${id}`),
    ask(`/v1/escalations?ticketId=${id}`),
    ask(`/v1/people/${customerId}`),
    ask(`/v1/people/${assigneeId}`)
  ])
  if (messages.items.length === 0 || clocks.items.length === 0) throw new Error('the page lacks something')
}

function anyOf (ids: readonly string[]): string {
  return ids[Math.floor(Math.random() * ids.length)]!
}
