import { formatInstant } from '@dueline/business-time'
import { readInstant, type Database } from '@dueline/postgres'
import { Type, type TSchema } from 'typebox'
import { BusError, type Bus } from './bus.ts'
import { listDeadLetters, resendDeadLetter, type DeadLetter } from './dead-letters.ts'

/** What the routes use of the HTTP package: pass it whole (`import * as http from '@dueline/http'`). */
export interface HttpKit<Entry> {
  baseErrors: { not_found: Entry, conflict: Entry, unavailable: Entry }
  problem (entry: Entry, options: { detail: string }): never
  PageQuery: { properties: { limit: TSchema, cursor: TSchema } }
  pageOf (item: TSchema): TSchema
  toPage<T> (rows: readonly T[], limit: number, keyOf: (row: T) => unknown): { items: T[], nextCursor: string | null }
  decodeCursor (cursor: string, schema: TSchema): unknown
}

/** The application of the HTTP package, or anything that takes its routes. */
export interface RouteHost { route (options: never): unknown }

export interface DeadLetterRouteOptions<Entry> {
  /** As in the paths: `/v1/<service>/dead-letters`. */
  service: string
  database: Database
  bus: Bus
  http: HttpKit<Entry>
}

interface Request { principal: { tenantId: string }, query: { limit: number, cursor?: string, open?: boolean }, params: { deadLetterId: string } }

const text = (description: string): TSchema => Type.String({ description })
const textOrNull = (description: string): TSchema => Type.Union([Type.String(), Type.Null()], { description })
const position = Type.Object({ failedAt: Type.String({ maxLength: 40 }), id: Type.String({ pattern: '^[0-9a-f-]{36}$' }) })
const DeadLetterView = Type.Object({
  id: text('Id of the dead letter'),
  tenantId: textOrNull('null when the record does not tell'),
  consumer: text('The consumer that put it aside'),
  topic: text('Where it was read'),
  partition: Type.Integer(),
  offset: text('Its place in the partition'),
  reason: text('oversized, not_an_event, unknown_type, bad_json, schema_fault or handler_failed'),
  detail: text('What was found wrong'),
  eventId: textOrNull('Id of the event'),
  eventType: textOrNull('Type of the event'),
  valueBytes: Type.Integer({ description: 'Size of its data, which is not shown' }),
  failedAt: text('When it was put aside'),
  resentAt: textOrNull('When it was last published again'),
  resentCount: Type.Integer()
}, { title: 'DeadLetter' })

function view (letter: DeadLetter): object {
  return {
    ...letter,
    tenantId: letter.tenantId === '' ? null : letter.tenantId,
    failedAt: formatInstant(readInstant(letter.failedAt)),
    resentAt: letter.resentAt === null ? null : formatInstant(readInstant(letter.resentAt))
  }
}

/**
 * Adds `GET /v1/<service>/dead-letters` and `POST /v1/<service>/dead-letters/{deadLetterId}/resend`, for operators.
 * They see the dead letters of their tenant and those of no known tenant, without domain data.
 */
export function deadLetterRoutes<Entry> (app: RouteHost, options: DeadLetterRouteOptions<Entry>): void {
  const route = (definition: object): void => { app.route(definition as never) }
  route(listRoute(options))
  route(resendRoute(options))
}

function listRoute<Entry> ({ service, database, http }: DeadLetterRouteOptions<Entry>): object {
  return {
    method: 'GET',
    url: `/v1/${service}/dead-letters`,
    config: { roles: ['operator'] },
    schema: {
      operationId: `list${pascal(service)}DeadLetters`,
      summary: 'Lists records that could not be handled, newest first',
      tags: ['operations'],
      querystring: Type.Object({
        ...http.PageQuery.properties,
        open: Type.Optional(Type.Boolean({ description: 'true leaves out those that were published again' }))
      }),
      response: { 200: http.pageOf(DeadLetterView) }
    },
    async handler ({ principal, query: { limit, cursor, open } }: Request) {
      const after = cursor === undefined ? {} : { after: http.decodeCursor(cursor, position) as { failedAt: string, id: string } }
      const rows = await listDeadLetters(database, { tenantId: principal.tenantId, limit: limit + 1, ...after, ...(open === undefined ? {} : { open }) })
      const page = http.toPage(rows, limit, ({ failedAt, id }) => ({ failedAt, id }))
      return { ...page, items: page.items.map(view) }
    }
  }
}

function resendRoute<Entry> ({ service, database, bus, http }: DeadLetterRouteOptions<Entry>): object {
  return {
    method: 'POST',
    url: `/v1/${service}/dead-letters/:deadLetterId/resend`,
    // publishing twice is harmless, so it needs no Idempotency-Key
    config: { roles: ['operator'], idempotent: false, problems: ['not_found', 'conflict', 'unavailable'] },
    schema: {
      operationId: `resend${pascal(service)}DeadLetter`,
      summary: 'Publishes the original record again, with its id',
      tags: ['operations'],
      params: Type.Object({ deadLetterId: Type.String({ pattern: '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' }) }),
      response: { 200: DeadLetterView }
    },
    async handler ({ principal, params: { deadLetterId } }: Request) {
      const result = await resendDeadLetter({ database, bus, tenantId: principal.tenantId, id: deadLetterId }).catch((error: unknown) => {
        if (error instanceof BusError) http.problem(http.baseErrors.unavailable, { detail: 'the event bus does not take it at the moment' })
        throw error
      })
      if (result.outcome === 'not_found') http.problem(http.baseErrors.not_found, { detail: `there is no dead letter ${deadLetterId}` })
      if (result.outcome === 'truncated') http.problem(http.baseErrors.conflict, { detail: 'only the beginning of an oversized record was kept' })
      return view((result as { letter: DeadLetter }).letter)
    }
  }
}

function pascal (name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash, letter: string) => letter.toUpperCase())
}
