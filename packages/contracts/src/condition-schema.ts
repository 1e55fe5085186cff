import { Type } from 'typebox'
import { schemaRef } from './named-shapes.ts'
import { uuidText } from './vocabulary.ts'
import { conditionBounds, fieldNames, vocabularies, type Condition } from './condition.ts'

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
const compared = { field: { type: 'string', enum: fieldNames, examples: ['ticket.priority'] } }
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
    {
      title: 'FieldComparison',
      description: 'A comparison of a field; `op` says which',
      anyOf: [
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
      ]
    }
  ],
  examples: [{
    all: [
      { field: 'ticket.channel', op: 'in', values: ['email', 'phone'] },
      { not: { field: 'ticket.type', op: 'eq', value: 'appreciation' } }
    ]
  }]
})
