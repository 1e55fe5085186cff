import { AgreementKindSchema, Uuid } from '@dueline/contracts'
import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { listAgreements as readAgreements } from '../store/agreement-store.ts'
import { agreementToWire, AgreementWire } from './agreements.ts'
import type { RouteDeps } from './route-deps.ts'

const count = Type.Integer({ minimum: 0, maximum: 2_147_483_647 })
const Position = Type.Object({ kind: AgreementKindSchema, ticketVersion: count, policyVersion: count, version: count })

/** GET /v1/agreements?ticketId: what a ticket was and is promised. */
export function listAgreements (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/agreements',
    config: { roles: access.listAgreements },
    schema: {
      operationId: 'listAgreements',
      summary: 'What a ticket was and is promised',
      description:
        'By kind, what holds last first; the one without `endedAt` holds. What a late fact disproved is not listed. ' +
        'A ticket that is not known here (yet) has none.',
      tags: ['agreements'],
      querystring: Type.Object({ ticketId: Uuid, ...PageQuery.properties }),
      response: { 200: pageOf(AgreementWire) }
    },
    async handler (request) {
      const { ticketId, limit, cursor } = request.query
      const after = cursor === undefined ? null : decodeCursor(cursor, Position)
      const rows = await readAgreements(database.read, request.principal.tenantId, ticketId, after, limit + 1)
      return toPage(
        rows.map(agreementToWire),
        limit,
        ({ kind, ticketVersion, policyVersion, version }) => ({ kind, ticketVersion, policyVersion, version })
      )
    }
  })
}
