import { nullable, PrioritySchema, SeveritySchema, TicketTypeSchema, Uuid } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { checkSubject, type CatalogueItem, type Fault, type TicketSubject } from '../domain/catalogue.ts'
import type { TicketPatch } from '../domain/changes.ts'
import { customFaults, type CustomField } from '../domain/custom-fields.ts'
import { JsonObject, jsonFault } from '../domain/texts.ts'
import type { Ticket } from '../domain/ticket.ts'
import { Description, Subject, Tags } from './schemas.ts'

/** What may be changed of a ticket itself. */
export const PatchFields = Type.Partial(Type.Object({
  subject: Subject,
  description: Description,
  type: TicketTypeSchema,
  priority: PrioritySchema,
  severity: SeveritySchema,
  productId: nullable(Uuid),
  moduleId: nullable(Uuid),
  questionId: nullable(Uuid),
  tags: Tags,
  custom: {
    ...JsonObject,
    description: 'Replaced as a whole; a merge patch changes fields one by one'
  }
}))
export type Patch = Static<typeof PatchFields>

const subjectFields = ['productId', 'moduleId', 'questionId'] as const

/** What the patch says the ticket is about. */
export function subjectIn ({ productId = null, moduleId = null, questionId = null }: Patch): TicketSubject {
  return { productId, moduleId, questionId }
}

/** Whether the patch names anything of the catalogue, which has to be known then. */
export function namesItems (patch: Patch): boolean {
  return subjectFields.some((field) => patch[field] !== undefined && patch[field] !== null)
}

/** Ids of what the ticket would be about: what `checkedPatch` needs to know; none when the patch leaves that alone. */
export function itemsOf (ticket: Ticket, patch: Patch): string[] {
  if (subjectFields.every((field) => patch[field] === undefined)) return []
  return Object.values(subjectIn({ ...ticket, ...patch })).filter((id) => id !== null)
}

/** What a patch is held against. */
export interface PatchKnown {
  /** What is known of those that `itemsOf` names. */
  items: ReadonlyMap<string, CatalogueItem>
  fields: ReadonlyMap<string, CustomField>
  mayWrite: (field: CustomField) => boolean
}

/** The patch with what follows from it, or every fault in it. */
export function checkedPatch (
  ticket: Ticket,
  patch: Patch,
  { items, fields, mayWrite }: PatchKnown
): { patch: TicketPatch, faults: Fault[] } {
  const jsonProblem = patch.custom === undefined ? null : jsonFault(patch.custom, '/custom')
  const faults = jsonProblem === null ? [] : [jsonProblem]
  if (patch.custom !== undefined) faults.push(...customFaults(ticket.custom, patch.custom, fields, mayWrite))
  if (subjectFields.every((field) => patch[field] === undefined)) return { patch: patch as TicketPatch, faults }
  const checked = checkSubject(subjectIn({ ...ticket, ...patch }), items, new Set(Object.keys(patch)))
  return { patch: { ...patch, ...checked.subject } as TicketPatch, faults: [...faults, ...checked.faults] }
}
