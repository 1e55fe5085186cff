import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { feedEnd, readFeed, type FeedEntry } from '../store/feed-store.ts'
import { cursorOf, positionOf, typesOf, typesQuery } from './event-filter.ts'

const batchMax = 200
/** Another replica may have appended; this one only hears of its own. */
const recheckMs = 200
/** Proxies close what is silent; a comment line keeps it open. */
const silenceMsMax = 15_000
/** A token is accepted for so long after its end, as clocks differ. */
const tokenToleranceMs = 5_000
/** Node's timers hold no more; a stream that has lasted 24 days is ended too. */
const timerMsMax = 2 ** 31 - 1

export function streamEvents (app: App, { database, clock, feedWatch, openStreams }: RouteDeps): void {
  const open = new Set<AbortController>()
  app.addHook('preClose', async () => {
    for (const stream of open) stream.abort()
  })

  app.route({
    method: 'GET',
    url: '/v1/events/stream',
    config: { roles: access.streamEvents, answers: { 200: 'Events, as they happen' } },
    schema: {
      operationId: 'streamEvents',
      summary: 'Stream events',
      description:
        'Server-sent events. The stream starts at the end of the feed, or after `Last-Event-ID` when a client ' +
        'reconnects: then it misses nothing and gets nothing twice. It ends when its token expires; reconnect ' +
        'with a new one.',
      tags: ['events'],
      querystring: Type.Object({ types: typesQuery }),
      produces: ['text/event-stream'],
      response: { 200: Type.String({ description: 'event: <type>, id: <cursor>, data: <CloudEvent as JSON>' }) }
    },
    handler: async (request, reply) => {
      const { read } = database.forTenant(request.principal.tenantId)
      const { tenantId, tokenEndsAt } = request.principal
      const types = typesOf(request.query.types)
      const lastEventId = request.headers['last-event-id']
      const start = typeof lastEventId === 'string'
        ? positionOf(lastEventId, { in: 'header', pointer: '/last-event-id' })
        : await feedEnd(read, tenantId)
      const left = new AbortController()
      open.add(left)
      openStreams.set(open.size)
      request.raw.once('close', () => left.abort())
      const tokenEnd = setTimeout(
        () => left.abort(),
        Math.min((tokenEndsAt - clock.now()) / 1_000 + tokenToleranceMs, timerMsMax)
      )
      reply.hijack()
      const { raw } = reply
      begin(raw, reply.getHeaders() as Record<string, string>, start)
      try {
        await follow(raw, left.signal, start, {
          end: () => feedEnd(read, tenantId),
          read: (after) => readFeed(read, { tenantId, after, types, limit: batchMax }),
          changed: () => feedWatch.changed(recheckMs, left.signal)
        })
      } catch (error) {
        request.log.warn({ err: error }, 'an event stream ended early; its reader will come back')
      } finally {
        clearTimeout(tokenEnd)
        open.delete(left)
        openStreams.set(open.size)
        raw.end()
      }
    }
  })
}

/** Writes what stands before the first event. */
function begin (raw: ServerResponse, headers: Record<string, string>, start: number): void {
  raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    // A stream mostly ends because the service does: a connection that was kept beyond it would hold up the stop.
    connection: 'close'
  })
  raw.write(`retry: 1000\nid: ${cursorOf(start)}\n\n`)
}

/** Writes what the feed holds and then what it gets, until the reader leaves. Waits while the reader is slow. */
async function follow (
  raw: ServerResponse,
  left: AbortSignal,
  start: number,
  feed: { end(): Promise<number>, read(after: number): Promise<FeedEntry[]>, changed(): Promise<void> }
): Promise<void> {
  let position = start
  let lastWriteMs = performance.now()
  while (!left.aborted) {
    // Asked before reading: a filter that lets nothing through must not make every look start at the same place.
    const end = await feed.end()
    const entries = end > position ? await feed.read(position) : []
    const silent = performance.now() - lastWriteMs > silenceMsMax
    if (entries.length > 0 || silent) {
      const text = entries.length > 0 ? entries.map(frameOf).join('') : ': still here\n\n'
      if (!raw.write(text)) await once(raw, 'drain', { signal: left }).catch(() => {})
      lastWriteMs = performance.now()
    }
    const last = entries.at(-1)?.position ?? position
    position = entries.length < batchMax ? Math.max(end, last) : last
    if (entries.length < batchMax) await feed.changed()
  }
}

function frameOf ({ position, event }: FeedEntry): string {
  return `event: ${event.type}\nid: ${cursorOf(position)}\ndata: ${JSON.stringify(event)}\n\n`
}
