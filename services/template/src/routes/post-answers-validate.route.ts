import { formatInstant } from '@dueline/business-time'
import { nullable, PrioritySchema, SeveritySchema } from '@dueline/contracts'
import { pathId, problem, type App } from '@dueline/http'
import { BoundedMap } from '@dueline/runtime'
import { Type } from 'typebox'
import { access } from '../access.ts'
import type { AnswerCheck } from './answer-check.ts'
import { errors } from '../errors.ts'
import type { TemplateVersion } from '../store/version-store.ts'
import { readableVersion } from './readable-version.ts'
import type { RouteDeps } from './route-deps.ts'

const Answers = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  description: 'By the names of questions',
  examples: [{ impact: 'all', users: 250 }]
})
const Body = Type.Object({
  answers: Answers,
  language: Type.Optional(Type.String({
    pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,16}){0,4}$',
    examples: ['ar'],
    description: 'Of messages and labels; the first of the questionnaire when left out'
  })),
  partial: Type.Optional(Type.Boolean({ description: 'true: what is required may be missing' }))
}, { title: 'AnswersToValidate', description: 'Answers that somebody is about to give' })
const Answer = Type.Object({
  valid: Type.Boolean(),
  faults: Type.Array(Type.Object({
    pointer: Type.String({ description: 'Into the answers', examples: ['/users'] }),
    code: Type.String({ examples: ['too_small'] }),
    message: Type.String({ examples: ['must be at least 1'] }),
    label: nullable(Type.String({ description: 'Of the question', examples: ['How many?'] }))
  }, { title: 'AnswerFault', description: 'What is wrong with an answer' })),
  answers: { ...Answers, description: 'What would be kept: relevant and right ones, calculated values among them' },
  removed: Type.Array(Type.Object({
    pointer: Type.String({ examples: ['/users'] }),
    reason: Type.String({
      description: 'not_relevant, or calculated: another value was computed',
      examples: ['not_relevant']
    })
  }, { title: 'RemovedAnswer', description: 'An answer that was given and would not be kept' })),
  effect: Type.Object({
    priority: nullable(PrioritySchema),
    severity: nullable(SeveritySchema),
    tags: Type.Array(Type.String(), { examples: [['outage']] })
  }, { title: 'AnswersEffect', description: 'What the answers make of a ticket, by the rules; null: nothing' })
}, { title: 'ValidatedAnswers', description: 'What answers are worth' })

/** So many published versions are kept ready, those used last. */
const readyMax = 50

/** POST /v1/template-versions/{templateVersionId}/answers/validate */
export function postAnswersValidate (app: App, { database, clock }: RouteDeps): void {
  const ready = new BoundedMap<AnswerCheck>(readyMax)
  app.route({
    method: 'POST',
    url: '/v1/template-versions/:templateVersionId/answers/validate',
    config: {
      roles: access.validateAnswers,
      problems: ['not_found', 'version_unfinished'],
      idempotent: false,
      answers: { 200: 'What the answers are worth' }
    },
    schema: {
      operationId: 'validateAnswers',
      summary: 'Check answers',
      description: 'Stores nothing. `@dueline/questionnaire` says the same in a browser. `today` is that of UTC.',
      tags: ['templates'],
      params: pathId('templateVersionId'),
      body: Body,
      response: { 200: Answer }
    },
    handler: async ({ principal, params: { templateVersionId }, body: { answers, language, partial = false } }) => {
      const { read } = database.forTenant(principal.tenantId)
      const version = await readableVersion(read, principal, templateVersionId)
      if (version.faults.length > 0) problem(errors.version_unfinished, { faults: [...version.faults] })
      const now = formatInstant(clock.now())
      const moment = { today: now.slice(0, 10), now: `${now.slice(0, 23)}Z` }
      const check = await checkOf(version)
      const checked = check.check(answers, { ...moment, language: language ?? languageOf(version), partial })
      const { valid, faults, removed, effect } = checked
      return {
        valid,
        faults: faults.map(({ pointer, code, message, label = null }) => ({ pointer, code, message, label })),
        answers: checked.answers,
        removed,
        effect
      }
    }
  })

  async function checkOf ({ tenantId, id, version, questionnaire, rules }: TemplateVersion): Promise<AnswerCheck> {
    const key = `${tenantId} ${id} ${version}`
    const known = ready.get(key)
    if (known !== undefined) return known
    // loaded with the first answers: who has no templates does not pay for it
    const { compileAnswerCheck } = await import('./answer-check.ts')
    const made = compileAnswerCheck(questionnaire, rules)
    ready.set(key, made)
    return made
  }
}

function languageOf ({ questionnaire }: TemplateVersion): string {
  return (questionnaire['languages'] as ReadonlyArray<{ tag: string }>)[0]?.tag ?? 'en'
}
