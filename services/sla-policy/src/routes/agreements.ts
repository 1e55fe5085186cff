import { Agreement, Instant, nullable, stringEnum, instantText } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { agreementOf } from '../agreements/apply-changes.ts'
import type { PromisingRecord } from '../store/agreement-store.ts'

const agreed = Agreement.properties

/** An agreement of a ticket, with its end. */
export const AgreementWire = Type.Object({
  ...agreed,
  endedAt: nullable(Instant),
  endedBy: nullable(stringEnum(['changed', 'withdrawn']))
}, { title: 'Agreement', description: 'What is or was agreed for a ticket, with its end' })

export function agreementToWire (record: PromisingRecord): Static<typeof AgreementWire> {
  return { ...agreementOf(record), endedAt: instantText(record.endedAt), endedBy: record.endedBy }
}

/** What an agreement consists of, apart from its kind. */
export const TermsWire = Type.Object({
  targets: agreed.targets,
  calendarId: agreed.calendarId,
  calendarVersion: agreed.calendarVersion,
  reminders: agreed.reminders,
  pauseRules: agreed.pauseRules,
  escalationPolicyId: agreed.escalationPolicyId,
  reopen: agreed.reopen,
  nextResponse: agreed.nextResponse,
  effect: agreed.effect
}, { title: 'Terms', description: 'What an agreement consists of' })
