import { baseErrors, newApiKey, pathId, problem, write, writeApiKey, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { isOver, rotated } from '../domain/credential.ts'
import { errors } from '../errors.ts'
import { scimTokens } from '../store/credential-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { ScimTokenWithSecret, scimTokenView } from './scim-tokens.ts'

/** POST /v1/scim-tokens/{tokenId}/rotate */
export function postScimTokenRotation (app: App, { database, clock, keySecrets }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/scim-tokens/:tokenId/rotate',
    config: {
      roles: access.rotateScimToken,
      keys: 'none',
      bodyOptional: true,
      problems: ['scim_token_over'],
      answers: { 200: 'The token with its new secret, shown only now' },
      answerSeal: keySecrets.box
    },
    schema: {
      operationId: 'rotateScimToken',
      summary: 'Give a SCIM token a new secret',
      description:
        'The old one holds for `overlapSeconds` more, so that the directory can be changed over; the one before it ' +
        'ends at once. When the token expires stays as it is. Without a body it is a day.',
      tags: ['scim'],
      params: pathId('tokenId'),
      body: Type.Object({
        overlapSeconds: Type.Integer({ default: 86_400, minimum: 0, maximum: 30 * 86_400 })
      }, { title: 'ScimTokenRotation', description: 'For how long the old token holds beside the new one' }),
      response: { 200: ScimTokenWithSecret }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { params: { tokenId }, body: { overlapSeconds } } = request
        const before = await scimTokens.find(tx, tx.tenantId, tokenId, { lock: true }) ?? problem(baseErrors.not_found)
        const now = clock.now()
        if (isOver(before, now)) problem(errors.scim_token_over)
        const parts = { ...newApiKey(), publicId: before.publicId }
        const fields = rotated(before, keySecrets.hashOf(parts), { now, overlapSeconds })
        const row = await scimTokens.update(tx, before, fields)
        const body = { ...scimTokenView(row), token: writeApiKey(parts, 'dls') }
        return { status: 200, body, headers: { 'cache-control': 'no-store' } }
      })
  })
}
