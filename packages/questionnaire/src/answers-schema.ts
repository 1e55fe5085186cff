import { dateTimePattern, type Node, type Question, type Questionnaire, resultTypes } from './format.ts'
import { datePattern, limits, timePattern } from './format.ts'
import { OTHER } from './answer-values.ts'
import { isContainer } from './walk.ts'

/** A JSON Schema (2020-12), as JSON. */
export interface JsonSchema {
  [keyword: string]: unknown
}

/**
 * The JSON Schema of the answers to this version, as `validateAnswers` gives them back. It says what can be said
 * without expressions and patterns: whatever is valid by the questionnaire fits it, not the other way round.
 */
export function answersSchema (questionnaire: Questionnaire): JsonSchema {
  const { name, version, title, languages } = questionnaire
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: title?.[languages[0]?.tag ?? ''] ?? name,
    ...(version === undefined ? {} : { description: `Answers to ${name}, version ${version}` }),
    ...level(questionnaire.items, questionnaire)
  }
}

function level (items: Node[], questionnaire: Questionnaire): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  const required: string[] = []
  const add = (nodes: Node[], certain: boolean) => {
    for (const node of nodes) {
      const always = certain && node.relevant === undefined
      if (node.kind === 'note') continue
      if (node.kind === 'repeat') {
        properties[node.name] = repeatSchema(node, questionnaire)
        if (always && node.count === undefined && (node.min ?? 0) > 0) required.push(node.name)
      } else if (isContainer(node)) add(node.items, always)
      else {
        properties[node.name] = { ...described(node, questionnaire), ...questionSchema(node, questionnaire) }
        if (always && 'required' in node && node.required === true) required.push(node.name)
      }
    }
  }
  add(items, true)
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false }
}

function described (node: Node, { languages }: Questionnaire): JsonSchema {
  const title = node.label?.[languages[0]?.tag ?? '']
  return title === undefined ? {} : { title }
}

function repeatSchema (node: Extract<Node, { kind: 'repeat' }>, questionnaire: Questionnaire): JsonSchema {
  return {
    ...described(node, questionnaire),
    type: 'array',
    minItems: node.count === undefined ? Math.max(1, node.min ?? 0) : 1,
    maxItems: node.max ?? limits.repetitions,
    items: level(node.items, questionnaire)
  }
}

const ofResult: Record<typeof resultTypes[number], JsonSchema> = {
  text: { type: 'string', maxLength: limits.textLength },
  integer: { type: 'integer' },
  decimal: { type: 'number' },
  yes_no: { type: 'boolean' },
  date: { type: 'string', pattern: datePattern },
  time: { type: 'string', pattern: timePattern },
  date_time: { type: 'string', pattern: dateTimePattern }
}
const fileSchema: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    mediaType: { type: 'string' },
    bytes: { type: 'integer', minimum: 0 }
  },
  required: ['id', 'name', 'mediaType', 'bytes'],
  additionalProperties: false
}

function questionSchema (question: Exclude<Question, { kind: 'note' }>, questionnaire: Questionnaire): JsonSchema {
  switch (question.kind) {
    case 'text':
    case 'long_text':
      return {
        ...ofResult.text,
        minLength: question.minLength ?? 1,
        ...(question.maxLength === undefined ? {} : { maxLength: question.maxLength })
      }
    case 'integer':
    case 'decimal':
      return { ...ofResult[question.kind], ...within(question.min, question.max) }
    case 'rating':
      return { ...ofResult.integer, ...within(question.min ?? 1, question.max) }
    case 'one_of':
      return oneChoice(question, questionnaire)
    case 'many_of':
      return {
        type: 'array',
        items: oneChoice(question, questionnaire),
        uniqueItems: true,
        minItems: question.minChoices ?? 1,
        ...(question.maxChoices === undefined ? {} : { maxItems: question.maxChoices })
      }
    case 'file':
      return { type: 'array', items: fileSchema, minItems: 1, maxItems: question.maxFiles ?? 1 }
    case 'calculated':
      return ofResult[question.type]
    default:
      return ofResult[question.kind]
  }
}

function within (minimum?: number, maximum?: number): JsonSchema {
  return { ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) }
}

function oneChoice ({ list, other }: { list: string, other?: boolean }, { lists }: Questionnaire): JsonSchema {
  const names = { enum: [...new Set((lists?.[list] ?? []).map(({ name }) => name))] }
  if (other !== true) return names
  const own = {
    type: 'object',
    properties: { [OTHER]: { type: 'string', minLength: 1, maxLength: 1_000 } },
    required: [OTHER],
    additionalProperties: false
  }
  return { anyOf: [names, own] }
}
