import {
  channels,
  isUuid,
  priorities,
  schemaRef,
  severities,
  ticketTypes,
  uuidText,
  type AgreementSubject
} from '@dueline/contracts'
import { Type } from 'typebox'

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

/** A row's `when`: a tree of all/any/not over comparisons of single ticket fields. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly field: ConditionField, readonly op: 'eq', readonly value: string }
  | { readonly field: ConditionField, readonly op: 'in', readonly values: readonly string[] }
  | { readonly field: ConditionField, readonly op: 'exists' }

/** Bounds that keep one check cheap: levels of nesting, nodes in all, values of one `in`. */
export const conditionBounds = { depthMax: 8, nodesMax: 200, valuesMax: 100 } as const

const vocabularies: Partial<Record<ConditionField, readonly string[]>> = {
  'ticket.type': ticketTypes,
  'ticket.priority': priorities,
  'ticket.severity': severities,
  'ticket.channel': channels
}
const fieldNames = Object.keys(conditionFields) as ConditionField[]

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

/** One thing wrong with a condition, at a JSON pointer relative to the condition. */
export interface ConditionFault {
  pointer: string
  message: string
}

/**
 * Every fault of a value that should be a condition; empty when it is one. Agrees with `conditionSchema`, but names the
 * exact place, where a JSON Schema `anyOf` would only list every alternative that failed.
 */
export function conditionFaults (value: unknown): ConditionFault[] {
  const faults: ConditionFault[] = []
  const nodes = { left: conditionBounds.nodesMax }
  checkNode(value, '', 1, nodes, faults)
  if (nodes.left < 0) faults.push({ pointer: '', message: `has more than ${conditionBounds.nodesMax} parts` })
  return faults
}

function checkNode (
  value: unknown,
  pointer: string,
  depth: number,
  nodes: { left: number },
  faults: ConditionFault[]
): void {
  if (--nodes.left < 0) return
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.push({ pointer, message: 'must be an object' })
    return
  }
  if (depth > conditionBounds.depthMax) {
    faults.push({ pointer, message: `is nested deeper than ${conditionBounds.depthMax} levels` })
    return
  }
  const node = value as Record<string, unknown>
  const key = ['all', 'any', 'not', 'field'].find((name) => Object.hasOwn(node, name))
  if (key === undefined) {
    faults.push({ pointer, message: 'must have one of all, any, not, field' })
  } else if (key === 'field') {
    checkComparison(node, pointer, faults)
  } else {
    onlyKeys(node, [key], pointer, faults)
    if (key === 'not') checkNode(node['not'], `${pointer}/not`, depth + 1, nodes, faults)
    else checkParts(node[key], `${pointer}/${key}`, depth, nodes, faults)
  }
}

function checkParts (
  parts: unknown,
  pointer: string,
  depth: number,
  nodes: { left: number },
  faults: ConditionFault[]
): void {
  if (!Array.isArray(parts) || parts.length === 0) {
    faults.push({ pointer, message: 'must be a list of at least one condition' })
    return
  }
  parts.forEach((part, index) => checkNode(part, `${pointer}/${index}`, depth + 1, nodes, faults))
}

function checkComparison (node: Record<string, unknown>, pointer: string, faults: ConditionFault[]): void {
  const field = node['field']
  const known = typeof field === 'string' && Object.hasOwn(conditionFields, field)
  if (!known) faults.push({ pointer: `${pointer}/field`, message: `must be one of ${fieldNames.join(', ')}` })
  const op = node['op']
  if (op !== 'eq' && op !== 'in' && op !== 'exists') {
    faults.push({ pointer: `${pointer}/op`, message: 'must be one of eq, in, exists' })
    return
  }
  const operand = op === 'eq' ? 'value' : op === 'in' ? 'values' : undefined
  onlyKeys(node, operand === undefined ? ['field', 'op'] : ['field', 'op', operand], pointer, faults)
  if (!known || operand === undefined) return
  const at = `${pointer}/${operand}`
  if (op === 'eq') {
    checkValue(field as ConditionField, node['value'], at, faults)
    return
  }
  const values = node['values']
  if (!Array.isArray(values) || values.length === 0 || values.length > conditionBounds.valuesMax) {
    faults.push({ pointer: at, message: `must be a list of 1 to ${conditionBounds.valuesMax} values` })
    return
  }
  values.forEach((value, index) => checkValue(field as ConditionField, value, `${at}/${index}`, faults))
}

function checkValue (field: ConditionField, value: unknown, pointer: string, faults: ConditionFault[]): void {
  const vocabulary = vocabularies[field]
  if (vocabulary === undefined) {
    if (typeof value !== 'string' || !isUuid(value)) faults.push({ pointer, message: 'must be a lower-case UUID' })
  } else if (!vocabulary.includes(value as string)) {
    faults.push({ pointer, message: `must be one of ${vocabulary.join(', ')}` })
  }
}

function onlyKeys (
  node: Record<string, unknown>,
  allowed: readonly string[],
  pointer: string,
  faults: ConditionFault[]
): void {
  for (const key of Object.keys(node)) {
    if (!allowed.includes(key)) {
      faults.push({
        pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        message: 'is not known here'
      })
    }
  }
}

function comparison (op: string, operand: Record<string, object>): object {
  const properties = { op: { const: op }, ...operand }
  return { properties, required: ['field', ...Object.keys(properties)], additionalProperties: false }
}

function comparisonsOf (field: object, value: object): object[] {
  return [
    comparison('eq', { value }),
    comparison('in', { values: { type: 'array', minItems: 1, maxItems: conditionBounds.valuesMax, items: value } }),
    comparison('exists', {})
  ].map((schema) => ({
    type: 'object',
    ...schema,
    properties: { field, ...(schema as { properties: object }).properties }
  }))
}

const listOfConditions = { type: 'array', minItems: 1, items: { $ref: '#' } }
const idFields = fieldNames.filter((field) => vocabularies[field] === undefined)

/**
 * The published JSON Schema (2020-12) of a condition. Depth and number of parts are bounded besides: see
 * `conditionBounds`.
 */
export const conditionSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'SLA row condition',
  description: `all, any and not over comparisons of ticket fields; at most ${conditionBounds.depthMax} levels and ` +
    `${conditionBounds.nodesMax} parts.`,
  anyOf: [
    ...(['all', 'any'] as const).map((key) => ({
      type: 'object',
      properties: { [key]: listOfConditions },
      required: [key],
      additionalProperties: false
    })),
    { type: 'object', properties: { not: { $ref: '#' } }, required: ['not'], additionalProperties: false },
    ...Object.entries(vocabularies).flatMap(([field, values]) =>
      comparisonsOf({ const: field }, { type: 'string', enum: values })
    ),
    ...comparisonsOf({ enum: idFields }, { type: 'string', pattern: `^${uuidText}$` })
  ]
} as const

const part = { $ref: `${schemaRef}Condition` }
const parts = { type: 'array', minItems: 1, items: part }
const compared = { field: { type: 'string', enum: fieldNames } }
const alternative = (title: string, description: string, properties: Record<string, object>): object => ({
  type: 'object',
  title,
  description,
  properties,
  required: Object.keys(properties),
  additionalProperties: false
})

/** A condition for documents, whose readers name its forms; `conditionSchema` says which values a field may have. */
export const ConditionSchema = Type.Unsafe<Condition>({
  title: 'Condition',
  description: 'Which tickets a row is for: `all`, `any` and `not` over comparisons of fields. At most ' +
    `${conditionBounds.depthMax} levels and ${conditionBounds.nodesMax} parts; /v1/sla-rows/schema has its values`,
  anyOf: [
    alternative('AllOfConditions', 'Every part holds', { all: parts }),
    alternative('AnyOfConditions', 'One of the parts holds', { any: parts }),
    alternative('NotCondition', 'The part does not hold', { not: part }),
    alternative('FieldEquals', 'The field has the value', {
      ...compared,
      op: { const: 'eq' },
      value: { type: 'string' }
    }),
    alternative('FieldIn', 'The field has one of the values', {
      ...compared,
      op: { const: 'in' },
      values: { type: 'array', minItems: 1, maxItems: conditionBounds.valuesMax, items: { type: 'string' } }
    }),
    alternative('FieldExists', 'The field is not null', { ...compared, op: { const: 'exists' } })
  ],
  examples: [{
    all: [
      { field: 'ticket.channel', op: 'in', values: ['email', 'phone'] },
      { not: { field: 'ticket.type', op: 'eq', value: 'appreciation' } }
    ]
  }]
})
