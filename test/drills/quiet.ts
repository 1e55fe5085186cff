import type { Client } from '@dueline/client'
import { eventually } from '@dueline/testkit'

/**
 * Waits until the escalation of each ticket has ended and nothing waits to be sent. Reads the feed onwards from where
 * it was, and little else: who waits must not be the load.
 * @throws Error with what is still open when `deadlineMs` have passed
 */
export async function untilQuiet (api: Client, ticketIds: readonly string[], deadlineMs: number): Promise<void> {
  const open = new Set(ticketIds.map((id) => `ticket/${id}`))
  let after: string | undefined
  await eventually(async () => {
    for await (const { event, cursor } of api.feed({ after, types: ['dueline.escalation.exhausted.v1'] })) {
      open.delete(event.subject)
      after = cursor
    }
    if (open.size > 0) {
      throw new Error(
        `${open.size} of ${ticketIds.length} escalations have not ended, one of them that of ${[...open][0]}`
      )
    }
    const { items: [pending] } = (await api.get('/v1/messages', { query: { state: 'pending', limit: 1 } })).data
    if (pending !== undefined) throw new Error(`messages wait to be sent, one of them ${pending.id}`)
    return true
  }, { deadlineMs, everyMs: 1_000 })
}
