import { roles as everyRole, type Role } from '@dueline/contracts'
import type { OpenApiDocument, Operation } from '@dueline/http'
import { operationsOf } from './operations-of.ts'

/** One operation as the gateway sees it: which requests it takes, who may send them, and which service answers. */
export interface GatewayRoute {
  method: string
  /** The path in the router's notation: `/v1/tickets/:ticketId`. */
  url: string
  service: string
  operationId: string
  roles: readonly Role[] | 'public'
  /** `stream` answers without end (SSE); `upload` takes a large body that is passed on unread. */
  kind: 'plain' | 'stream' | 'upload'
  /** Whether a ticket may stand for the token. */
  ticket: boolean
  /** Whether its answer holds a secret (`x-secret`). */
  secret: boolean
}

/** The document does not say enough about an operation to route it. */
export class IncompleteDocument extends Error {
  override readonly name = 'IncompleteDocument'
}

function mediaTypes (holder: unknown): string[] {
  return Object.keys((holder as { content?: object } | undefined)?.content ?? {})
}

function kindOf (operation: Operation): GatewayRoute['kind'] {
  const answers = Object.values(operation.responses ?? {}).flatMap(mediaTypes)
  if (answers.includes('text/event-stream')) return 'stream'
  const takes = mediaTypes(operation['requestBody'])
  return takes.some((type) => !/[/+]json$/.test(type)) ? 'upload' : 'plain'
}

function rolesOf (operation: Operation): GatewayRoute['roles'] {
  if (Array.isArray(operation.security) && operation.security.length === 0) return 'public'
  const named = operation['x-roles']
  // Without a list the service decides; here a valid token is all that is asked for.
  return named === undefined ? everyRole : everyRole.filter((role) => named.includes(role))
}

/**
 * The gateway's routes, from the merged document.
 * @throws {IncompleteDocument} for a path without `x-service` or an operation without operationId
 */
export function routeTable (document: OpenApiDocument): GatewayRoute[] {
  return Object.entries(document.paths).flatMap(([path, item]) => {
    const service = item['x-service']
    if (typeof service !== 'string') throw new IncompleteDocument(`${path} does not say its x-service`)
    return operationsOf(item).map(([method, operation]): GatewayRoute => {
      if (operation.operationId === undefined) throw new IncompleteDocument(`${method} ${path} has no operationId`)
      return {
        method: method.toUpperCase(),
        url: path.replace(/\{(\w+)\}/g, ':$1'),
        service,
        operationId: operation.operationId,
        roles: rolesOf(operation),
        kind: kindOf(operation),
        ticket: operation.security?.some((each) => 'ticket' in each) === true,
        secret: operation['x-secret'] === true
      }
    })
  })
}
