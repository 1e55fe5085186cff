import type { OutgoingHttpHeaders } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import { baseErrors, encodingFor, packed, Problem, sendProblem, type AnyReply, type AnyRequest } from '@dueline/http'

/** Answers up to this are taken whole and written at once, which costs much less than piping a stream. */
const smallBytes = 256 * 1024

/** The service broke off in the middle of an answer of which nothing has been sent yet. */
function answerBroken (request: AnyRequest, reply: AnyReply, error: unknown): void {
  request.log.error(
    { err: error, upstream: request.routeOptions.config.upstream, route: request.routeOptions.url },
    'upstream broke off its answer'
  )
  for (const name of ['content-length', 'content-encoding', 'etag', 'location']) reply.removeHeader(name)
  sendProblem(
    new Problem(baseErrors.unavailable, {
      detail: `the ${request.routeOptions.config.upstream} service broke off its answer`,
      headers: { 'retry-after': '1' }
    }),
    request,
    reply
  )
}

/** Smaller ones fit into a packet or two as they are. */
const packedFromBytes = 4_096

/**
 * The body as the caller takes it. Not packed: what holds a secret, since the length of what is packed reveals what
 * stands beside it. The tag becomes a weak one, because the bytes are others; `If-Match` takes it all the same.
 */
async function packedFor (request: AnyRequest, reply: AnyReply, body: Uint8Array): Promise<Buffer> {
  const plain = Buffer.from(body.buffer, body.byteOffset, body.length)
  const isJson = /^application\/(?:[a-z.+-]+\+)?json/.test(String(reply.getHeader('content-type')))
  const { secret = false } = request.routeOptions.config
  if (!isJson || secret || plain.length < packedFromBytes || reply.hasHeader('content-encoding')) return plain
  reply.header('vary', [reply.getHeader('vary'), 'accept-encoding'].filter((each) => each !== undefined).join(', '))
  const encoding = encodingFor(request.headers['accept-encoding'])
  if (encoding === undefined) return plain
  const etag = reply.getHeader('etag')
  if (typeof etag === 'string' && etag.startsWith('"')) reply.header('etag', `W/${etag}`)
  reply.removeHeader('content-length').header('content-encoding', encoding)
  return await packed(plain, encoding)
}

/** The body of an upstream's answer: a stream that can also be taken as a whole. */
export type UpstreamBody = Readable & { bytes(): Promise<Uint8Array> }

/** What ends an event, and what a service says that stops: a stream through the gateway ends with the gateway too. */
const eventEnd = Buffer.from('\n\n')
const farewell = 'event: stream-ended\ndata: {"reason":"stopping"}\n\n'

/**
 * Sends a small answer at once, a large one as it comes. While an event stream is open, `streams` has what ends it and
 * says why.
 */
export function passOn (
  request: AnyRequest,
  reply: AnyReply,
  { stream }: { stream: UpstreamBody },
  streams: Set<() => void>
): void {
  if (!String(reply.getHeader('content-type')).startsWith('text/event-stream')) {
    const length = Number(reply.getHeader('content-length') ?? Infinity)
    // The answer to HEAD has a length and no body: taken whole, it would get the length of nothing.
    if (length > smallBytes || request.method === 'HEAD') reply.send(stream)
    else {
      stream.bytes().then((body) => packedFor(request, reply, body))
        .then((body) => reply.send(body), (error: unknown) => answerBroken(request, reply, error))
    }
    return
  }
  // By hand: the framework sends the head with the first bytes, and here those may be minutes away.
  reply.hijack()
  // Quiet for as long as nothing happens; the service's heartbeats show whether the other end is there.
  request.raw.socket.setTimeout(0)
  request.raw.socket.setNoDelay(true)
  reply.raw.writeHead(reply.statusCode, { ...reply.getHeaders() as OutgoingHttpHeaders, 'x-accel-buffering': 'no' })
  reply.raw.flushHeaders()
  let lastBytes = eventEnd
  stream.on('data', (chunk: Buffer) => {
    lastBytes = Buffer.concat([lastBytes, chunk.subarray(-2)]).subarray(-2)
  })
  // Within an event it would become part of that: readers would take half of one for whole.
  const endStream = (): unknown => reply.raw.end(lastBytes.equals(eventEnd) ? farewell : '')
  streams.add(endStream)
  // Either end going away is how a stream ends.
  pipeline(stream, reply.raw, () => streams.delete(endStream))
}
