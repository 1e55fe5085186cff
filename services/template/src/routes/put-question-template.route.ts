import { nullable, Uuid } from '@dueline/contracts'
import { etagOf, pathId, problem, requireIfMatchWhereSent, write, type App } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { errors } from '../errors.ts'
import { countTies, findTie, saveTie } from '../store/question-store.ts'
import { findTemplate } from '../store/template-store.ts'
import { publishedLast } from '../store/version-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { TieSchema } from './template-shapes.ts'
import { tieChanged } from './tie-events.ts'
import { refuse } from './version-checks.ts'

/** A publish says of each question of the template that it has changed. */
const questionsMax = 1_000

/** PUT /v1/questions/{questionId}/template */
export function putQuestionTemplate (app: App, { database, clock, ids, outbox, questions }: RouteDeps): void {
  app.route({
    method: 'PUT',
    url: '/v1/questions/:questionId/template',
    config: {
      roles: access.setQuestionTemplate,
      problems: ['not_found', 'template_inactive', 'version_not_published', 'precondition_failed', 'unavailable']
    },
    schema: {
      operationId: 'setQuestionTemplate',
      summary: 'Tie a question to a template',
      description: 'Tickets about the question then take their answers by the version of the template that was ' +
        'published last. Null unties it. A template has at most 1,000 questions.',
      tags: ['templates'],
      params: pathId('questionId'),
      body: Type.Object({ templateId: nullable(Uuid) }, {
        title: 'QuestionTemplateChoice',
        description: 'The template that a question is to have'
      }),
      response: { 200: TieSchema }
    },
    handler: async (request, reply) => {
      const { principal: { tenantId, subject: by }, params: { questionId }, body: { templateId } } = request
      await questions.assert({ tenantId, authorization: request.headers.authorization }, questionId)
      return await write(request, reply, database, async (tx) => {
        const versionId = templateId === null ? null : await publishedVersionOf(tx, templateId)
        const before = await findTie(tx, tenantId, questionId, { lock: true })
        const { version: seen, templateId: tied } = before ?? { version: 0, templateId: null }
        requireIfMatchWhereSent(request, seen)
        const answer = (version: number) => ({
          status: 200,
          body: { id: questionId, templateId, templateVersionId: versionId, version },
          headers: { etag: etagOf(version) }
        })
        if (tied === templateId) return answer(seen)
        const tie = await saveTie(tx, { tenantId, questionId, templateId, at: clock.now(), by })
        await outbox.add(tx, [tieChanged(tie, versionId, ids)])
        return answer(tie.version)
      })
    }
  })
}

/** The lock lets no publish pass by that would not tell this question. @throws Problem 400, 409 */
async function publishedVersionOf (tx: TenantTx, templateId: string): Promise<string> {
  const template = await findTemplate(tx, tx.tenantId, templateId, { lock: true }) ??
    refuse('/templateId', 'there is no such template')
  if (!template.active) problem(errors.template_inactive)
  if (await countTies(tx, templateId) >= questionsMax) {
    refuse('/templateId', `must be a template with fewer than ${questionsMax} questions`)
  }
  const published = await publishedLast(tx, tx.tenantId, templateId)
  return published?.id ?? problem(errors.version_not_published)
}
