import { baseErrors, etagOf, problem, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import { insertRule, listRules, rulesMax } from '../store/rule-store.ts'
import { addTurn, lockTurn } from '../store/waiting-store.ts'
import { SavedAssignmentRule, NewAssignmentRule, ruleDraft, ruleView } from './assignment-shapes.ts'
import { checkRule } from './check-rule.ts'
import { warningsOf } from './rule-warnings.ts'
import type { RouteDeps } from './route-deps.ts'

/** POST /v1/assignment-rules */
export function postAssignmentRule (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/assignment-rules',
    config: { roles: access.createAssignmentRule, problems: ['validation_failed'] },
    schema: {
      operationId: 'createAssignmentRule',
      summary: 'Make an assignment rule',
      description:
        'Tickets that nobody was given go to somebody by the first rule whose condition they meet and that finds ' +
        'somebody: available, and with enough capacity left. One that finds nobody passes the ticket to the next ' +
        'rule. Tickets that find nobody wait, nearest due first. A condition that no ticket can meet is refused, ' +
        'and `warnings` say why a rule finds nobody as things stand. ' +
        `At most ${rulesMax} rules.`,
      tags: ['assignment'],
      body: NewAssignmentRule,
      response: { 201: SavedAssignmentRule }
    },
    handler: async (request, reply) => {
      const rule = ruleDraft(request.body, { id: deps.ids.next(), now: deps.clock.now() })
      await checkRule(request, deps, rule)
      return await write(request, reply, deps.database, async (tx) => {
        await addTurn(tx, tx.tenantId)
        await lockTurn(tx, tx.tenantId, { wait: true })
        if ((await listRules(tx, tx.tenantId)).length >= rulesMax) {
          const message = `there are ${rulesMax} rules already: delete one first`
          problem(baseErrors.validation_failed, { faults: [{ pointer: '', message }] })
        }
        await insertRule(tx, rule)
        const warnings = await warningsOf(tx, tx.tenantId, rule, deps)
        const headers = { etag: etagOf(1), location: `/v1/assignment-rules/${rule.id}` }
        return { status: 201, body: { ...ruleView(rule), warnings }, headers }
      })
    }
  })
}
