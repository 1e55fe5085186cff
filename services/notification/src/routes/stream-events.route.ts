import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { baseErrors, bearerOf, problem, type AnyRequest, type App, type Principal } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { errors } from '../errors.ts'
import { readStanding } from '../store/person-store.ts'
import { redeemStreamTicket, returnStreamTicket } from '../store/stream-ticket-store.ts'
import { After, filterFields, placeAfter, readingOf, type FilterFields } from './event-filter.ts'
import type { RouteDeps } from './route-deps.ts'

/** A token is accepted for so long after its end, as clocks differ. */
const tokenToleranceMicros = 5_000_000

/** Who wants which events, and after which cursor. */
interface Wish {
  readonly token: string
  readonly fields: FilterFields & { after?: string }
  /** Returns the ticket that it came by, unused. */
  readonly returnTicket?: () => Promise<void>
}
type Query = Wish['fields'] & { ticket?: string }

export function streamEvents (app: App, deps: RouteDeps): void {
  const { streams } = deps
  app.addHook('preClose', async () => {
    streams.endAll('stopping')
  })

  app.route({
    method: 'GET',
    url: '/v1/events/stream',
    config: {
      roles: access.streamEvents,
      ticket: true,
      problems: ['event_cursor_expired', 'stream_ticket_refused'],
      answers: { 200: 'Events, as they happen' }
    },
    schema: {
      operationId: 'streamEvents',
      summary: 'Stream events',
      description:
        'Server-sent events: those of the feed (`listEvents`), as they happen. The stream starts at the end of the ' +
        'feed, or after `Last-Event-ID` or `after` when a client comes back: then it misses nothing and gets nothing ' +
        'twice. It ends when its token expires, when you may not read any more, or when you read too slowly; an ' +
        'event `stream-ended` says why before. Come back with a new token.',
      tags: ['events'],
      querystring: Type.Object({
        after: Type.Optional(After),
        ticket: Type.Optional(
          Type.String({
            maxLength: 200,
            description: 'of `createStreamTicket`, in place of a token; which events is said there'
          })
        ),
        ...filterFields
      }),
      produces: ['text/event-stream'],
      response: { 200: Type.String({ description: 'event: <type>, id: <cursor>, data: <CloudEvent as JSON>' }) }
    },
    handler: async (request, reply) => {
      const wish = await wishOf(request, request.query as Query, deps)
      const { config } = request.routeOptions
      const again = async (how: { anew: boolean }) => await app.callerNow(wish.token, config, how)
      try {
        const principal = await again({ anew: true })
        request.principal = principal
        const opening = await openingOf(principal, wish, request, deps)
        streams.refuseTooMany(principal)
        if (request.method === 'HEAD') return await reply.type('text/event-stream').send(Readable.from([]) as never)
        reply.hijack()
        const { raw } = reply
        begin(raw, reply.getHeaders() as Record<string, string>)
        const endsAt = principal.tokenEndsAt + tokenToleranceMicros
        streams.open({ principal, again, ...opening, endsAt, raw })
      } catch (error) {
        await wish.returnTicket?.()
        throw error
      }
    }
  })
}

/**
 * What is read and from where on.
 * @throws Problem of what cannot be read
 */
async function openingOf (
  principal: Principal,
  { fields: { after, ...fields } }: Wish,
  { headers }: AnyRequest,
  { database }: RouteDeps
) {
  const { tenantId, personId } = principal
  const { read } = database.forTenant(tenantId)
  // before the place: a change after it comes by the feed
  const standing = await readStanding(read, tenantId, personId)
  if (standing?.active === false) problem(baseErrors.person_inactive)
  const reading = readingOf(principal, fields, 'query')
  const lastEventId = headers['last-event-id']
  const place = typeof lastEventId === 'string'
    ? await placeAfter(lastEventId, { read, tenantId }, { in: 'header', pointer: '/last-event-id' })
    : await placeAfter(after ?? 'latest', { read, tenantId }, { in: 'query', pointer: '/after' })
  return { ...reading, ...place, personRole: standing?.role }
}

/**
 * What a request asks for, by its ticket where it has one, else by itself.
 * @throws Problem 401 for a ticket that opens nothing, 400 for one beside a token
 */
async function wishOf (
  request: AnyRequest,
  { ticket, ...fields }: Query,
  { database, clock }: RouteDeps
): Promise<Wish> {
  if (ticket === undefined) return { token: bearerOf(request), fields }
  const chosen = Object.keys(fields).filter((name) => name !== 'after')
  const faults = chosen.map((name) => ({
    in: 'query' as const,
    pointer: `/${name}`,
    message: 'must be said where the ticket is created'
  }))
  if (request.headers.authorization !== undefined) {
    faults.push({ in: 'query', pointer: '/ticket', message: 'must be absent beside an Authorization header' })
  }
  if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
  const found = await redeemStreamTicket<Wish['fields']>(database, ticket, clock.now())
  if (found === 'late' || found === 'unknown') {
    const detail = found === 'late'
      ? 'the ticket is older than 30 seconds'
      : 'the ticket was used already, or was never given out'
    problem(errors.stream_ticket_refused, { detail, headers: { 'www-authenticate': 'Bearer' } })
  }
  const returnTicket = async () => await returnStreamTicket(database, ticket, found)
  return { token: found.token, fields: { ...found.fields, ...fields }, returnTicket }
}

/** Writes the head of the answer. */
function begin (raw: ServerResponse, headers: Record<string, string>): void {
  raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // its address may hold a ticket
    'referrer-policy': 'no-referrer',
    'x-accel-buffering': 'no',
    // A stream mostly ends because the service does: a connection that was kept beyond it would hold up the stop.
    connection: 'close'
  })
}
