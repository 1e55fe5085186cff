import type { Micros } from '@dueline/business-time'
import { Instant, OneLine } from '@dueline/contracts'
import {
  baseErrors,
  instantOf,
  newApiKey,
  problem,
  write,
  writeApiKey,
  type App,
  type Fault,
  type Principal
} from '@dueline/http'
import { Type, type Static } from 'typebox'
import { access, givenBy } from '../access.ts'
import { apiKeys } from '../store/credential-store.ts'
import { ApiKeyWithSecret, apiKeyView, KeyRoles, KeyScopes } from './api-key-shapes.ts'
import type { RouteDeps } from './route-deps.ts'

const NewApiKey = Type.Object({
  name: OneLine(100, 'whose key it is'),
  roles: KeyRoles,
  scopes: KeyScopes,
  expiresAt: Type.Optional(Instant)
}, { title: 'NewApiKey', description: 'A key for a program; it ends a year from now unless `expiresAt` says when' })

const yearMicros = 365 * 86_400_000_000

/** The faults of a key that this caller would make now. */
function faultsOf (
  { roles, expiresAt }: Static<typeof NewApiKey>,
  principal: Principal,
  now: Micros
): Fault[] {
  const may = givenBy(principal)
  const faults: Fault[] = roles.flatMap((role, index) =>
    may.includes(role)
      ? []
      : { pointer: `/roles/${index}`, message: `must be one that you may give: ${may.join(', ')}` }
  )
  if (expiresAt !== undefined && instantOf(expiresAt, '/expiresAt') <= now) {
    faults.push({ pointer: '/expiresAt', message: 'must be in the future' })
  }
  return faults
}

/** POST /v1/api-keys */
export function postApiKey (app: App, { database, ids, clock, keySecrets }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/api-keys',
    config: {
      roles: access.createApiKey,
      keys: 'none',
      problems: ['validation_failed'],
      answers: { 201: 'The new key, shown only now' },
      answerSeal: keySecrets.box
    },
    schema: {
      operationId: 'createApiKey',
      summary: 'Create an API key',
      description:
        'For a program that has no person and no token issuer. It sends the key as its token, works with the key’s ' +
        'roles as far as the scopes reach, and is not a customer. Only the prefix can be seen again.',
      tags: ['api keys'],
      body: NewApiKey,
      response: { 201: ApiKeyWithSecret }
    },
    handler: async (request, reply) => {
      const { principal, body } = request
      const now = clock.now()
      const faults = faultsOf(body, principal, now)
      if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
      return await write(request, reply, database, async (tx) => {
        const parts = newApiKey()
        const row = {
          id: ids.next(),
          publicId: parts.publicId,
          name: body.name,
          secretHash: keySecrets.hashOf(parts),
          previousHash: null,
          previousUntil: null,
          roles: [...body.roles],
          scopes: [...body.scopes],
          createdBy: principal.subject,
          createdAt: now,
          expiresAt: body.expiresAt === undefined ? now + yearMicros : instantOf(body.expiresAt, '/expiresAt'),
          lastUsedAt: null,
          revokedAt: null
        }
        await apiKeys.insert(tx, row)
        return {
          status: 201,
          body: { ...apiKeyView(row), key: writeApiKey(parts) },
          headers: { location: `/v1/api-keys/${row.id}`, 'cache-control': 'no-store' }
        }
      })
    }
  })
}
