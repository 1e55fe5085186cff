import { Agreement, Instant, nullable, stringEnum } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { agreementOf } from '../agreements/apply-changes.ts'
import type { PromisingRecord } from '../store/agreement-store.ts'
import { instantText } from './route-deps.ts'
import { SlaRow } from './sla-rows.ts'

const { reminders, ...rest } = Agreement.properties

/** A promise made to a ticket, with its end. */
export const AgreementWire = Type.Object({
  ...rest,
  reminders: SlaRow.properties.reminders,
  endedAt: nullable(Instant),
  endedBy: nullable(stringEnum(['changed', 'withdrawn']))
}, { title: 'Agreement' })

export function agreementToWire (record: PromisingRecord): Static<typeof AgreementWire> {
  return { ...agreementOf(record), endedAt: instantText(record.endedAt), endedBy: record.endedBy }
}

/** What a promise consists of, apart from whom it is made to. */
export const TermsWire = Type.Object({
  targets: rest.targets,
  calendarId: rest.calendarId,
  calendarVersion: rest.calendarVersion,
  reminders: SlaRow.properties.reminders,
  pauseRules: rest.pauseRules,
  escalationPolicyId: rest.escalationPolicyId,
  reopen: rest.reopen,
  nextResponse: rest.nextResponse,
  effect: rest.effect
}, { title: 'Terms' })
