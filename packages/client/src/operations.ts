// What a call takes and answers, read from the generated types.
import type { operations, paths } from './generated/api.ts'
import type { changeMethods } from './generated/facts.ts'

export type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
export type OperationId = keyof operations

/** Paths that have a method. The event stream has a call of its own. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: [paths[P][M]] extends [undefined] ? never : '/v1/events/stream' extends P ? never : P
}[keyof paths]

/** The operation of a method and path. */
export type OperationAt<M extends Method, P extends keyof paths> = NonNullable<paths[P][M]>

/** How one call is made; each has a default in the client's options. */
export interface CallOptions {
  /** Ends the call; it then throws the signal's reason. */
  signal?: AbortSignal | undefined
  /** The time for all tries of the call together, in milliseconds. */
  withinMs?: number | undefined
}

type ParametersOf<O> = O extends { parameters: infer P }
  ? { [K in keyof P as K extends 'cookie' | 'header' ? never : K]: P[K] }
  : unknown
type HeadersOf<O> = O extends { parameters: { header: infer H } } ? { headers: H & Record<string, string> }
  : { headers?: Record<string, string> }
type ContentOf<O> = O extends { requestBody: { content: infer C } } ? { body: C[keyof C] }
  : O extends { requestBody?: { content: infer C } } ? { body?: C[keyof C] }
  : { body?: never }

/** What a call of an operation sends. `headers` takes any; those that the operation needs are needed. */
export type RequestOf<O> = ParametersOf<O> & HeadersOf<O> & ContentOf<O> & CallOptions

/** The argument of a call: it can be left out when nothing in it is needed. */
export type RequestArgument<O, More = unknown> = {} extends RequestOf<O> ? [request?: RequestOf<O> & More]
  : [request: RequestOf<O> & More]

type DataIn<C> = { [T in keyof C]: T extends `${string}json` ? C[T] : Blob }[keyof C]

/** What an operation answers when it succeeds: JSON, or a file as a Blob; undefined where that has no body. */
export type DataOf<O> = O extends { responses: infer R }
  ? { [S in keyof R]: R[S] extends { content: infer C extends object } ? DataIn<C> : undefined }[keyof R]
  : never

/** Paths of lists that are paged by a cursor. */
export type PagedPath = {
  [P in PathOf<'get'>]: OperationAt<'get', P> extends { parameters: { query?: { cursor?: string } } }
    ? DataOf<OperationAt<'get', P>> extends { items: unknown[], nextCursor: string | null } ? P : never
    : never
}[PathOf<'get'>]

/** One item of a list. */
export type ItemAt<P extends PagedPath> = DataOf<OperationAt<'get', P>> extends { items: (infer T)[] } ? T : never

/** Paths of what is changed with `If-Match`. */
export type ChangePath = keyof typeof changeMethods
/** The operation that changes what is at a path. */
export type ChangeAt<P extends ChangePath> = OperationAt<typeof changeMethods[P], P>
/** The body of a change. */
export type ChangeBody<P extends ChangePath> = ContentOf<ChangeAt<P>> extends { body: infer B } ? B : never

/** What a call of an operation sends, by its id. */
export type CallOf<Id extends OperationId> = RequestOf<operations[Id]>
/** What an operation answers, by its id. */
export type AnswerOf<Id extends OperationId> = DataOf<operations[Id]>
/** The body that an operation takes, by its id. */
export type BodyOf<Id extends OperationId> = NonNullable<ContentOf<operations[Id]>['body']>
/** One item of what a list operation answers, by its id. */
export type ItemOf<Id extends OperationId> = AnswerOf<Id> extends { items: (infer T)[] } ? T : never
