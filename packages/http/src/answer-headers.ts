import type { RouteOptions } from 'fastify'
import { takesKey } from './methods.ts'

const header = (type: string, description: string): object => ({ schema: { type }, description, required: true })
const optional = (description: string): object => ({ schema: { type: 'string' }, description })
/** Headers of answers, by the names under which the operations refer to them: always there, but where they say when. */
export const answerHeaders = {
  'X-Request-Id': header('string', 'The id under which the request is logged; that of the request, where it had one'),
  ETag: header('string', 'The version, for `If-Match` and `If-None-Match`'),
  Location: header('string', 'Where to read what was made'),
  'Retry-After': header('integer', 'Seconds to wait before the request is sent again'),
  'WWW-Authenticate': header('string', 'How to say who calls: `Bearer`, with what is wrong with the token that came'),
  Accept: optional('Where the type of the body was another: the types that it may have'),
  'Accept-Patch': optional('Where the type of the body was another: the types that it may have'),
  'Accept-Encoding': optional('Where the body was packed: `identity`, as it must come as it is'),
  'Idempotency-Replayed': optional('Where it is the answer to the first request with the same key: `true`')
}

/** Where what a POST makes is read one by one: the GET of an address that has one parameter more. */
function readerOf ({ method, url }: RouteOptions, routes: readonly RouteOptions[]): RouteOptions | undefined {
  if (method !== 'POST') return undefined
  return routes.find((each) =>
    each.method === 'GET' && each.url.startsWith(`${url}/:`) && !each.url.slice(url.length + 1).includes('/')
  )
}

/** The headers that an answer has; those which are not always there say so. */
export function headersOf (
  status: string,
  route: RouteOptions,
  codes: readonly string[],
  routes: readonly RouteOptions[]
): Record<string, object> {
  const isSuccess = status < '300'
  const reader = readerOf(route, routes)
  const made = status === '201' || status === '202'
  const hasVersion = status < '400' && status !== '204' &&
    (route.config?.etag === true || codes.includes('precondition_failed') ||
      (status === '201' && reader?.config?.etag === true))
  const names: Array<keyof typeof answerHeaders | false> = [
    'X-Request-Id',
    (hasVersion || status === '412') && 'ETag',
    made && reader !== undefined && 'Location',
    (status === '429' || status === '503') && 'Retry-After',
    status === '401' && 'WWW-Authenticate',
    status === '415' && (route.method === 'PATCH' ? 'Accept-Patch' : 'Accept'),
    status === '415' && 'Accept-Encoding',
    isSuccess && takesKey(route) && 'Idempotency-Replayed'
  ]
  return Object.fromEntries(
    names.filter((name) => name !== false).map((name) => [name, { $ref: `#/components/headers/${name}` }])
  )
}
