import { etagOf, requireIfMatch, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import { applied, differs } from '../domain/drafts.ts'
import { lockCapacityRules, readCapacityRules, saveCapacityRules } from '../store/capacity-store.ts'
import { eventFrame } from './aggregates.ts'
import { CapacityRules, CapacityRulesUpdate, capacityRulesView } from './capacity-rules.ts'
import type { RouteDeps } from './route-deps.ts'

/** PUT /v1/capacity-rules */
export function putCapacityRules (app: App, { database, clock, ids, outbox }: RouteDeps): void {
  app.route({
    method: 'PUT',
    url: '/v1/capacity-rules',
    config: { roles: access.updateCapacityRules, problems: ['precondition_required', 'precondition_failed'] },
    schema: {
      operationId: 'updateCapacityRules',
      summary: 'Set what tickets take of the capacity of people',
      description:
        'Points for each priority, and what a person can carry of whom nobody said it. 0 is allowed in both.',
      tags: ['availability'],
      body: CapacityRulesUpdate,
      response: { 200: CapacityRules }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        await lockCapacityRules(tx)
        const before = await readCapacityRules(tx, tx.tenantId)
        requireIfMatch(request, before.version)
        const next = applied(before, request.body)
        if (before.version > 0 && !differs(before, next)) {
          return { status: 200, body: capacityRulesView(before), headers: { etag: etagOf(before.version) } }
        }
        const updatedAt = Math.max(clock.now(), (before.updatedAt ?? 0) + 1)
        const row = { ...next, version: before.version + 1, updatedAt }
        await saveCapacityRules(tx, row)
        const { points, defaultCapacityPoints, version } = row
        await outbox.add(tx, [{
          ...eventFrame(tx, ids, tx.tenantId, row),
          type: 'dueline.capacity.changed.v1',
          subject: `capacity/${tx.tenantId}`,
          data: { capacity: { points, defaultCapacityPoints, version } }
        }])
        return { status: 200, body: capacityRulesView(row), headers: { etag: etagOf(row.version) } }
      })
  })
}
