import { baseErrors, pathId, problem, type App } from '@dueline/http'
import { attachment } from '@dueline/object-store'
import { access } from '../access.ts'
import { AnswersToCheck } from './answer-checks.ts'
import { readableVersion } from './readable-version.ts'
import type { RouteDeps } from './route-deps.ts'
import { Bytes, dispositionHeader, sourcePdf, writtenBy } from './version-files.ts'

/** POST /v1/template-versions/{templateVersionId}/filled-form */
export function postFilledForm (app: App, { database, converter, files, checks }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/template-versions/:templateVersionId/filled-form',
    config: {
      roles: access.fillTemplateForm,
      problems: ['not_found', 'version_unfinished', 'unavailable'],
      idempotent: false,
      answers: { 200: 'The PDF, filled in' }
    },
    schema: {
      operationId: 'fillTemplateForm',
      summary: 'Fill in a PDF template',
      description:
        'The PDF that the version was read from, with these answers in its fields; those without an answer ' +
        'are emptied. Nothing is stored. Answers that are not valid are refused; those of questions without a field ' +
        'are left out, and a text that does not fit into its field is cut off in what is shown, not in its value. ' +
        'Not found where the version comes from something else.',
      tags: ['templates'],
      produces: ['application/pdf'],
      params: pathId('templateVersionId'),
      body: AnswersToCheck,
      response: {
        200: {
          headers: dispositionHeader,
          content: { 'application/pdf': { schema: Bytes } }
        }
      }
    },
    handler: async ({ principal, params: { templateVersionId }, body }, reply) => {
      const own = database.forTenant(principal.tenantId)
      const version = await readableVersion(own.read, principal, templateVersionId)
      const { valid, faults, answers } = await checks.check(version, body)
      if (!valid) {
        problem(baseErrors.validation_failed, {
          faults: faults.map(({ pointer, message }) => ({ pointer: `/answers${pointer}`, message }))
        })
      }
      const bytes = await sourcePdf(files, own, version)
      const { questionnaire, source } = version
      const pdf = await writtenBy(converter, { kind: 'fill', bytes, questionnaire, answers })
      const fileName = source.fileName ?? 'form.pdf'
      return await reply.type('application/pdf').header('content-disposition', attachment(fileName)).send(pdf)
    }
  })
}
