import { createHash } from 'node:crypto'
import type { TenantDatabases, TenantTx } from '@dueline/postgres'
import { crashPoint } from '@dueline/runtime'
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { baseErrors, problem } from './errors.ts'
import { findAnswer, storeAnswer, type KeyOfAnswer, type StoredAnswer } from './idempotency.ts'

/** What a write answers. `undefined` as body is an empty answer (204). */
export interface WriteResult {
  status: number
  body?: unknown
  headers?: Readonly<Record<string, string>>
}

/** Seals answers that hold a secret before they are kept. */
export interface AnswerSeal {
  seal(plain: string): string
  open(sealed: string): string
}

/** Runs `fn` in a transaction of the tenant, and resolves once that is committed. @throws what `fn` threw */
export type Transact = <R>(tenantId: string, fn: (tx: TenantTx) => Promise<R>) => Promise<R>

function ownTransact (database: TenantDatabases): Transact {
  return async (tenantId, fn) => await database.forTenant(tenantId).tx(fn)
}

export interface WriteOptions {
  /** Where `fn` runs: in a transaction of its own by default, or in one that requests share (`createSharedWrites`). */
  transact?: Transact
}

const keyPattern = /^[\x21-\x7e]{1,255}$/

/** Ends a transaction whose request turned out to be answered already. */
class AnsweredAlready extends Error {}

/** Under which key the request's answer is to be kept; undefined when its caller has given none. */
function keyOf (request: FastifyRequest): KeyOfAnswer | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  const { tenantId, subject } = request.principal
  if (typeof key === 'string' && keyPattern.test(key)) {
    return { tenantId, subject, key, fingerprint: fingerprintOf(request) }
  }
  return problem(baseErrors.validation_failed, {
    faults: [{ in: 'header', pointer: '/idempotency-key', message: 'must be 1 to 255 visible ASCII characters' }]
  })
}

/** Objects with their members in one order, at every depth; everything else as it is. */
function inOneOrder (_name: string, value: unknown): unknown {
  // an integer of which a double would lose digits
  if (typeof value === 'bigint') return { bigint: value.toString() }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
}

/** The address with its parameters in the order of their names; several of one name stay as they are. */
function addressOf (url: string): string {
  const [path, query] = url.split('?', 2)
  if (query === undefined) return url
  const parameters = new URLSearchParams(query)
  parameters.sort()
  return `${path}?${parameters.toString()}`
}

/**
 * Equal for requests that mean the same: clients that write a request again need not write it byte by byte, neither
 * the order of members and parameters nor forms of numbers (`1e2`, `100.0`) and letters (`\u0061`). What is no JSON
 * is compared as it came.
 */
function fingerprintOf ({ method, url, body, removals }: FastifyRequest): Buffer {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body, inOneOrder) ?? ''
  return createHash('sha256').update(`${method} ${addressOf(url)}\n`).update(text)
    .update(removals === null ? '' : `\n${removals.map((path) => JSON.stringify(path)).sort().join()}`).digest()
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
 * also at the same time, has one effect and gets the same answer (see `answeredOnce`). Refused writes leave nothing,
 * and may be sent again with the same key.
 *
 * Keeping the answer is the last statement. Of two equal requests at once the second waits there for the first, finds
 * its answer, and is rolled back. `fn` must therefore have no effects outside of `tx`.
 */
export async function write (
  request: FastifyRequest,
  reply: FastifyReply,
  database: TenantDatabases,
  fn: (tx: TenantTx) => Promise<WriteResult>,
  { transact = ownTransact(database) }: WriteOptions = {}
): Promise<FastifyReply> {
  const key = keyOf(request)
  const { answerSeal } = request.routeOptions.config
  const answer = await transact(request.principal.tenantId, async (tx) => {
    const answer = toAnswer(reply, await fn(tx))
    if (key !== undefined && !await storeAnswer(tx, key, sealed(answer, answerSeal))) throw new AnsweredAlready()
    crashPoint('http:before-commit')
    return answer
  })
  crashPoint('http:after-commit')
  return send(reply, answer)
}

function sealed (answer: StoredAnswer, seal: AnswerSeal | undefined): StoredAnswer {
  return answer.body === null || seal === undefined ? answer : { ...answer, body: seal.seal(answer.body) }
}

/**
 * The handler of a write, which answers a request that fails and was done before under its key with what it was
 * answered then (`idempotency-replayed: true`). It may fail wherever it likes: its effect is there, and what it was
 * checked against may have changed since.
 * @throws Problem 409 when the key stands for another request; else what the handler throws
 */
export function answeredOnce (handler: RouteHandlerMethod, database: TenantDatabases): RouteHandlerMethod {
  return async function (request, reply) {
    try {
      return await handler.call(this, request, reply)
    } catch (error) {
      const key = keyOf(request)
      const answer = key === undefined ? undefined : await findAnswer(database, key)
      if (key === undefined || answer === undefined) throw error
      if (!answer.fingerprint.equals(key.fingerprint)) problem(baseErrors.idempotency_key_reused)
      const { answerSeal } = request.routeOptions.config
      reply.header('idempotency-replayed', 'true')
      return send(reply, opened(answer, answerSeal))
    }
  }
}

function opened ({ status, headers, body }: StoredAnswer, seal: AnswerSeal | undefined): StoredAnswer {
  return { status, headers, body: body === null || seal === undefined ? body : seal.open(body) }
}
