import { AgreementKindSchema, Uuid } from '@dueline/contracts'
import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { listAgreements as readAgreements } from '../store/agreement-store.ts'
import { agreementToWire, AgreementWire } from './agreements.ts'
import type { RouteDeps } from './route-deps.ts'

const count = Type.Integer({ minimum: 0, maximum: 2_147_483_647 })
const Position = Type.Object({ kind: AgreementKindSchema, ticketVersion: count, policyVersion: count, version: count })

/** GET /v1/agreements?ticketId: the agreements of a ticket, past and present. */
export function listAgreements (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/agreements',
    config: { roles: access.listAgreements, answers: { 200: 'The agreements' } },
    schema: {
      operationId: 'listAgreements',
      summary: 'List the agreements of a ticket',
      description: 'By kind, the newest first. The one without `endedAt` holds now. Agreements that a late fact has ' +
        'disproved are not listed. A ticket that this service does not know (yet) has none.',
      tags: ['agreements'],
      querystring: Type.Object({ ticketId: Uuid, ...PageQuery.properties }),
      response: { 200: pageOf(AgreementWire) }
    },
    async handler (request) {
      const { read } = database.forTenant(request.principal.tenantId)
      const { ticketId, limit, cursor } = request.query
      const after = cursor === undefined ? null : decodeCursor(cursor, Position)
      const rows = await readAgreements(read, request.principal.tenantId, ticketId, after, limit + 1)
      return toPage(
        rows.map(agreementToWire),
        limit,
        ({ kind, ticketVersion, policyVersion, version }) => ({ kind, ticketVersion, policyVersion, version })
      )
    }
  })
}
