import { createUpstream, type Upstream } from '@dueline/http'
import type { Logger } from '@dueline/runtime'
import { Type } from 'typebox'

/** The keys of a service that asks the directory service about people: callers, and those whose copies are late. */
export const directoryServiceKeys = {
  DIRECTORY_URL: Type.Optional(
    Type.String({
      format: 'http-url',
      description:
        'Base address of the directory service, asked who a caller is, and about what has not arrived here of ' +
        'its people and teams; when not set, callers are who their tokens say'
    })
  ),
  DIRECTORY_TIMEOUT_MS: Type.Integer({
    default: 2_000,
    minimum: 100,
    maximum: 20_000,
    description: 'Longest wait for its answer, all attempts together, in milliseconds'
  })
}

/** The directory service as `directoryServiceKeys` name it; undefined when they do not. */
export function directoryService (
  { DIRECTORY_URL: url, DIRECTORY_TIMEOUT_MS: timeoutMs }: { DIRECTORY_URL?: string, DIRECTORY_TIMEOUT_MS: number },
  logger: Logger
): Upstream | undefined {
  return createUpstream({ name: 'the directory service', url, timeoutMs, logger })
}
