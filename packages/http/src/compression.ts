import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { AnyReply, AnyRequest } from './types.ts'

export type Encoding = 'br' | 'gzip'
const encodings: readonly Encoding[] = ['br', 'gzip']
const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

/** Of `br` and `gzip` the one that an `Accept-Encoding` likes best, `br` where it likes both as much. */
export function encodingFor (accepted: string | undefined): Encoding | undefined {
  const weights = new Map(
    (accepted ?? '').split(',').map((part): [string, number] => {
      const [name = '', ...parameters] = part.toLowerCase().replaceAll(/[ \t]/g, '').split(';')
      const weight = parameters.find((each) => each.startsWith('q='))
      return [name, weight === undefined ? 1 : Number(weight.slice(2))]
    })
  )
  const liked = (name: Encoding): number => weights.get(name) ?? weights.get('*') ?? 0
  const [best] = encodings.filter((name) => liked(name) > 0).sort((a, b) => liked(b) - liked(a))
  return best
}

/** `best`: for what is packed once and sent often; else as fast as it can be done per answer. */
export async function packed (body: Uint8Array, encoding: Encoding, { best = false } = {}): Promise<Buffer> {
  if (encoding === 'gzip') return await zip(body, { level: best ? 9 : 3 })
  return await brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: best ? 9 : 3 } })
}

/** Answers a text that never changes, packed as the caller takes it, with a tag by which it need not be sent twice. */
export function fixedText (text: () => string, type: string) {
  const bodies = new Map<Encoding | undefined, Promise<{ body: Buffer, etag: string }>>()
  async function make (encoding: Encoding | undefined): Promise<{ body: Buffer, etag: string }> {
    const plain = Buffer.from(text())
    const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 20)
    const body = encoding === undefined ? plain : await packed(plain, encoding, { best: true })
    return { body, etag: `"${encoding === undefined ? hash : `${hash}-${encoding}`}"` }
  }
  return async function (request: AnyRequest, reply: AnyReply): Promise<AnyReply> {
    const encoding = encodingFor(request.headers['accept-encoding'])
    const made = bodies.get(encoding) ?? make(encoding)
    bodies.set(encoding, made)
    const { body, etag } = await made
    if (encoding !== undefined) reply.header('content-encoding', encoding)
    return await reply.type(type).headers({ vary: 'accept-encoding', etag }).send(body)
  }
}
