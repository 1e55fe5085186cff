import type { CalendarSpec } from '@dueline/business-time'
import { Type, type Static } from 'typebox'
import { CalendarSpecSchema } from '../calendar-spec.ts'
import { nullable, PolicyEffectSchema, AgreementKindSchema, stringEnum, Uuid } from '../vocabulary.ts'
import { Agreement, TicketSummary } from './parts.ts'

/**
 * Facts can arrive late and change which agreements held when. The event that says so names the versions that no longer
 * count. A reader that keeps only the newest version needs nothing of it: the newest always says what holds in the
 * end. One that wants to know what held when drops those versions and orders the rest by `ticketVersion`, then
 * `policyVersion`.
 */
const supersedes = Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), {
  description: 'versions of this ticket and kind that no longer count: they never held, or are announced anew here'
}))

export const AgreementMade = Type.Object({ agreement: Agreement, ticket: TicketSummary, supersedes }, {
  title: 'AgreementMade',
  description: 'A ticket got an agreement'
})
/**
 * The agreement was chosen again: priority, severity, question, customer or the policy changed. Replaces the one before
 * it.
 */
export const AgreementChanged = Type.Object({
  agreement: Agreement,
  previousAgreementId: Uuid,
  ticket: TicketSummary,
  supersedes
}, { title: 'AgreementChanged', description: 'Another agreement holds in place of the one before' })
/** No agreement holds any more, for example because the ticket turned out to be an appreciation. */
export const AgreementWithdrawn = Type.Object({
  ticketId: Uuid,
  kind: AgreementKindSchema,
  version: Type.Integer({ minimum: 1 }),
  ticketVersion: Type.Integer({ minimum: 1 }),
  policyVersion: Type.Optional(
    Type.Integer({ minimum: 0, description: 'the policy version under which nothing is agreed' })
  ),
  reason: Type.String(),
  ticket: TicketSummary,
  supersedes
}, { title: 'AgreementWithdrawn', description: 'No agreement of this kind holds any more' })
export const PolicyPublished = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  effect: PolicyEffectSchema,
  rowCount: Type.Integer({ minimum: 0 })
}, { title: 'PolicyPublished', description: 'The SLA table was published' })
/** The whole calendar in the JSON form of @dueline/business-time, so that readers keep an exact copy per version. */
export const CalendarPublished = Type.Object({
  calendar: Type.Object({
    id: Uuid,
    version: Type.Integer({ minimum: 1 }),
    name: Type.String({ maxLength: 200 }),
    spec: Type.Unsafe<CalendarSpec>(CalendarSpecSchema)
  }, { title: 'CalendarSnapshot', description: 'A version of a calendar' })
}, { title: 'CalendarPublished', description: 'A calendar has another version' })
export const CatalogueChanged = Type.Object({
  item: Type.Object({
    kind: stringEnum(['product', 'module', 'question']),
    id: Uuid,
    name: Type.String({ maxLength: 300 }),
    productId: nullable(Uuid),
    moduleId: nullable(Uuid),
    active: Type.Boolean(),
    version: Type.Integer({ minimum: 1 })
  }, { title: 'CatalogueItem', description: 'A product, module or question' })
}, { title: 'CatalogueChanged', description: 'A product, module or question was added or changed' })

export type AgreementMade = Static<typeof AgreementMade>
export type AgreementChanged = Static<typeof AgreementChanged>
export type AgreementWithdrawn = Static<typeof AgreementWithdrawn>
export type PolicyPublished = Static<typeof PolicyPublished>
export type CalendarPublished = Static<typeof CalendarPublished>
export type CatalogueChanged = Static<typeof CatalogueChanged>

/** What is agreed for a ticket. */
export const agreementEvents = {
  'dueline.agreement.made.v1': AgreementMade,
  'dueline.agreement.changed.v1': AgreementChanged,
  'dueline.agreement.withdrawn.v1': AgreementWithdrawn
} as const

export const slaPolicyEvents = {
  ...agreementEvents,
  'dueline.policy.published.v1': PolicyPublished,
  'dueline.calendar.published.v1': CalendarPublished,
  'dueline.catalogue.changed.v1': CatalogueChanged
} as const
