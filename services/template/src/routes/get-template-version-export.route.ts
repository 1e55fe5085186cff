import { stringEnum } from '@dueline/contracts'
import { pathId, type App } from '@dueline/http'
import { attachment } from '@dueline/object-store'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { readableVersion } from './readable-version.ts'
import type { RouteDeps } from './route-deps.ts'
import { assertWhole, Bytes, dispositionHeader, writtenBy } from './version-files.ts'

const mediaTypes = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  fhir: 'application/fhir+json'
} as const
const endings = { xlsx: 'xlsx', fhir: 'json' } as const

const FhirQuestionnaire = Type.Unsafe<Buffer>({
  type: 'object',
  additionalProperties: true,
  title: 'FhirQuestionnaire',
  description: 'A Questionnaire of FHIR R5',
  examples: [{ resourceType: 'Questionnaire', status: 'active' }]
})

/** GET /v1/template-versions/{templateVersionId}/export */
export function getTemplateVersionExport (app: App, { database, converter }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/template-versions/:templateVersionId/export',
    config: {
      roles: access.exportTemplateVersion,
      problems: ['not_found', 'version_unfinished', 'unavailable'],
      answers: { 200: 'The questionnaire as a file' }
    },
    schema: {
      operationId: 'exportTemplateVersion',
      summary: 'Export a version of a template',
      description: 'As an XLSForm workbook, or as a FHIR R5 Questionnaire. An upload of either gives a questionnaire ' +
        'of the same meaning; what XLSForm has no words for (units, limits of files, conditions over repetitions) is ' +
        'missing in a workbook. Rules do not go out.',
      tags: ['templates'],
      params: pathId('templateVersionId'),
      querystring: Type.Object({
        format: stringEnum(['xlsx', 'fhir'], { description: 'xlsx: XLSForm; fhir: R5, as JSON' })
      }),
      response: {
        200: {
          headers: dispositionHeader,
          content: {
            [mediaTypes.xlsx]: { schema: Bytes },
            [mediaTypes.fhir]: { schema: FhirQuestionnaire }
          }
        }
      }
    },
    handler: async ({ principal, params: { templateVersionId }, query: { format } }, reply) => {
      const { read } = database.forTenant(principal.tenantId)
      const version = await readableVersion(read, principal, templateVersionId)
      assertWhole(version)
      const { questionnaire, number } = version
      const bytes = await writtenBy(converter, { kind: 'write', format, questionnaire })
      const fileName = `${String(questionnaire['name'])}-${number}.${endings[format]}`
      return await reply.type(mediaTypes[format]).header('content-disposition', attachment(fileName)).send(bytes)
    }
  })
}
