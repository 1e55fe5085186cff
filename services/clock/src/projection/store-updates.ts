import type { Tx } from '@dueline/postgres'
import { withSnapshots } from '../domain/ticket-case.ts'
import { holdCalendars, type CalendarCache } from '../store/calendar-store.ts'
import { lockCases } from '../store/case-store.ts'
import { textOf } from '../store/keys.ts'
import { addAgreementVersions, addFacts, type NewAgreementVersion } from '../store/timeline-store.ts'
import type { ReceivedUpdate } from './project.ts'
import type { TicketUpdate } from './updates.ts'

/** Locks the tickets of updates and stores what is new in them, each once: one statement per table. */
export async function storeUpdates (
  tx: Tx,
  updates: readonly TicketUpdate[],
  calendars: CalendarCache
): Promise<ReceivedUpdate[]> {
  const waiting = await holdMissingCalendars(tx, updates, calendars)
  const cases = await lockCases(tx, updates)
  await addFacts(
    tx,
    updates.flatMap(({ tenantId, ticketId, facts }) => facts.map((fact) => ({ ...fact, tenantId, ticketId })))
  )
  await addAgreementVersions(tx, updates.flatMap(({ agreementVersions }) => agreementVersions))
  return updates.map((update) => {
    const before = cases.get(textOf(update))!
    return {
      ...update,
      before,
      known: withSnapshots(before, update.snapshots),
      waiting: update.agreementVersions.filter((version) => waiting.has(version))
    }
  })
}

/**
 * Before any case is locked: a calendar that is on its way must not slip between "not here" and "I wait for it".
 * Answers the agreement versions whose calendars are not here.
 */
async function holdMissingCalendars (
  tx: Tx,
  updates: readonly TicketUpdate[],
  calendars: CalendarCache
): Promise<Set<NewAgreementVersion>> {
  const wanted = updates.flatMap(({ agreementVersions }) =>
    agreementVersions.flatMap((version) => {
      const { tenantId, agreement } = version
      if (agreement === null || agreement.calendarId === null) return []
      return [{ version, tenantId, calendar: { id: agreement.calendarId, version: agreement.calendarVersion } }]
    })
  )
  if (wanted.length === 0) return new Set()
  const here = await calendars.lookup(tx, wanted)
  const missing = wanted.filter(({ tenantId, calendar }) => here(tenantId)(calendar) === undefined)
  if (missing.length > 0) {
    await holdCalendars(tx, missing.map(({ tenantId, calendar }) => ({ tenantId, ...calendar })), 'awaiting')
  }
  return new Set(missing.map(({ version }) => version))
}
