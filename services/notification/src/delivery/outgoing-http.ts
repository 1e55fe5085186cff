import { lookup as dnsLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Agent } from 'undici'
import { isPublic } from './public-address.ts'

/** How a receiver answered. `excerpt` is the start of its body; `retryAfterMs` is 0 when it named none. */
export interface Answer {
  status: number
  retryAfterMs: number
  excerpt: string
}

export interface OutgoingHttp {
  /** Why an address may not be called, or null. Checks what can be seen without asking the name service. */
  faultOf(url: string): string | null
  /** Posts a body. Follows no redirect. @throws Error when the address is refused, unreachable or too slow */
  post(url: string, request: { headers: Record<string, string>, body: string }): Promise<Answer>
  close(): Promise<void>
}

const connectTimeoutMs = 5_000
const answerTimeoutMs = 10_000
/** From the first byte sent to the last byte read. */
export const wholeTimeoutMs = 15_000
const excerptBytesMax = 1_024
const retryAfterMaxMs = 24 * 3_600_000

/**
 * HTTP to addresses that a user gave. Unless `allowPrivate`, only public unicast addresses are called: literals are
 * checked before the connection (undici never asks the lookup for them), names at every connection after
 * resolution, and the connection goes to the very address that was checked.
 */
export function createOutgoingHttp (
  { allowPrivate, allowHttp }: { allowPrivate: boolean, allowHttp: boolean }
): OutgoingHttp {
  let agent: Agent | undefined
  // Loaded when something is to be posted: it is 4 MB of memory.
  async function client () {
    const { Agent, request } = await import('undici')
    agent ??= new Agent({
      connect: { timeout: connectTimeoutMs, ...(allowPrivate ? {} : { lookup: publicLookup }) },
      headersTimeout: answerTimeoutMs,
      bodyTimeout: answerTimeoutMs,
      keepAliveTimeout: 10_000
    })
    return { request, dispatcher: agent }
  }

  function faultOf (text: string): string | null {
    if (!URL.canParse(text)) return 'is not an absolute URL'
    const url = new URL(text)
    if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:')) return 'must use https'
    if (url.username !== '' || url.password !== '') return 'must not hold a user name or password'
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (!allowPrivate && isIP(host) !== 0 && !isPublic(host)) return 'names an address that is not public'
    if (!allowPrivate && /(^|\.)localhost\.?$/i.test(host)) return 'names an address that is not public'
    return null
  }

  return {
    faultOf,
    async post (url, { headers, body }) {
      const fault = faultOf(url)
      if (fault !== null) throw new Error(`the address ${fault}`)
      const { request, dispatcher } = await client()
      const response = await request(url, {
        method: 'POST',
        dispatcher,
        headers,
        body,
        signal: AbortSignal.timeout(wholeTimeoutMs)
      })
      const excerpt = await readExcerpt(response.body)
      return { status: response.statusCode, retryAfterMs: retryAfterMs(response.headers['retry-after']), excerpt }
    },
    close: async () => await agent?.close()
  }
}

const publicLookup: LookupFunction = (hostname, options, callback) => {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0)
    const blocked = addresses.find(({ address }) => !isPublic(address))
    const [first] = addresses
    if (blocked !== undefined || first === undefined) {
      return callback(new Error(`${hostname} resolves to an address that is not public`), '', 0)
    }
    if (options.all === true) return callback(null, addresses)
    callback(null, first.address, first.family)
  })
}

async function readExcerpt (body: AsyncIterable<Buffer> & { destroy(): void }): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= excerptBytesMax) break
  }
  body.destroy()
  return Buffer.concat(chunks).subarray(0, excerptBytesMax).toString('utf8')
}

/** Only the seconds form: dates would need this clock to agree with the receiver's. */
function retryAfterMs (header: string | string[] | undefined): number {
  const seconds = Number(Array.isArray(header) ? header[0] : header)
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1_000, retryAfterMaxMs) : 0
}
