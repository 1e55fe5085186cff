import { benchScreen, type Ask } from './screens.ts'
import type { Options, Result } from './scenario.ts'

const limit = 20

/**
 * The queue of a desk: 20 open tickets, most urgent first, each with its clocks and the names of its people, in one
 * call. Another build lists the newest, as it cannot list by deadline, and asks for clocks and people one by one.
 */
export async function run (options: Options): Promise<Result> {
  return await benchScreen(options, { own: queue, other: queueInPieces })
}

async function queue (ask: Ask): Promise<void> {
  const expand = 'expand=customer&expand=assignee&expand=clocks'
  const { items } = await ask(`/v1/tickets?status=new&status=open&sort=dueAt&limit=${limit}&${expand}`)
  const isWhole = items.length === limit &&
    items.every(({ sla, customer, clocks }: any) => sla !== null && customer !== null && clocks.length > 0)
  if (!isWhole) throw new Error('the page lacks something')
}

async function queueInPieces (ask: Ask): Promise<void> {
  const { items } = await ask(`/v1/tickets?status=open&limit=${limit}`)
  const people = new Set<string>(items.flatMap(({ customerId, assigneeId }: any) => [customerId, assigneeId]))
  const clocks = await Promise.all([
    ...items.map(async ({ id }: any) => await ask(`/v1/clocks?ticketId=${id}`)),
    ...[...people].map(async (id) => await ask(`/v1/people/${id}`))
  ])
  if (items.length !== limit || clocks[0].items.length === 0) throw new Error('the page lacks something')
}
