import type { AgreementSubject } from './agreement-terms.ts'
import { channels, priorities, severities, ticketTypes } from './vocabulary.ts'

/** The ticket fields a condition may ask for; each with the property of the subject it reads. */
export const conditionFields = {
  'ticket.type': 'type',
  'ticket.priority': 'priority',
  'ticket.severity': 'severity',
  'ticket.productId': 'productId',
  'ticket.moduleId': 'moduleId',
  'ticket.questionId': 'questionId',
  'ticket.customerId': 'customerId',
  'ticket.channel': 'channel'
} as const satisfies Record<string, keyof AgreementSubject>
export type ConditionField = keyof typeof conditionFields

/** A tree of all/any/not over comparisons of single ticket fields. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly field: ConditionField, readonly op: 'eq', readonly value: string }
  | { readonly field: ConditionField, readonly op: 'in', readonly values: readonly string[] }
  | { readonly field: ConditionField, readonly op: 'exists' }

/** Bounds that keep one check cheap: levels of nesting, nodes in all, values of one `in`. */
export const conditionBounds = { depthMax: 8, nodesMax: 200, valuesMax: 100 } as const

/** The values that a field may have; those without are ids. */
export const vocabularies: Partial<Record<ConditionField, readonly string[]>> = {
  'ticket.type': ticketTypes,
  'ticket.priority': priorities,
  'ticket.severity': severities,
  'ticket.channel': channels
}
export const fieldNames = Object.keys(conditionFields) as ConditionField[]

/**
 * Whether the condition holds for a ticket. `exists` is true unless the field is null; `eq` and `in` are false on null.
 */
export function holds (condition: Condition, subject: AgreementSubject): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, subject))
  if ('any' in condition) return condition.any.some((part) => holds(part, subject))
  if ('not' in condition) return !holds(condition.not, subject)
  const found = subject[conditionFields[condition.field]]
  if (condition.op === 'exists') return found !== null
  if (found === null) return false
  return condition.op === 'eq' ? found === condition.value : condition.values.includes(found)
}
