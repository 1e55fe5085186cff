import { formatInstant } from '@dueline/business-time'
import { baseErrors, decodeCursor, pageOf, pathId, PageQuery, problem, toPage, type App } from '@dueline/http'
import { readInstant, type Database } from '@dueline/postgres'
import { Type, type Static } from 'typebox'
import { Instant, nullable, Uuid } from '@dueline/contracts'
import { access } from './access.ts'
import { BusError, type Bus } from './bus.ts'
import { listDeadLetters, resendDeadLetter, type DeadLetter } from './dead-letters.ts'

export interface DeadLetterRouteOptions {
  /** As in the paths: `/v1/<service>/dead-letters`. */
  service: string
  database: Database
  bus: Bus
  /** Whose operators also see and resend what names no tenant; none where absent. */
  operatorTenant?: string | undefined
}

const text = (description: string) => Type.String({ description })
const textOrNull = (description: string) => nullable(Type.String({ description }))
const position = Type.Object({ failedAt: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), id: Uuid })
const DeadLetterView = Type.Object({
  id: text('Id of the dead letter'),
  tenantId: textOrNull('null when the record does not say it'),
  consumer: text('The consumer that put it aside'),
  topic: text('Where it was read'),
  partition: Type.Integer(),
  offset: text('Its place in the partition'),
  reason: text('oversized, not_an_event, unknown_type, bad_json, schema_fault or handler_failed'),
  detail: text('What was found wrong'),
  eventId: textOrNull('Id of the event'),
  eventType: textOrNull('Type of the event'),
  valueBytes: Type.Integer({ description: 'Size of its data, which is not shown' }),
  failedAt: { ...Instant, description: 'When it was put aside' },
  resentAt: nullable({ ...Instant, description: 'When it was last published again' }),
  resentCount: Type.Integer()
}, { title: 'DeadLetter', description: 'A record that a service put aside' })

function view (letter: DeadLetter): Static<typeof DeadLetterView> {
  return {
    ...letter,
    tenantId: letter.tenantId === '' ? null : letter.tenantId,
    failedAt: formatInstant(readInstant(letter.failedAt)),
    resentAt: letter.resentAt === null ? null : formatInstant(readInstant(letter.resentAt))
  }
}

/**
 * Adds `GET /v1/<service>/dead-letters` and `POST /v1/<service>/dead-letters/{deadLetterId}/resend`, for operators.
 * They see the dead letters of their tenant, without domain data; those that name no tenant may be anybody's, so only
 * the operators of the installation see them.
 */
export function deadLetterRoutes (app: App, options: DeadLetterRouteOptions): void {
  listRoute(app, options)
  resendRoute(app, options)
}

function listRoute (app: App, { service, database, operatorTenant }: DeadLetterRouteOptions): void {
  app.route({
    method: 'GET',
    url: `/v1/${service}/dead-letters`,
    config: { roles: access.listDeadLetters },
    schema: {
      operationId: `list${pascal(service)}DeadLetters`,
      summary: 'List dead letters',
      description:
        'Records that could not be handled, the newest first. Those that name no tenant are listed for operators of ' +
        'the installation only.',
      tags: ['operations'],
      querystring: Type.Object({
        ...PageQuery.properties,
        open: Type.Optional(Type.Boolean({ description: 'true leaves out those that were published again' }))
      }),
      response: { 200: pageOf(DeadLetterView) }
    },
    handler: async ({ principal, query: { limit, cursor, open } }) => {
      const last = cursor === undefined ? undefined : decodeCursor(cursor, position)
      const after = last === undefined ? {} : { after: { failedAt: formatInstant(last.failedAt), id: last.id } }
      const rows = await listDeadLetters(database, {
        tenantId: principal.tenantId,
        ofUnknown: principal.tenantId === operatorTenant,
        limit: limit + 1,
        ...after,
        ...(open === undefined ? {} : { open })
      })
      const page = toPage(rows, limit, ({ failedAt, id }) => ({ failedAt: readInstant(failedAt), id }))
      return { ...page, items: page.items.map(view) }
    }
  })
}

function resendRoute (app: App, { service, database, bus, operatorTenant }: DeadLetterRouteOptions): void {
  app.route({
    method: 'POST',
    url: `/v1/${service}/dead-letters/:deadLetterId/resend`,
    // publishing twice is harmless, so it needs no Idempotency-Key
    config: {
      roles: access.resendDeadLetter,
      idempotent: false,
      publishes: true,
      problems: ['not_found', 'conflict', 'unavailable'],
      answers: { 200: 'The dead letter, with when it was published again' }
    },
    schema: {
      operationId: `resend${pascal(service)}DeadLetter`,
      summary: 'Publish the original record of a dead letter again',
      description: 'It keeps its id, so consumers that handled it before pass it over.',
      tags: ['operations'],
      params: pathId('deadLetterId'),
      response: { 200: DeadLetterView }
    },
    handler: async ({ principal, params: { deadLetterId } }) => {
      const { tenantId } = principal
      const ofUnknown = tenantId === operatorTenant
      const result = await resendDeadLetter({ database, bus, tenantId, ofUnknown, id: deadLetterId }).catch(
        (error: unknown) => {
          if (error instanceof BusError) {
            problem(baseErrors.unavailable, { detail: 'the event bus does not take it at the moment' })
          }
          throw error
        }
      )
      if (result.outcome === 'not_found') {
        problem(baseErrors.not_found, { detail: `there is no dead letter ${deadLetterId}` })
      }
      if (result.outcome === 'truncated') {
        problem(baseErrors.conflict, { detail: 'only the beginning of an oversized record was stored' })
      }
      return view((result as { letter: DeadLetter }).letter)
    }
  })
}

function pascal (name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash, letter: string) => letter.toUpperCase())
}
