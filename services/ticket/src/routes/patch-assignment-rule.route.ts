import { baseErrors, etagOf, patchOf, pathId, problem, requireIfMatch, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import { findRule, updateRule, type StoredRule } from '../store/rule-store.ts'
import { AssignmentRulePatch, SavedAssignmentRule, ruleView } from './assignment-shapes.ts'
import { checkRule } from './check-rule.ts'
import { warningsOf } from './rule-warnings.ts'
import type { RouteDeps } from './route-deps.ts'

/** PATCH /v1/assignment-rules/{ruleId} */
export function patchAssignmentRule (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/assignment-rules/:ruleId',
    config: {
      roles: access.updateAssignmentRule,
      problems: ['validation_failed', 'not_found', 'precondition_failed', 'precondition_required']
    },
    schema: {
      operationId: 'updateAssignmentRule',
      summary: 'Change an assignment rule',
      description: 'Objects and lists are replaced as a whole. Tickets that were given stay where they are.',
      tags: ['assignment'],
      params: pathId('ruleId'),
      body: AssignmentRulePatch,
      response: { 200: SavedAssignmentRule }
    },
    handler: async (request, reply) => {
      const { principal: { tenantId }, params: { ruleId } } = request
      const seen = await findRule(deps.database.forTenant(tenantId).read, tenantId, ruleId) ??
        problem(baseErrors.not_found)
      requireIfMatch(request, seen.version)
      const sent = patchOf(request, seen)
      const next: StoredRule = {
        ...seen,
        ...sent,
        version: seen.version + 1,
        updatedAt: Math.max(deps.clock.now(), seen.updatedAt + 1)
      }
      // the directory may have to be asked: not while a row is locked
      await checkRule(request, deps, next, { before: seen })
      return await write(request, reply, deps.database, async (tx) => {
        const before = await findRule(tx, tenantId, ruleId, { lock: true }) ?? problem(baseErrors.not_found)
        requireIfMatch(request, before.version)
        if (before.version !== seen.version) {
          problem(baseErrors.precondition_failed, { headers: { etag: etagOf(before.version) } })
        }
        await updateRule(tx, next)
        const warnings = await warningsOf(tx, tenantId, next, deps)
        return { status: 200, body: { ...ruleView(next), warnings }, headers: { etag: etagOf(next.version) } }
      })
    }
  })
}
