import { createHash } from 'node:crypto'
import type { TenantDatabases, TenantTx } from '@dueline/postgres'
import { crashPoint } from '@dueline/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { baseErrors, problem } from './errors.ts'
import { findAnswer, storeAnswer, type KeyOfAnswer, type StoredAnswer } from './idempotency.ts'

/** What a write answers. `undefined` as body is an empty answer (204). */
export interface WriteResult {
  status: number
  body?: unknown
  headers?: Readonly<Record<string, string>>
}

/** Runs `fn` in a transaction of the tenant, and resolves once that is committed. @throws what `fn` threw */
export type Transact = <R>(tenantId: string, fn: (tx: TenantTx) => Promise<R>) => Promise<R>

function ownTransact (database: TenantDatabases): Transact {
  return async (tenantId, fn) => await database.forTenant(tenantId).tx(fn)
}

export interface WriteOptions {
  /** For operations without a token, whose tenant is known from elsewhere (a public link). */
  tenantId?: string
  /** Where `fn` runs: in a transaction of its own by default, or in one that requests share (`createSharedWrites`). */
  transact?: Transact
}

const keyPattern = /^[\x21-\x7e]{1,255}$/

/** Ends a transaction whose request turned out to be answered already. */
class AnsweredAlready extends Error {}

/** Under which key the request's answer is to be kept; undefined when its caller has given none. */
function keyOf (request: FastifyRequest, tenantId: string): KeyOfAnswer | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && keyPattern.test(key)) {
    return { tenantId, subject: request.principal?.subject ?? '', key, fingerprint: fingerprintOf(request) }
  }
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
  database: TenantDatabases,
  fn: (tx: TenantTx) => Promise<WriteResult>,
  { tenantId = request.principal.tenantId, transact = ownTransact(database) }: WriteOptions = {}
): Promise<FastifyReply> {
  const key = keyOf(request, tenantId)
  try {
    const answer = await transact(tenantId, async (tx) => {
      const answer = toAnswer(reply, await fn(tx))
      if (key !== undefined && !await storeAnswer(tx, key, answer)) throw new AnsweredAlready()
      crashPoint('http:before-commit')
      return answer
    })
    crashPoint('http:after-commit')
    return send(reply, answer)
  } catch (error) {
    // A repeated request may fail before it comes to its key, because its effect is there: look before telling so.
    const answer = key === undefined ? undefined : await findAnswer(database, key)
    if (key === undefined || answer === undefined) throw error
    if (!answer.fingerprint.equals(key.fingerprint)) problem(baseErrors.idempotency_key_reused)
    reply.header('idempotency-replayed', 'true')
    return send(reply, answer)
  }
}
