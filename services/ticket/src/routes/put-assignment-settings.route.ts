import { etagOf, requireIfMatch, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import { lockSettings, readSettings, saveSettings } from '../store/settings-store.ts'
import { AssignmentSettingsSchema, AssignmentSettingsUpdate, settingsView } from './assignment-settings.ts'
import type { RouteDeps } from './route-deps.ts'

/** PUT /v1/assignment-settings */
export function putAssignmentSettings (app: App, { database, clock }: RouteDeps): void {
  app.route({
    method: 'PUT',
    url: '/v1/assignment-settings',
    config: { roles: access.updateAssignmentSettings, problems: ['precondition_required', 'precondition_failed'] },
    schema: {
      operationId: 'updateAssignmentSettings',
      summary: 'Set what holds for assignment beside the rules',
      description:
        'With `return`, new and open tickets of whoever is away or off, by hand, by a planned absence or because the ' +
        'person has left, go back to the queue, those given to them meanwhile too. Tickets that wait for a customer ' +
        'or vendor stay until they are open again, and imported ones stay. The end of working hours is an absence ' +
        'too, unless `whenShiftEnds` says otherwise.',
      tags: ['assignment'],
      body: AssignmentSettingsUpdate,
      response: { 200: AssignmentSettingsSchema }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        await lockSettings(tx)
        const before = await readSettings(tx, tx.tenantId)
        requireIfMatch(request, before.version)
        const { whenAbsent, whenShiftEnds = null } = request.body
        const version = before.version + 1
        const updatedAt = Math.max(clock.now(), (before.updatedAt ?? 0) + 1)
        const next = { whenAbsent, whenShiftEnds, version, updatedAt }
        await saveSettings(tx, next)
        return { status: 200, body: settingsView(next), headers: { etag: etagOf(version) } }
      })
  })
}
