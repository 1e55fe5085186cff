import { createHash } from 'node:crypto'
import type { Database, TenantTx } from '@dueline/postgres'
import { crashPoint } from '@dueline/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { baseErrors, problem } from './errors.ts'
import { findAnswer, keepAnswer, sweepAnswers, type KeyOfAnswer, type StoredAnswer } from './idempotency.ts'

/** What a write answers. `undefined` as body is an empty answer (204). */
export interface WriteResult {
  status: number
  body?: unknown
  headers?: Readonly<Record<string, string>>
}

export interface WriteOptions {
  /** For operations without a token, whose tenant is known from elsewhere (a public link). */
  tenantId?: string
  /**
   * Does what `fn` does in a transaction that other requests share (see `createSharedWrites`); used for requests
   * without a key, whose answer need not be kept with the effect.
   */
  shared?: () => Promise<WriteResult>
}

const keyPattern = /^[\x21-\x7e]{1,255}$/

/** Ends a transaction whose request turned out to be answered already. */
class AnsweredAlready extends Error {}

function idempotencyKeyOf (request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && keyPattern.test(key)) return key
  return problem(baseErrors.validation_failed, {
    faults: [{ in: 'header', pointer: '/idempotency-key', message: 'must be 1 to 255 visible ASCII characters' }]
  })
}

function fingerprintOf ({ method, url, body }: FastifyRequest): Buffer {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body) ?? ''
  return createHash('sha256').update(`${method} ${url}\n`).update(text).digest()
}

function send (reply: FastifyReply, answer: StoredAnswer): FastifyReply {
  reply.code(answer.status).headers(answer.headers)
  if (answer.body === null) return reply.send()
  return reply.type('application/json; charset=utf-8').send(answer.body)
}

/** Serialises by the route's response schema, once: the same bytes are kept and sent. */
function toAnswer (reply: FastifyReply, { status, body, headers = {} }: WriteResult): StoredAnswer {
  reply.code(status)
  return { status, headers, body: body === undefined ? null : String(reply.serialize(body)) }
}

/**
 * The one way an operation writes: `fn` runs in one transaction of the caller's tenant, and its result is sent after
 * the commit. With an `Idempotency-Key` the answer is kept in the same transaction, for 24 h: the same request again,
 * also at the same time, has one effect and gets the same answer (`idempotency-replayed: true`); the key with another
 * request ends in 409. Refused writes leave nothing, and may be sent again with the same key.
 *
 * Keeping the answer is the last statement. Of two equal requests at once the second waits there for the first, finds
 * its answer, and is rolled back. `fn` must therefore have no effects outside of `tx`.
 */
export async function write (
  request: FastifyRequest,
  reply: FastifyReply,
  database: Database,
  fn: (tx: TenantTx) => Promise<WriteResult>,
  options: WriteOptions = {}
): Promise<FastifyReply> {
  const tenantId = options.tenantId ?? request.principal.tenantId
  const idempotencyKey = idempotencyKeyOf(request)
  if (idempotencyKey === undefined) {
    if (options.shared !== undefined) return send(reply, toAnswer(reply, await options.shared()))
    const result = await database.tenantTx(tenantId, async (tx) => {
      const result = await fn(tx)
      crashPoint('http:before-commit')
      return result
    })
    crashPoint('http:after-commit')
    return send(reply, toAnswer(reply, result))
  }
  const key: KeyOfAnswer = {
    tenantId,
    subject: request.principal?.subject ?? '',
    key: idempotencyKey,
    fingerprint: fingerprintOf(request)
  }
  try {
    const answer = await database.tenantTx(tenantId, async (tx) => {
      const answer = toAnswer(reply, await fn(tx))
      if (!await keepAnswer(tx, key, answer)) throw new AnsweredAlready()
      crashPoint('http:before-commit')
      return answer
    })
    crashPoint('http:after-commit')
    sweepAnswers(database, request.log)
    return send(reply, answer)
  } catch (error) {
    // A repeated request may fail before it comes to its key, because its effect is there: look before telling so.
    const answer = await findAnswer(database, key)
    if (answer === undefined) throw error
    if (!answer.fingerprint.equals(key.fingerprint)) problem(baseErrors.idempotency_key_reused)
    reply.header('idempotency-replayed', 'true')
    return send(reply, answer)
  }
}
