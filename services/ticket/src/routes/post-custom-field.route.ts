import { baseErrors, etagOf, problem, write, type App } from '@dueline/http'
import { isUniqueViolation } from '@dueline/postgres'
import { access } from '../access.ts'
import { errors } from '../errors.ts'
import { customFieldsMax, insertCustomField, listCustomFields } from '../store/custom-field-store.ts'
import {
  checkCustomField,
  customFieldDraft,
  CustomFieldSchema,
  customFieldView,
  NewCustomField
} from './custom-field-shapes.ts'
import type { RouteDeps } from './route-deps.ts'

/** POST /v1/custom-fields */
export function postCustomField (app: App, { database, clock, ids }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/custom-fields',
    config: { roles: access.createCustomField, problems: ['validation_failed', 'custom_field_exists'] },
    schema: {
      operationId: 'createCustomField',
      summary: 'Describe a custom field of tickets',
      description:
        'From then on the field of `custom` takes only values that meet `valueSchema`, from whom `customers` and ' +
        '`editors` name; what tickets have already stays, and so does what imports bring, which is the past. ' +
        'Fields that nobody has described take any value, and customers see those that they have set themselves. ' +
        `At most ${customFieldsMax} fields.`,
      tags: ['tickets'],
      body: NewCustomField,
      response: { 201: CustomFieldSchema }
    },
    handler: async (request, reply) => {
      const field = customFieldDraft(request.body, { id: ids.next(), now: clock.now() })
      checkCustomField(field)
      try {
        return await write(request, reply, database, async (tx) => {
          if ((await listCustomFields(tx, tx.tenantId)).length >= customFieldsMax) {
            const message = `there are ${customFieldsMax} fields already: delete one first`
            problem(baseErrors.validation_failed, { faults: [{ pointer: '', message }] })
          }
          await insertCustomField(tx, field)
          const headers = { etag: etagOf(1), location: `/v1/custom-fields/${field.id}` }
          return { status: 201, body: customFieldView(field), headers }
        })
      } catch (error) {
        if (isUniqueViolation(error, 'custom_field_tenant_id_name_key')) problem(errors.custom_field_exists)
        throw error
      }
    }
  })
}
