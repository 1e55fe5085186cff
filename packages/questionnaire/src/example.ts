import type { Choice, Node, Questionnaire } from './format.ts'
import type { CompiledQuestionnaire } from './compiled.ts'
import type { Moment } from './evaluation.ts'
import { type Answers, initialAnswers, validateAnswers } from './validate.ts'

/** Beyond them the example is an empty form. */
const roundsMost = 50

/**
 * Made up answers, to look at a questionnaire as it is filled in: defaults, else the first choice, the least number and
 * the like. What is not relevant to them, and what does not hold with them, is left out.
 */
export function exampleAnswers (compiled: CompiledQuestionnaire, moment: Moment, language?: string): Answers {
  const { questionnaire } = compiled
  const tag = language ?? questionnaire.languages[0]?.tag ?? 'en'
  const made = answersOf(questionnaire.items, questionnaire, moment, /^ar(-|$)/.test(tag))
  const given = { ...made, ...initialAnswers(compiled, moment) }
  // An answer that is left out may have been what another one stood on.
  let checked = validateAnswers(compiled, given, { ...moment, partial: true })
  for (let round = 0; checked.faults.length > 0 && round < roundsMost; round++) {
    checked = validateAnswers(compiled, checked.answers, { ...moment, partial: true })
  }
  return checked.faults.length === 0 ? checked.answers : {}
}

function answersOf (items: readonly Node[], form: Questionnaire, moment: Moment, isArabic: boolean): Answers {
  const answers: Answers = {}
  for (const node of items) {
    if (node.kind === 'repeat') {
      const rows = Math.min(Math.max(1, node.min ?? 1), node.max ?? 1, 3)
      answers[node.name] = Array.from({ length: rows }, () => answersOf(node.items, form, moment, isArabic))
    } else if ('items' in node) Object.assign(answers, answersOf(node.items, form, moment, isArabic))
    else answers[node.name] = answerTo(node, form, moment, isArabic)
  }
  return answers
}

function answerTo (node: Exclude<Node, { items: unknown }>, form: Questionnaire, { today }: Moment, isArabic: boolean) {
  const choices: readonly Choice[] = 'list' in node ? form.lists?.[node.list] ?? [] : []
  switch (node.kind) {
    case 'text':
    case 'long_text':
      return node.pattern === undefined ? (isArabic ? 'مثال' : 'Example').slice(0, node.maxLength ?? 10) : undefined
    case 'integer':
    case 'decimal':
      return Math.ceil(node.min ?? Math.min(1, node.max ?? 1))
    case 'rating':
      return node.max
    case 'date':
      return node.min ?? node.max ?? today
    case 'time':
      return node.min ?? node.max ?? '09:00'
    case 'date_time':
      return node.min ?? node.max ?? `${today}T09:00:00Z`
    case 'yes_no':
      return true
    case 'one_of':
      return choices[0]?.name
    case 'many_of':
      return choices.slice(0, node.minChoices ?? 1).map(({ name }) => name)
    default:
      return undefined
  }
}
