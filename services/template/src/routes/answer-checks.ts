import { BoundedMap, type Clock } from '@dueline/runtime'
import type { AnswerCheck, AnswerVerdict } from '@dueline/service/answer-check'
import { Type, type Static } from 'typebox'
import type { TemplateVersion } from '../store/version-store.ts'
import { LanguageTag } from './template-shapes.ts'
import { assertWhole } from './version-files.ts'

export const Answers = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description: 'By the names of questions',
  examples: [{ impact: 'all', users: 250 }]
})
export const AnswersToCheck = Type.Object({
  answers: Answers,
  language: Type.Optional(LanguageTag),
  partial: Type.Optional(Type.Boolean({ description: 'true: what is required may be missing' }))
}, { title: 'AnswersToValidate', description: 'Answers that somebody is about to give' })

/** Says what answers are worth by a version. */
export interface AnswerChecks {
  /** @throws Problem 409 for a version with faults */
  check(version: TemplateVersion, asked: Static<typeof AnswersToCheck>): Promise<AnswerVerdict>
}

/** So many versions are kept ready, those used last. */
const readyMax = 50

export function createAnswerChecks (clock: Clock): AnswerChecks {
  const ready = new BoundedMap<AnswerCheck>(readyMax)

  async function checkOf ({ tenantId, id, version, questionnaire, rules }: TemplateVersion): Promise<AnswerCheck> {
    const key = `${tenantId} ${id} ${version}`
    const known = ready.get(key)
    if (known !== undefined) return known
    // loaded with the first answers: who has no templates does not pay for it
    const { compileAnswerCheck } = await import('@dueline/service/answer-check')
    const made = compileAnswerCheck(questionnaire, rules)
    ready.set(key, made)
    return made
  }

  return {
    async check (version, { answers, language = languageOf(version), partial = false }) {
      assertWhole(version)
      return (await checkOf(version)).check(answers, { at: clock.now(), language, partial })
    }
  }
}

function languageOf ({ questionnaire }: TemplateVersion): string {
  return (questionnaire['languages'] as ReadonlyArray<{ tag: string }>)[0]?.tag ?? 'en'
}
