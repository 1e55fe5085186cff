import { formatInstant } from '@dueline/business-time'
import { Instant, nullable, PolicyEffectSchema, stringEnum, instantText } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import type { PolicyRow } from '../domain/policy.ts'
import type { VersionRecord } from '../store/policy-store.ts'
import { defaultsToWire, Defaults } from './policy-settings.ts'
import { SlaRow } from './sla-rows.ts'

export const EffectBody = {
  effect: Type.Unsafe<VersionRecord['effect']>({
    ...PolicyEffectSchema,
    description:
      'new_tickets: open tickets keep their agreements. from_now: they get new ones that apply to the time still to ' +
      'come. retroactive: new ones that apply from the start.'
  })
}

const summary = {
  version: Type.Integer({ minimum: 1 }),
  effect: PolicyEffectSchema,
  note: nullable(Type.String()),
  rowCount: Type.Integer({ minimum: 0 }),
  defaults: Defaults,
  publishedAt: Instant,
  publishedBy: Type.String({ description: "a person's id" }),
  reresolution: nullable(Type.Object({
    state: stringEnum(['running', 'done']),
    checked: Type.Integer({ minimum: 0, description: 'open tickets looked at so far' }),
    moved: Type.Integer({ minimum: 0, description: 'those of them whose agreement changed' }),
    finishedAt: nullable(Instant)
  }, {
    title: 'Reresolution',
    description: 'how many open tickets have their new agreements; null when the publish does not touch them'
  }))
}
export const PolicyVersionSummary = Type.Object(summary, {
  title: 'PolicyVersionSummary',
  description: 'A published version of the SLA table, without its rows'
})

const { active: _active, version: _version, createdAt: _created, updatedAt: _updated, ...publishedRow } =
  SlaRow.properties
export const PolicyVersion = Type.Object({
  ...summary,
  rows: Type.Array(Type.Object(publishedRow, {
    title: 'PublishedSlaRow',
    description: 'A row as it was published'
  }))
}, { title: 'PolicyVersion', description: 'A published version of the SLA table' })

export function versionToWire (
  { version, effect, note, rowCount, defaults, publishedAt, publishedBy, reresolution }: VersionRecord
): Static<typeof PolicyVersionSummary> {
  return {
    version,
    effect,
    note,
    rowCount,
    defaults: defaultsToWire(defaults),
    publishedAt: formatInstant(publishedAt),
    publishedBy,
    reresolution: reresolution === null
      ? null
      : {
        ...reresolution,
        state: reresolution.finishedAt === null ? 'running' : 'done',
        finishedAt: instantText(reresolution.finishedAt)
      }
  }
}

export function publishedRowToWire (row: PolicyRow): Static<typeof PolicyVersion>['rows'][number] {
  return {
    ...row,
    nextResponse: row.nextResponse ?? 'after_first',
    reminders: [...row.reminders],
    validFrom: instantText(row.validFrom),
    validTo: instantText(row.validTo)
  }
}
