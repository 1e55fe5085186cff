import type { Role, Scope, ScopeArea } from '@dueline/contracts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault
} from 'fastify'
import type { CallerNow } from './auth.ts'
import type { Principal } from './principal.ts'
import type { AnswerSeal } from './write.ts'

/** An application made by `buildHttp`: Fastify whose handlers are typed by their TypeBox schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Any request or reply of an App, whatever its schema. */
export type AnyRequest = FastifyRequest
export type AnyReply = FastifyReply

/**
 * Named here so that its module is loaded with these types: it adds operationId, summary, tags and hide to route
 * schemas.
 * @public
 */
export type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the operation. Every route under `/v1` must say. */
    roles?: readonly Role[] | 'public'
    /** What it belongs to for the scopes of API keys, where that is not its service. */
    area?: ScopeArea
    /** `none`: people alone may call it; `any`: every API key may, whatever its scopes. */
    keys?: 'none' | 'any'
    /** The scope that an API key needs, null where only people may; made of the two above. */
    scope?: Scope | null
    /** True for what callers may ask who are none of the tenant's people. */
    unlinked?: boolean
    /** Codes that the operation answers itself, for its documentation; each must be in an error table. */
    problems?: readonly string[]
    /**
     * True where a caller that cannot send a token in a header may send `?ticket=` instead: such a request is let
     * through here without a principal, and what the ticket is worth is for the handler that redeems it to say.
     */
    ticket?: boolean
    /** What its success answers hold, by status, where neither its schema nor its operationId says it. */
    answers?: Readonly<Record<number, string>>
    /** False for a POST that has no effect worth an Idempotency-Key (searches, previews); every write takes one. */
    idempotent?: boolean
    /** True for a POST without an Idempotency-Key that publishes something all the same: an API key needs to write. */
    publishes?: boolean
    /** For a write whose answer holds a secret: seals what is kept of it under its Idempotency-Key. */
    answerSeal?: AnswerSeal
    /** True where a body may be left out, which then is as if it were `{}`. */
    bodyOptional?: boolean
    /**
     * True where it answers with an `ETag`: a GET is documented with `If-None-Match` and 304 too. What needs `If-Match`
     * and what makes something that such a GET reads have one without saying so.
     */
    etag?: boolean
    /** True for operations that answer without end; set by itself where `produces` says `text/event-stream`. */
    endless?: boolean
    /** True for operations whose body is not validated here (streams, uploads). */
    rawBody?: boolean
  }

  interface FastifyInstance {
    /** Where tokens are accepted. */
    callerNow: CallerNow
  }

  interface FastifyRequest {
    /** Who calls. Null in operations for `public`, which must not ask. */
    principal: Principal
    /** What a merge patch removes inside of its fields; null where the body is none. Read with `patchOf`. */
    removals: ReadonlyArray<readonly string[]> | null
  }
}
