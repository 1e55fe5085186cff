import type { DuelineEvent } from './events.ts'
import { DuelineError } from './problems.ts'

/** Why a delivery is not to be believed; `message` says it in words. */
export type WebhookFault = 'headers' | 'signature' | 'time' | 'body'

/** The delivery did not come from who holds the secret, or not now. Answer 400. */
export class WebhookError extends DuelineError {
  override readonly name = 'WebhookError'
  readonly fault: WebhookFault

  constructor (fault: WebhookFault, message: string) {
    super(message)
    this.fault = fault
  }
}

/** Headers as `Headers`, or as Node and most servers give them. */
export type IncomingHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

export interface WebhookOptions {
  /** How old or how far ahead a delivery may be by the clock here, in seconds, inclusive; 300 by default. */
  toleranceSeconds?: number
  /** The time, in milliseconds since 1970; now by default. */
  nowMs?: number
}

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>

const utf8 = new TextEncoder()

/**
 * The event of a webhook delivery whose signature is right (Standard Webhooks, HMAC-SHA256). The same event can come
 * more than once: its `id` is the `webhook-id`.
 * @param body as it came, before anything parsed it
 * @param secrets of the endpoint; the old one too while they are being rotated
 * @throws WebhookError, TypeError for a secret that is none
 */
export async function verifyWebhook (
  headers: IncomingHeaders,
  body: string | Uint8Array,
  secrets: string | readonly string[],
  { toleranceSeconds = 300, nowMs = Date.now() }: WebhookOptions = {}
): Promise<DuelineEvent> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headerOf(headers, name)
  )
  if (!id || !timestamp || !signatures) {
    throw new WebhookError('headers', 'webhook-id, webhook-timestamp and webhook-signature are needed')
  }
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookError('headers', 'webhook-timestamp must be seconds since 1970')
  const bytes = typeof body === 'string' ? utf8.encode(body) : body
  const signed = joined(utf8.encode(`${id}.${timestamp}.`), bytes)
  const keys = await Promise.all([secrets].flat().map(keyOf))
  if (!await isSigned(keys, signatures, signed)) throw new WebhookError('signature', 'no signature is of these secrets')
  if (Math.abs(Math.floor(nowMs / 1_000) - Number(timestamp)) > toleranceSeconds) {
    throw new WebhookError('time', 'it was not sent now')
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as DuelineEvent
  } catch {
    throw new WebhookError('body', 'the body is no JSON')
  }
}

function headerOf (headers: IncomingHeaders, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  const value = headers[name] ?? Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1]
  return typeof value === 'string' ? value : value?.join(' ')
}

/** Compared by the platform in constant time. */
async function isSigned (keys: readonly Key[], signatures: string, signed: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const candidates = signatures.split(' ').flatMap((each) => {
    const [version, text = ''] = each.split(',', 2)
    const bytes = version === 'v1' ? bytesOf(text) : undefined
    return bytes === undefined ? [] : [bytes]
  })
  for (const key of keys) {
    for (const candidate of candidates) {
      if (await crypto.subtle.verify('HMAC', key, candidate, signed)) return true
    }
  }
  return false
}

async function keyOf (secret: string): Promise<Key> {
  const bytes = bytesOf(secret.replace(/^whsec_/, ''))
  if (bytes === undefined || bytes.length === 0) throw new TypeError('a webhook secret must be "whsec_" and base64')
  return await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
}

function bytesOf (base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))
  } catch {
    return undefined
  }
}

function joined (head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(head.length + tail.length)
  all.set(head)
  all.set(tail, head.length)
  return all
}
