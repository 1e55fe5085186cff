import { Uuid } from '@dueline/contracts'
import { baseErrors, problem, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { findUpload } from '../store/upload-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { UploadSchema, uploadView } from './template-shapes.ts'

export const UploadPath = Type.Object({ templateId: Uuid, uploadId: Uuid })

/** GET /v1/templates/{templateId}/uploads/{uploadId} */
export function getTemplateUpload (app: App, { database, files }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/templates/:templateId/uploads/:uploadId',
    config: { roles: access.getTemplateUpload, problems: ['not_found'] },
    schema: {
      operationId: 'getTemplateUpload',
      summary: 'Read how far an upload is',
      description: 'Ask again each second or so while it is `checking` or `converting`.',
      tags: ['templates'],
      params: UploadPath,
      response: { 200: UploadSchema }
    },
    handler: async ({ principal: { tenantId }, params: { templateId, uploadId: id } }) => {
      const own = database.forTenant(tenantId)
      const upload = await findUpload(own.read, { tenantId, id, templateId }) ?? problem(baseErrors.not_found)
      return uploadView(upload, await files.read(own, id), null)
    }
  })
}
