import { parseInstant } from '@dueline/business-time'
import type { Handler } from '@dueline/messaging'
import { saveAbsences, saveAvailabilities, saveCapacityRules } from '../store/presence-store.ts'

/** Keeps the copies of what was set by hand of people. */
export const onAvailabilityChanged: Handler<'dueline.availability.changed.v1'> = async (tx, events) => {
  await saveAvailabilities(
    tx,
    events.map(({ tenantid: tenantId, data: { availability: { until, ...availability } } }) => ({
      ...availability,
      tenantId,
      until: until === null ? null : parseInstant(until)
    }))
  )
}

/** Keeps the copies of planned absences. */
export const onAbsenceChanged: Handler<'dueline.absence.changed.v1'> = async (tx, events) => {
  await saveAbsences(
    tx,
    events.map(({ tenantid: tenantId, data: { absence: { from, to, ...absence }, deleted } }) => ({
      ...absence,
      tenantId,
      deleted,
      startsAt: parseInstant(from),
      endsAt: parseInstant(to)
    }))
  )
}

/** Keeps the copies of what tickets take of a capacity. */
export const onCapacityChanged: Handler<'dueline.capacity.changed.v1'> = async (tx, events) => {
  await saveCapacityRules(tx, events.map(({ tenantid: tenantId, data: { capacity } }) => ({ ...capacity, tenantId })))
}
