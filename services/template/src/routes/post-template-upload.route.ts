import { formatInstant } from '@dueline/business-time'
import { cleanLine, OneLine, stringEnum } from '@dueline/contracts'
import { pathId, write, type App } from '@dueline/http'
import type { SignedRequest } from '@dueline/object-store'
import { Type, type Static } from 'typebox'
import { access } from '../access.ts'
import { fileTypes } from '../domain/template-version.ts'
import { insertUpload } from '../store/upload-store.ts'
import { activeTemplate } from './active-template.ts'
import type { RouteDeps } from './route-deps.ts'
import { UploadSchema, uploadView, type SignedRequestSchema } from './template-shapes.ts'

const NewUpload = Type.Object({
  fileName: { ...OneLine(255, 'as it is called where it comes from'), examples: ['outage.xlsx'] },
  contentType: stringEnum(Object.keys(fileTypes), {
    description: 'What the bytes are: a workbook (XLSForm, or two columns), the same as CSV, JSON (a ' +
      'questionnaire, or a FHIR R5 Questionnaire), or a PDF with fields to fill in'
  }),
  sizeBytes: Type.Integer({ minimum: 1, maximum: Math.max(...Object.values(fileTypes)) }),
  sha256: Type.String({
    pattern: '^[0-9a-f]{64}$',
    description: 'of the bytes, in lower-case hexadecimal digits',
    examples: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']
  })
}, { title: 'NewTemplateUpload', description: 'A file that is to become a version of a template' })

/** POST /v1/templates/{templateId}/uploads */
export function postTemplateUpload (app: App, { database, clock, files }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/templates/:templateId/uploads',
    config: { roles: access.createTemplateUpload, problems: ['not_found', 'template_inactive', 'unavailable'] },
    schema: {
      operationId: 'createTemplateUpload',
      summary: 'Reserve an upload',
      description: 'Say beforehand what will come. Send the bytes by the request in `upload`, with its method and ' +
        'headers and without a token, within 15 minutes; then finish the upload. Other bytes are refused, also later.',
      tags: ['templates'],
      params: pathId('templateId'),
      body: NewUpload,
      response: { 201: UploadSchema }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { templateId } = request.params
        await activeTemplate(tx, templateId)
        const { subject: by } = request.principal
        const said = { ...request.body, fileName: cleanLine(request.body.fileName, 255), reservedBy: by }
        const file = await files.reserve(tx, said)
        const { tenantId, id } = file
        const stamps = { createdAt: clock.now(), createdBy: by }
        const none = { fault: null, templateVersionId: null, workAt: null, tries: 0 }
        const upload = { tenantId, id, templateId, state: 'reserved' as const, ...none, ...stamps }
        await insertUpload(tx, upload)
        const body = uploadView(upload, file, signedView(await files.upload(file)))
        return { status: 201, body, headers: { location: `/v1/templates/${templateId}/uploads/${id}` } }
      })
  })
}

function signedView ({ method, url, headers, expiresAtMs }: SignedRequest): Static<typeof SignedRequestSchema> {
  return { method, url, headers: { ...headers }, expiresAt: formatInstant(expiresAtMs * 1_000) }
}
