import { baseErrors, problem, type App } from '@dueline/http'
import { access } from '../access.ts'
import { decide } from '../domain/assignment.ts'
import { findDecision } from '../store/decision-store.ts'
import { listRules } from '../store/rule-store.ts'
import { readSnapshot } from '../store/snapshot-store.ts'
import { lastAssignment } from '../store/timeline-store.ts'
import { findTicket } from '../store/ticket-store.ts'
import { decidedTicket } from '../store/waiting-store.ts'
import { ExplanationSchema, explanationView } from './assignment-shapes.ts'
import type { RouteDeps } from './route-deps.ts'
import { TicketPath } from './schemas.ts'

/** GET /v1/tickets/{ticketId}/assignment-explanation */
export function getAssignmentExplanation (app: App, { database, clock, calendars }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/tickets/:ticketId/assignment-explanation',
    config: { roles: access.explainAssignment },
    schema: {
      operationId: 'explainAssignment',
      summary: 'Explain who got a ticket',
      description:
        'Of a ticket that was given last by a rule, and to who has it: the decision as it was made, from what was ' +
        'known then. Of any other: what the rules say as of now, which is why a waiting ticket waits.',
      tags: ['assignment'],
      params: TicketPath,
      response: { 200: ExplanationSchema }
    },
    handler: async ({ principal: { tenantId }, params: { ticketId } }) => {
      const { read } = database.forTenant(tenantId)
      const { id, assigneeId } = await findTicket(read, tenantId, ticketId, null) ?? problem(baseErrors.not_found)
      const made = await findDecision(read, tenantId, id)
      if (made?.assigneeId === assigneeId && made.ticketVersion === await lastAssignment(read, tenantId, id)) {
        const { from, ticket } = made.snapshot
        return explanationView(decide(from, ticket), made.decidedAt, true)
      }
      const at = clock.now()
      const ticket = await decidedTicket(read, tenantId, id) ?? problem(baseErrors.not_found)
      const rules = await listRules(read, tenantId, true)
      return explanationView(
        decide(await readSnapshot(read, tenantId, rules, [ticket], { at, calendars }), ticket),
        at,
        false
      )
    }
  })
}
