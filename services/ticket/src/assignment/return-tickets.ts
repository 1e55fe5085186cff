import type { Tx } from '@dueline/postgres'
import { returnedStatuses } from '../domain/absence.ts'
import { assigned, factTime } from '../domain/changes.ts'
import { systemActor } from '../domain/ticket.ts'
import { absentPeople, ticketsOf } from '../store/absent-store.ts'
import type { FactBatch } from '../store/fact-store.ts'
import { lockTickets } from '../store/ticket-store.ts'
import type { AssignDeps } from './assign-waiting.ts'

/** The most that one transaction takes back. */
const returnedMax = 200

/**
 * Takes a tenant's tickets back from people who are absent or gone home, nearest due first, at most `returnedMax`: they
 * wait for a rule then, in the team they were in. Answers whether it is to be called again: there may be more of them.
 */
export async function returnTickets (
  tx: Tx,
  tenantId: string,
  { facts, calendars, now }: AssignDeps
): Promise<boolean> {
  const at = now()
  const absent = await absentPeople(tx, tenantId, { at, calendars })
  if (absent.size === 0) return false
  const tickets = await lockTickets(tx, tenantId, await ticketsOf(tx, tenantId, [...absent.keys()], returnedMax))
  const taken = [...tickets.values()].flatMap((ticket): FactBatch[] => {
    const { assigneeId, teamId, status } = ticket
    const absence = assigneeId === null ? undefined : absent.get(assigneeId)
    // changed since it was read
    if (absence === undefined || !returnedStatuses.includes(status)) return []
    const why = absence.reason === 'calendar'
      ? 'the working hours of its assignee are over'
      : `its assignee is ${absence.state}`
    const fact = assigned(ticket, { assigneeId: null, teamId }, why, factTime(ticket, at), systemActor)
    return fact === null ? [] : [[fact]]
  })
  if (taken.length > 0) await facts.append(tx, tenantId, taken)
  return taken.length === returnedMax
}
