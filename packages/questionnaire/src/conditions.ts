// Conditions beside a questionnaire: what follows from answers, without being one of them.
import { compileQuestionnaire } from './compile.ts'
import type { CompiledQuestionnaire } from './compiled.ts'
import { QuestionnaireError } from './definition-fault.ts'
import type { Moment } from './evaluation.ts'
import type { Node } from './format.ts'
import { type Answers, validateAnswers } from './validate.ts'

/** Compiled conditions over the answers of a questionnaire; immutable, may be shared. */
export interface Conditions {
  /**
   * Which of the conditions hold for answers that `validateAnswers` gave back as valid, in their order. One over what
   * is not answered does not hold.
   */
  hold(answers: Answers, moment: Moment): boolean[]
}

/**
 * Compiles conditions (CEL, each yes or no) over the answers of a questionnaire that compiles itself.
 * @throws QuestionnaireError with pointers `/0`, `/1` … of the conditions that are wrong
 */
export function compileConditions (
  { questionnaire, byName }: CompiledQuestionnaire,
  conditions: readonly string[]
): Conditions {
  if (conditions.length === 0) return { hold: () => [] }
  const names = conditions.map((_, index) => nameOf(index, byName))
  const added = conditions.map((calculation, index): Node => (
    { kind: 'calculated', name: names[index]!, type: 'yes_no', calculation }
  ))
  const { items } = questionnaire
  const compiled = compiledWith({ ...questionnaire, items: [...items, ...added] }, items.length)
  return {
    hold (answers, moment) {
      const all = validateAnswers(compiled, answers, moment).answers
      return names.map((name) => all[name] === true)
    }
  }
}

function nameOf (index: number, taken: ReadonlyMap<string, unknown>): string {
  let name = `condition_${index}`
  while (taken.has(name)) name += '_'
  return name
}

function compiledWith (whole: CompiledQuestionnaire['questionnaire'], first: number): CompiledQuestionnaire {
  try {
    return compileQuestionnaire(whole)
  } catch (error) {
    if (!(error instanceof QuestionnaireError)) throw error
    throw new QuestionnaireError(error.faults.map((fault) => {
      const place = Number(/^\/items\/(\d+)/.exec(fault.pointer)?.[1] ?? first)
      return { ...fault, pointer: `/${Math.max(0, place - first)}` }
    }))
  }
}
