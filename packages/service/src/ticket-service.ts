import { createUpstream, type Upstream } from '@dueline/http'
import type { Logger } from '@dueline/runtime'
import { Type } from 'typebox'

/** The keys of a service that asks the ticket service about people: callers, and those whose copies are late. */
export const ticketServiceKeys = {
  TICKET_URL: Type.Optional(
    Type.String({
      format: 'http-url',
      description: 'Base address of the ticket service, asked who a caller is, and about people whose copies ' +
        'have not arrived; when not set, callers are who their tokens say'
    })
  ),
  TICKET_TIMEOUT_MS: Type.Integer({
    default: 2_000,
    minimum: 100,
    maximum: 20_000,
    description: 'Longest wait for its answer, all attempts together, in milliseconds'
  })
}

/** The ticket service as `ticketServiceKeys` name it; undefined when they do not. */
export function ticketService (
  { TICKET_URL: url, TICKET_TIMEOUT_MS: timeoutMs }: { TICKET_URL?: string, TICKET_TIMEOUT_MS: number },
  logger: Logger
): Upstream | undefined {
  return createUpstream({ name: 'the ticket service', url, timeoutMs, logger })
}
