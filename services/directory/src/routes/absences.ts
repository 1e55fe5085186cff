import { formatInstant, type Micros } from '@dueline/business-time'
import { Instant, nullable, OneLine, Uuid } from '@dueline/contracts'
import { instantOf, problem } from '@dueline/http'
import { Type, type Static } from 'typebox'
import { isSelfOrManager, requireSelfOrManager } from '../access.ts'
import { absenceFaults, emptyAbsence, type AbsenceDraft } from '../domain/absence.ts'
import type { Sent } from '../domain/drafts.ts'
import { errors } from '../errors.ts'
import { aggregateStore, type Stamped } from '../store/aggregate-store.ts'
import { lockPresence, overlapping } from '../store/presence-store.ts'
import { absence } from '../store/tables.ts'
import type { Mention } from '../upstreams/references.ts'
import { viewOf, type Aggregate } from './aggregates.ts'
import { Stamps } from './route-deps.ts'

const personId = { ...Uuid, description: 'Who is absent, of the staff' }
const fields = {
  from: { ...Instant, description: 'When it begins' },
  to: { ...Instant, description: 'When it ends: from then on the person is there again' },
  reason: nullable(OneLine(200, 'why; only the person, managers and administrators see it')),
  substituteId: nullable({ ...Uuid, description: 'Who stands in meanwhile, of the staff' })
}

/** Body of a new absence. */
export const NewAbsence = Type.Object({
  personId,
  ...fields,
  reason: Type.Optional(fields.reason),
  substituteId: Type.Optional(fields.substituteId)
}, { title: 'NewAbsence', description: 'An absence to be planned' })
/** Body of a change. */
export const AbsencePatch = Type.Partial(Type.Object(fields), {
  title: 'AbsencePatch',
  description: 'What is to change of a planned absence',
  minProperties: 1
})
/** An absence on the wire. */
export const Absence = Type.Object({ id: Uuid, personId, ...fields, ...Stamps }, {
  title: 'Absence',
  description: 'A planned absence of a person'
})

/** The instants of a body as microseconds. @throws Problem 400 for one that does not exist */
export function absenceSent (body: Static<typeof AbsencePatch> & { personId?: string }): Sent<AbsenceDraft> {
  const { from, to, ...rest } = body
  return {
    ...rest,
    ...(from === undefined ? {} : { from: instantOf(from, '/from') }),
    ...(to === undefined ? {} : { to: instantOf(to, '/to') })
  }
}

function periodText ({ from, to }: { from: Micros, to: Micros }): string {
  return `from ${formatInstant(from)} to ${formatInstant(to)}`
}

/** How absences are stored and announced. */
export const absences: Aggregate<AbsenceDraft, Static<typeof Absence>> = {
  path: '/v1/absences',
  store: aggregateStore<AbsenceDraft & Stamped>(absence),
  empty: emptyAbsence,
  view (row, principal) {
    const { from, to, reason } = row
    return {
      ...viewOf(row),
      from: formatInstant(from),
      to: formatInstant(to),
      reason: isSelfOrManager(principal, row.personId) ? reason : null
    }
  },
  permit: (principal, { personId }) => requireSelfOrManager(principal, personId),
  mentions (next, before): Mention[] {
    return (['personId', 'substituteId'] as const).flatMap((field): Mention[] => {
      const id = next[field]
      return id === null || id === before[field] ? [] : [{ pointer: `/${field}`, kind: 'staff', id }]
    })
  },
  async faults (tx, id, next) {
    const wrong = absenceFaults(next)
    if (wrong.length > 0) return wrong
    await lockPresence(tx, next.personId)
    const other = await overlapping(tx, { id, ...next })
    if (other !== undefined) problem(errors.absence_overlaps, { detail: `there is one ${periodText(other)}` })
    return []
  },
  event ({ createdAt: _, updatedAt: _at, reason: _why, from, to, ...snapshot }, deleted) {
    return {
      type: 'dueline.absence.changed.v1',
      subject: `absence/${snapshot.id}`,
      data: { absence: { ...snapshot, from: formatInstant(from), to: formatInstant(to) }, deleted }
    }
  }
}
