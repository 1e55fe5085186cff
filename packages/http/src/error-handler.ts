import type { ErrorObject } from 'ajv'
import { isScimAddress, scimErrorBody, scimMediaType } from '@dueline/contracts'
import { isTransient } from '@dueline/postgres'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { baseErrors, Problem, problemBody, type Fault } from './errors.ts'
import { faultsOf } from './faults.ts'
import { mergePatchType } from './merge-patch.ts'
import { inTraceOf } from './request-context.ts'
import { scimFaultOf } from './scim-problem.ts'
import type { App } from './types.ts'

/** The answer's media type (RFC 9457). */
export const problemMediaType = 'application/problem+json; charset=utf-8'

const partNames = { body: 'body', querystring: 'query', params: 'path', headers: 'header' } as const
type Part = keyof typeof partNames
/** The order in which Fastify validates; it stops at the first part with faults. */
const parts: readonly Part[] = ['params', 'body', 'querystring', 'headers']

/** The faults of all parts: those Fastify found, and those of the parts it has not come to. */
function allFaults (error: FastifyError, request: FastifyRequest): Fault[] {
  const failed = (error.validationContext ?? 'body') as Part
  const faults = faultsOf((error.validation ?? []) as unknown as ErrorObject[], partNames[failed])
  for (const part of parts.slice(parts.indexOf(failed) + 1)) {
    const validate = request.getValidationFunction(
      part === 'params' || part === 'body' || part === 'querystring' ? part : 'headers'
    )
    const value = part === 'querystring' ? request.query : request[part]
    if (validate === undefined || validate === null || validate(value === undefined ? null : value) !== false) continue
    faults.push(...faultsOf((validate as { errors?: ErrorObject[] | null }).errors ?? [], partNames[part]))
  }
  return faults
}

/** Says which media types an operation takes, in words and as a header; RFC 5789 has one of its own for PATCH. */
function unsupportedType ({ method, routeOptions }: FastifyRequest, cause: Error): Problem {
  const { consumes = ['application/json'] } = (routeOptions.schema ?? {}) as { consumes?: readonly string[] }
  const isPatch = method === 'PATCH'
  const taken = isPatch ? [...consumes, mergePatchType] : consumes
  return new Problem(baseErrors.unsupported_media_type, {
    detail: `the body must be sent as ${taken.join(' or ')}`,
    headers: { [isPatch ? 'accept-patch' : 'accept']: taken.join(', ') },
    faults: [{ in: 'header', pointer: '/content-type', message: `must be ${taken.join(' or ')}` }],
    cause
  })
}

/** Errors of Fastify itself, by their code. Others of its 4xx are faults of the request too. */
function fromFastify (error: FastifyError, request: FastifyRequest): Problem | undefined {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem(baseErrors.payload_too_large, { cause: error })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return unsupportedType(request, error)
    case 'FST_ERR_BAD_URL':
      return new Problem(baseErrors.validation_failed, { detail: 'the address cannot be decoded', cause: error })
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new Problem(baseErrors.not_found, { detail: 'a part of the address is longer than any id', cause: error })
    case 'FST_UNDER_PRESSURE':
      return unavailable('the service is overloaded', error)
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return notJson(error, 'must be JSON')
  }
  if (error instanceof SyntaxError && error.statusCode === 400) {
    return notJson(error, `must be JSON: ${error.message}`)
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new Problem(baseErrors.validation_failed, { detail: error.message, cause: error })
  }
  return undefined
}

function notJson (error: Error, message: string): Problem {
  return new Problem(baseErrors.validation_failed, {
    detail: 'the body is not JSON',
    faults: [{ pointer: '', message }],
    cause: error
  })
}

function unavailable (detail: string, cause: unknown): Problem {
  return new Problem(baseErrors.unavailable, { detail, headers: { 'retry-after': '1' }, cause })
}

/** The problem that an error is answered with. What nobody foresaw is `internal_error`, and says nothing more. */
export function toProblem (error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error
  const fastifyError = error as FastifyError
  if (fastifyError.validation !== undefined) {
    const faults = allFaults(fastifyError, request)
    return new Problem(baseErrors.validation_failed, {
      detail: `the request has ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`,
      faults,
      cause: error
    })
  }
  if (isTransient(error)) return unavailable('the database is not available at the moment', error)
  return fromFastify(fastifyError, request) ?? new Problem(baseErrors.internal_error, { cause: error })
}

/**
 * What is not there, where the address names one thing by its id; which, `instance` says. The same for what is hidden.
 */
function missingText ({ entry }: Problem, { params }: FastifyRequest): string | undefined {
  const names = Object.keys(params ?? {})
  const kind = /^([a-z]\w*)Id$/.exec(names[0] ?? '')?.[1]
  if (entry.code !== baseErrors.not_found.code || kind === undefined || names.length > 1) return undefined
  const words = kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return `there is no such ${words}, or you may not see it`
}

/** Answers with a problem; under `/scim` in the form that SCIM has for errors, which is all that is read there. */
export function sendProblem (error: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { entry, options } = error
  reply.code(entry.status).headers(options.headers ?? {})
  if (isScimAddress(request.url)) {
    return reply.type(scimMediaType).send(JSON.stringify(scimErrorBody(scimFaultOf(error))))
  }
  const path = request.url.split('?', 1)[0] ?? request.url
  const detail = options.detail ?? missingText(error, request)
  const body = problemBody(entry, detail === undefined ? options : { ...options, detail }, {
    instance: path,
    requestId: request.id
  })
  return reply.type(problemMediaType).send(JSON.stringify(body))
}

/** Every error of an app ends in a problem; what no route is for is answered before (see `answerUnrouted`). */
export function registerErrorHandler (app: App): void {
  app.setErrorHandler((error, request, reply) => {
    const answer = toProblem(error, request)
    if (answer.entry.status >= 500) {
      const about = { err: error, code: answer.entry.code, route: request.routeOptions.url }
      // what was raised while a body was read is in the context of the connection
      inTraceOf(request, () => request.log.error(about, 'request failed'))
    }
    return sendProblem(answer, request, reply)
  })
}
