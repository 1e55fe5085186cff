import type { CompiledNode, CompiledQuestionnaire } from './compiled.ts'
import { check } from './check-answers.ts'
import { Evaluation, isObject, type Moment } from './evaluation.ts'
import { TooMuchWork } from './expression/frame.ts'
import type { AnswerFaultCode } from './messages.ts'
import { messageOf } from './messages.ts'

/** What is wrong with an answer. */
export interface AnswerFault {
  /** JSON pointer into the answers: `/visits/0/reason`. */
  pointer: string
  code: AnswerFaultCode
  /** In the language asked for: the author's own text where the question has one. */
  message: string
  /** The question's label in that language. */
  label?: string
  params: Readonly<Record<string, string | number>>
}

/** An answer that was given and is not among the answers, and why. */
export interface RemovedAnswer {
  pointer: string
  /** `calculated`: another value was computed. */
  reason: 'not_relevant' | 'calculated'
}

/** Answers by the names of questions; a repeat's are a list of objects. */
export interface Answers {
  [name: string]: unknown
}

export interface Validation {
  valid: boolean
  /** In the order of the questionnaire; names that it does not have come first at their level. */
  faults: AnswerFault[]
  /**
   * What may be stored: relevant answers only, numbers and times in one form, calculated values in. Answers with a
   * fault are left out.
   */
  answers: Answers
  removed: RemovedAnswer[]
}

export interface ValidationOptions extends Moment {
  /** Of messages and labels; the questionnaire's first unless given. */
  language?: string
  /** Answers of a draft may lack what is required. */
  partial?: boolean
}

/**
 * Checks answers by the whole questionnaire and gives them in their clean form. Pure: the same in browsers and on
 * servers; what day it is, is given. Never throws for answers, whatever they are.
 */
export function validateAnswers (
  compiled: CompiledQuestionnaire,
  answers: unknown,
  options: ValidationOptions
): Validation {
  const language = options.language ?? compiled.questionnaire.languages[0]?.tag ?? 'en'
  const refusal = (code: AnswerFaultCode): Validation => ({
    valid: false,
    faults: [{ pointer: '', code, message: messageOf(code, {}, language), params: {} }],
    answers: {},
    removed: []
  })
  if (!isObject(answers)) return refusal('not_an_object')
  try {
    const evaluation = new Evaluation(compiled, answers, options)
    return check(compiled, evaluation, language, options.partial ?? false)
  } catch (error) {
    if (error instanceof TooMuchWork) return refusal('too_much_work')
    throw error
  }
}

/** What a form begins with: defaults and calculated values, where they are relevant, without any answer given. */
export function initialAnswers (compiled: CompiledQuestionnaire, moment: Moment): Answers {
  const evaluation = new Evaluation(compiled, {}, moment, true)
  const found: Answers = {}
  const collect = (nodes: readonly CompiledNode[]) => {
    for (const node of nodes) {
      if (node.rows !== null) continue
      const answer = evaluation.top.answers[node.slot]
      if (answer !== null && answer !== undefined) found[node.node.name] = answer
      collect(node.children)
    }
  }
  collect(compiled.top)
  return found
}
