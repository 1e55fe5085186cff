import { baseErrors, problem, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import { errors } from '../errors.ts'
import { findTemplate } from '../store/template-store.ts'
import { findUpload } from '../store/upload-store.ts'
import { UploadPath } from './get-template-upload.route.ts'
import type { RouteDeps } from './route-deps.ts'
import { UploadSchema, uploadView } from './template-shapes.ts'

/** POST /v1/templates/{templateId}/uploads/{uploadId}/finish */
export function postTemplateUploadFinish (app: App, { database, files }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/templates/:templateId/uploads/:uploadId/finish',
    config: {
      roles: access.finishTemplateUpload,
      problems: ['not_found', 'template_inactive', 'file_not_uploaded', 'file_ended', 'unavailable'],
      answers: { 202: 'The upload, which is checked and converted in the background' }
    },
    schema: {
      operationId: 'finishTemplateUpload',
      summary: 'Finish an upload',
      description: 'The bytes have been sent: they are checked (size, SHA-256, type by content, viruses) and become ' +
        'a draft of the template. Done again it does nothing more.',
      tags: ['templates'],
      params: UploadPath,
      response: { 202: UploadSchema }
    },
    handler: async (request, reply) => {
      const { principal: { tenantId }, params: { templateId, uploadId: id } } = request
      const key = { tenantId, id, templateId }
      const own = database.forTenant(tenantId)
      const reserved = await findUpload(own.read, key) ?? problem(baseErrors.not_found)
      const template = await findTemplate(own.read, tenantId, templateId) ?? problem(baseErrors.not_found)
      // what is finished already takes nothing new
      if (reserved.state === 'reserved' && !template.active) problem(errors.template_inactive)
      const file = await files.finish(own, id)
      return await write(request, reply, database, async (tx) => {
        const upload = await findUpload(tx, key) ?? problem(baseErrors.not_found)
        return { status: 202, body: uploadView(upload, file, null) }
      })
    }
  })
}
