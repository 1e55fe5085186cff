import { Type, type Static } from 'typebox'
import { OneLine, PrioritySchema, SeveritySchema, type Priority, type Severity } from './vocabulary.ts'

/** What a template says of tickets by their answers. */
export const TemplateRule = Type.Object({
  when: Type.String({
    minLength: 1,
    maxLength: 2_000,
    description: 'CEL over the answers by their names: `impact == "all" && users > 100`',
    examples: ['impact == "all" && users > 100']
  }),
  set: Type.Object({
    priority: Type.Optional(PrioritySchema),
    severity: Type.Optional(SeveritySchema),
    tags: Type.Optional(Type.Array(OneLine(100), {
      minItems: 1,
      maxItems: 20,
      uniqueItems: true,
      description: 'Added to the tags of the ticket',
      examples: [['outage']]
    }))
  }, { additionalProperties: false, minProperties: 1, title: 'TemplateRuleEffect', description: 'What a ticket gets' })
}, { additionalProperties: false, title: 'TemplateRule', description: 'What a ticket gets when its answers are so' })
export type TemplateRule = Static<typeof TemplateRule>

/** What answers make of a ticket; null and an empty list: nothing. */
export interface RuleEffect {
  priority: Priority | null
  severity: Severity | null
  tags: string[]
}

/** The effect of those rules that hold: of several that set the same field the first one counts, tags add up. */
export function effectOf (rules: readonly TemplateRule[], holds: readonly boolean[]): RuleEffect {
  const sets = rules.filter((_, index) => holds[index] === true).map(({ set }) => set)
  return {
    priority: sets.find(({ priority }) => priority !== undefined)?.priority ?? null,
    severity: sets.find(({ severity }) => severity !== undefined)?.severity ?? null,
    tags: [...new Set(sets.flatMap(({ tags = [] }) => tags))]
  }
}
