// In a module of its own: whoever loads it loads the engine of questionnaires.
import { formatInstant, type Micros } from '@dueline/business-time'
import { effectOf, type RuleEffect, type TemplateRule } from '@dueline/contracts'
import { compileConditions, compileQuestionnaire, validateAnswers, type Validation } from '@dueline/questionnaire'

/** What answers are worth by a version, and what they make of a ticket. */
export type AnswerVerdict = Validation & { effect: RuleEffect }

/** A version of a template that is ready to check answers. */
export interface AnswerCheck {
  /** `at`: what `now()` and `today()` (in UTC) are in its expressions; `partial`: what is required may be missing. */
  check(answers: unknown, options: { at: Micros, language: string, partial?: boolean }): AnswerVerdict
}

/** @throws QuestionnaireError for a version that has faults */
export function compileAnswerCheck (questionnaire: unknown, rules: readonly TemplateRule[]): AnswerCheck {
  const compiled = compileQuestionnaire(questionnaire)
  const conditions = compileConditions(compiled, rules.map(({ when }) => when))
  return {
    check (answers, { at, ...options }) {
      const now = formatInstant(at)
      const moment = { today: now.slice(0, 10), now: `${now.slice(0, 23)}Z` }
      const checked = validateAnswers(compiled, answers, { ...moment, ...options })
      return { ...checked, effect: effectOf(rules, conditions.hold(checked.answers, moment)) }
    }
  }
}
