import { AgreementKindSchema, Instant, PolicyEffectSchema, PrioritySchema, SeveritySchema } from '@dueline/contracts'
import { PlainText, stringEnum, Uuid } from '@dueline/contracts'
import { decodeCursor, instantOf, movingPage, MovingPosition, pageOf, PageQuery, type App } from '@dueline/http'
import { seenTransactions } from '@dueline/postgres'
import { Type, type Static } from 'typebox'
import { access } from '../access.ts'
import {
  listRows,
  listWrittenRows,
  rowSorts,
  type PlacedRow,
  type RowPosition,
  type SlaRowFilter
} from '../store/sla-row-store.ts'
import { SearchText, type RouteDeps } from './route-deps.ts'
import { rowToWire, SlaRow } from './sla-rows.ts'

/** Which rows of the table are meant. */
export const RowFilter = {
  kind: Type.Optional(AgreementKindSchema),
  productId: Type.Optional(Uuid),
  moduleId: Type.Optional(Uuid),
  questionId: Type.Optional(Uuid),
  customerId: Type.Optional(Uuid),
  calendarId: Type.Optional(Uuid),
  escalationPolicyId: Type.Optional(Uuid),
  priority: Type.Optional(PrioritySchema),
  severity: Type.Optional(SeveritySchema),
  effect: Type.Optional(PolicyEffectSchema),
  active: Type.Optional(Type.Boolean()),
  validAt: Type.Optional({ ...Instant, description: 'Rows that are valid at this instant' }),
  q: SearchText
}
export type RowFilter = Static<ReturnType<typeof Type.Object<typeof RowFilter>>>

/** A filter as the store reads it. */
export function storedFilter ({ validAt, ...filter }: RowFilter, part: 'query' | 'body' = 'query'): SlaRowFilter {
  return validAt === undefined ? filter : { ...filter, validAt: instantOf(validAt, '/validAt', part) }
}

const Query = Type.Object({
  ...RowFilter,
  sort: Type.Optional(stringEnum(rowSorts, { description: '`-` turns the order round; createdAt by default' })),
  ...PageQuery.properties
})
const Position = Type.Object({ key: PlainText(400), id: Uuid })
const Cursor = Type.Object({ sort: stringEnum(rowSorts), at: MovingPosition(Position) })

/** GET /v1/sla-rows: the SLA table as it is being edited, oldest row first. */
export function listSlaRows (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/sla-rows',
    config: { roles: access.listSlaRows },
    schema: {
      operationId: 'listSlaRows',
      summary: 'List the rows of the SLA table',
      description:
        'These are the rows as you edit them. `q` finds parts of names. `GET /v1/policy-versions/{version}` shows ' +
        'the rows that were published. Rows that change or appear while you page come after the last page.',
      tags: ['sla table'],
      querystring: Query,
      response: { 200: pageOf(SlaRow) }
    },
    async handler (request) {
      const { tenantId } = request.principal
      const { read } = database.forTenant(tenantId)
      const { limit, cursor, sort: asked, ...given } = request.query
      const filter = storedFilter(given)
      const from = cursor === undefined ? null : decodeCursor(cursor, Cursor)
      const sort = from?.sort ?? asked ?? 'createdAt'
      const page = await movingPage<PlacedRow, RowPosition>(
        {
          limit,
          position: from?.at ?? null,
          begin: async () => await seenTransactions(read),
          ordered: async (after, rows) => await listRows(read, tenantId, filter, { sort, after, limit: rows }),
          written: async (seen, after, rows) =>
            await listWrittenRows(read, tenantId, filter, { seen, after, limit: rows }),
          positionOf: ({ position }) => position,
          idOf: ({ row }) => row.id
        },
        (at) => ({ sort, at })
      )
      return { ...page, items: page.items.map(({ row }) => rowToWire(row)) }
    }
  })
}
