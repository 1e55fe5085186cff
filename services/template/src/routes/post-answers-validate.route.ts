import { nullable, PrioritySchema, SeveritySchema } from '@dueline/contracts'
import { pathId, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access, authorize } from '../access.ts'
import { Answers, AnswersToCheck } from './answer-checks.ts'
import { readableVersion } from './readable-version.ts'
import type { RouteDeps } from './route-deps.ts'

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

/** POST /v1/template-versions/{templateVersionId}/answers/validate */
export function postAnswersValidate (app: App, { database, checks }: RouteDeps): void {
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
      body: AnswersToCheck,
      response: { 200: Answer }
    },
    handler: async ({ principal, params: { templateVersionId }, body }) => {
      const { read } = database.forTenant(principal.tenantId)
      const version = await readableVersion(read, principal, templateVersionId)
      const { valid, faults, answers, removed, effect } = await checks.check(version, body)
      return {
        valid,
        faults: faults.map(({ pointer, code, message, label = null }) => ({ pointer, code, message, label })),
        answers,
        removed,
        // labels are of the staff
        effect: authorize(principal, 'readInternals') ? effect : { ...effect, tags: [] }
      }
    }
  })
}
