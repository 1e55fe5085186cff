import { Instant } from '@dueline/contracts'
import { instantOf, newApiKey, write, writeApiKey, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { scimTokens } from '../store/credential-store.ts'
import { refuse } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'
import { ScimTokenWithSecret, scimTokenView, TokenName } from './scim-tokens.ts'

/** POST /v1/scim-tokens */
export function postScimToken (app: App, { database, ids, clock, keySecrets }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/scim-tokens',
    config: {
      roles: access.createScimToken,
      keys: 'none',
      answers: { 201: 'The new token, shown only now' },
      answerSeal: keySecrets.box
    },
    schema: {
      operationId: 'createScimToken',
      summary: 'Create a SCIM token',
      description:
        'For a directory such as Entra ID or Okta, which sends it to `/scim/v2`; it is refused everywhere else, and ' +
        'no other token is taken there. It ends when `expiresAt` says so, else when it is revoked.',
      tags: ['scim'],
      body: Type.Object({
        name: TokenName,
        expiresAt: Type.Optional({ ...Instant, description: 'In the future' })
      }, { title: 'NewScimToken', description: 'A token for a directory' }),
      response: { 201: ScimTokenWithSecret }
    },
    handler: async (request, reply) => {
      const { body: { name, expiresAt: end }, principal: { subject } } = request
      const now = clock.now()
      const expiresAt = end === undefined ? null : instantOf(end, '/expiresAt')
      if (expiresAt !== null && expiresAt <= now) {
        refuse([{ pointer: '/expiresAt', message: 'must be in the future' }])
      }
      return await write(request, reply, database, async (tx) => {
        const parts = newApiKey()
        const row = {
          id: ids.next(),
          publicId: parts.publicId,
          name,
          secretHash: keySecrets.hashOf(parts),
          previousHash: null,
          previousUntil: null,
          createdBy: subject,
          createdAt: now,
          expiresAt,
          lastUsedAt: null,
          revokedAt: null
        }
        await scimTokens.insert(tx, row)
        const body = { ...scimTokenView(row), token: writeApiKey(parts, 'dls') }
        return { status: 201, body, headers: { 'cache-control': 'no-store' } }
      })
    }
  })
}
