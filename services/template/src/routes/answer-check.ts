import { effectOf, type RuleEffect, type TemplateRule } from '@dueline/contracts'
import {
  compileConditions,
  compileQuestionnaire,
  validateAnswers,
  type Moment,
  type Validation
} from '@dueline/questionnaire'

/** What answers are worth by a version, and what they make of a ticket. */
export type CheckedAnswers = Validation & { effect: RuleEffect }

/** A version that is ready to check answers. */
export interface AnswerCheck {
  check(answers: unknown, options: Moment & { language: string, partial: boolean }): CheckedAnswers
}

/** @throws QuestionnaireError for a version that has faults */
export function compileAnswerCheck (questionnaire: unknown, rules: readonly TemplateRule[]): AnswerCheck {
  const compiled = compileQuestionnaire(questionnaire)
  const conditions = compileConditions(compiled, rules.map(({ when }) => when))
  return {
    check (answers, options) {
      const checked = validateAnswers(compiled, answers, options)
      return { ...checked, effect: effectOf(rules, conditions.hold(checked.answers, options)) }
    }
  }
}
