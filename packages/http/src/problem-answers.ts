import type { RouteOptions } from 'fastify'
import type { ErrorEntry, ErrorTable } from './errors.ts'
import { takesKey } from './methods.ts'

export const problemSchema = {
  type: 'object',
  title: 'Problem',
  description: 'RFC 9457 problem details',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'errors', 'requestId'],
  properties: {
    type: {
      type: 'string',
      format: 'uri-reference',
      description: 'Where the gateway describes `code`',
      examples: ['/problems/validation_failed']
    },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599, examples: [400] },
    detail: { type: 'string' },
    instance: { type: 'string', format: 'uri-reference', examples: ['/v1/tickets'] },
    code: { type: 'string', description: 'Stable; what programs compare' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        title: 'Fault',
        description: 'Where a request is wrong, and what would be right',
        required: ['in', 'pointer', 'message'],
        properties: {
          in: { type: 'string', enum: ['body', 'query', 'path', 'header'] },
          pointer: { type: 'string', description: 'JSON pointer (RFC 6901) into that part' },
          message: { type: 'string', description: 'What would be right' }
        }
      }
    },
    requestId: { type: 'string' }
  }
}

/** The codes an operation may answer: those it names, and those that follow from its shape. */
export function problemCodesOf (route: RouteOptions): string[] {
  const { config = {}, schema = {}, url } = route
  const { roles, problems = [] } = config
  const codes = new Set<string>(problems)
  if (schema.params !== undefined || schema.querystring !== undefined || schema.body !== undefined) {
    codes.add('validation_failed')
  }
  if (roles !== 'public') codes.add('unauthenticated').add('forbidden').add('person_inactive')
  if (typeof config.scope === 'string') codes.add('scope_missing')
  if (roles !== 'public' && config.scope === null) codes.add('person_needed')
  if (roles !== 'public' && config.unlinked !== true) codes.add('person_unknown')
  if (url.includes(':')) codes.add('not_found')
  if (schema.body !== undefined) codes.add('payload_too_large').add('unsupported_media_type')
  if (takesKey(route)) codes.add('idempotency_key_reused')
  if (schema.body !== undefined || config.rawBody === true) codes.add('request_timeout')
  codes.add('rate_limited').add('headers_too_large').add('internal_error').add('unavailable')
  return [...codes]
}

/** What an operation answers with these codes: a problem for each status. */
export function problemResponses (codes: readonly string[], table: ErrorTable): Record<string, object> {
  const byStatus = new Map<number, ErrorEntry[]>()
  for (const code of codes) {
    const entry = table[code]
    if (entry !== undefined) byStatus.set(entry.status, [...(byStatus.get(entry.status) ?? []), entry])
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, entries]) => [
        String(status),
        {
          description: entries.map(({ code, title }) => `\`${code}\`: ${title}.`).join(' '),
          content: { 'application/problem+json': { schema: schemaOf(entries) } }
        }
      ])
  )
}

/** A problem, with the members that only some codes have. */
function schemaOf (entries: readonly ErrorEntry[]): object {
  const problem = { $ref: '#/components/schemas/Problem' }
  const members = Object.assign({}, ...entries.map(({ members }) => members)) as Record<string, object>
  if (Object.keys(members).length === 0) return problem
  const own = entries.filter((entry) => entry.members !== undefined)
  return {
    title: `${own.map(({ code }) => pascal(code)).join('Or')}Problem`,
    description: own.map(({ title }) => `${title}.`).join(' '),
    allOf: [problem],
    type: 'object',
    properties: members
  }
}

function pascal (code: string): string {
  return code.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** What the gateway says about each code, under the address that is a problem's `type`. */
export function problemsOf (table: ErrorTable): Record<string, object> {
  return Object.fromEntries(
    Object.values(table).map(({ code, status, title, description }) => [code, { status, title, description }])
  )
}
