import { Uuid } from '@dueline/contracts'
import { baseErrors, problem, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { decide } from '../domain/assignment.ts'
import { listRules, type StoredRule } from '../store/rule-store.ts'
import { readSnapshot } from '../store/snapshot-store.ts'
import { decidedTicket } from '../store/waiting-store.ts'
import { ExplanationSchema, explanationView, NewAssignmentRule, ruleDraft } from './assignment-shapes.ts'
import { checkRule } from './check-rule.ts'
import type { RouteDeps } from './route-deps.ts'

/** POST /v1/assignment-rules/simulate */
export function postAssignmentSimulation (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/assignment-rules/simulate',
    config: {
      roles: access.simulateAssignment,
      idempotent: false,
      problems: ['validation_failed'],
      answers: { 200: 'What they would do' }
    },
    schema: {
      operationId: 'simulateAssignment',
      summary: 'Try assignment rules on a ticket',
      description:
        'Who would get the ticket now if nobody had it, by the rules of the tenant or by those of the body, and why. ' +
        'Nothing is changed.',
      tags: ['assignment'],
      body: Type.Object({
        ticketId: Uuid,
        rules: Type.Optional(Type.Array(NewAssignmentRule, { maxItems: 50, description: 'In place of the tenant’s' }))
      }, { additionalProperties: false, title: 'AssignmentSimulation', description: 'A ticket, and rules to try' }),
      response: { 200: ExplanationSchema }
    },
    handler: async (request) => {
      const { principal: { tenantId }, body } = request
      const { read } = deps.database.forTenant(tenantId)
      const ticket = await decidedTicket(read, tenantId, body.ticketId) ??
        problem(baseErrors.validation_failed, { faults: [{ pointer: '/ticketId', message: 'no such ticket' }] })
      const at = deps.clock.now()
      const drafts = body.rules?.map((rule) => ruleDraft(rule, { id: deps.ids.next(), now: at }))
      for (const [i, draft] of (drafts ?? []).entries()) await checkRule(request, deps, draft, { at: `/rules/${i}` })
      const rules = drafts === undefined
        ? await listRules(read, tenantId, true)
        : drafts.filter(({ active }) => active).sort((a: StoredRule, b: StoredRule) => a.rank - b.rank)
      const decision = decide(
        await readSnapshot(read, tenantId, rules, [ticket], { at, calendars: deps.calendars }),
        ticket
      )
      return explanationView(decision, at, false)
    }
  })
}
