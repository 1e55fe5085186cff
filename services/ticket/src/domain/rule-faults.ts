import { conditionFaults, conditionFields, holds, type AgreementSubject, type Condition } from '@dueline/contracts'
import { channels, priorities, severities, ticketTypes } from '@dueline/contracts'
import type { Fault } from './catalogue.ts'

/** Beyond so many tickets to try, a condition is taken as one that can hold. */
const triesMax = 20_000
const vocabulary: Partial<Record<keyof AgreementSubject, readonly string[]>> = {
  type: ticketTypes,
  priority: priorities,
  severity: severities,
  channel: channels
}
/** Fields that no ticket is without. */
const always: ReadonlySet<string> = new Set(['type', 'priority', 'severity', 'channel', 'customerId'])
const otherId = '00000000-0000-7000-8000-000000000000'

/** What is wrong with a condition, one that no ticket can meet included. */
export function conditionFaultsOf (condition: unknown): Fault[] {
  if (condition === null) return []
  const faults = conditionFaults(condition).map(({ pointer, message }) => ({
    pointer: `/condition${pointer}`,
    message
  }))
  if (faults.length > 0 || canHold(condition as Condition)) return faults
  return [{ pointer: '/condition', message: 'can never hold: its parts contradict each other' }]
}

/** Whether any ticket can meet the condition: every combination of the values that it names, and others, is tried. */
export function canHold (condition: Condition): boolean {
  const named = new Map<keyof AgreementSubject, Set<string>>()
  collect(condition, named)
  const fields = [...named].map(([field, values]) => ({
    field,
    values: [...vocabulary[field] ?? [...values, otherId], ...(always.has(field) ? [] : [null])]
  }))
  if (fields.reduce((tries, { values }) => tries * values.length, 1) > triesMax) return true
  const nothing = Object.fromEntries(Object.values(conditionFields).map((field) => [field, null]))
  const tryFrom = (index: number, subject: Record<string, string | null>): boolean => {
    const next = fields[index]
    if (next === undefined) return holds(condition, subject as unknown as AgreementSubject)
    return next.values.some((value) => tryFrom(index + 1, { ...subject, [next.field]: value }))
  }
  return tryFrom(0, nothing)
}

function collect (condition: Condition, named: Map<keyof AgreementSubject, Set<string>>): void {
  if ('all' in condition) { for (const part of condition.all) collect(part, named) }
  else if ('any' in condition) { for (const part of condition.any) collect(part, named) }
  else if ('not' in condition) collect(condition.not, named)
  else {
    const field = conditionFields[condition.field]
    const values = named.get(field) ?? new Set()
    named.set(field, values)
    if (condition.op === 'eq') values.add(condition.value)
    if (condition.op === 'in') { for (const value of condition.values) values.add(value) }
  }
}
