import type { DuelineEvent } from '@dueline/contracts'
import type { Api } from '@dueline/demo'
import { eventually } from '@dueline/testkit'

/**
 * Waits until the story of each ticket has ended and nothing waits to be sent. Reads the feed onwards from where it
 * was, and little else: who waits must not be the load.
 * @throws Error with what is still open when `deadlineMs` have passed
 */
export async function untilQuiet (api: Api, ticketIds: readonly string[], deadlineMs: number): Promise<void> {
  const open = new Set(ticketIds.map((id) => `ticket/${id}`))
  let after = ''
  await eventually(async () => {
    for (;;) {
      const { items, nextCursor } = await api.get<{ items: DuelineEvent[], nextCursor: string }>(
        `/v1/events?limit=200&types=dueline.escalation.exhausted.v1${after}`
      )
      for (const { subject } of items) open.delete(subject)
      if (items.length === 0) break
      after = `&after=${nextCursor}`
    }
    if (open.size > 0) {
      throw new Error(`${open.size} of ${ticketIds.length} stories have not ended, one of them that of ${[...open][0]}`)
    }
    const { items: [pending] } = await api.get<{ items: { id: string }[] }>('/v1/messages?state=pending&limit=1')
    if (pending !== undefined) throw new Error(`messages wait to be sent, one of them ${pending.id}`)
    return true
  }, { deadlineMs, everyMs: 1_000 })
}
