import { baseErrors, newApiKey, pathId, problem, write, writeApiKey, type App } from '@dueline/http'
import { afterCommit } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { isOver, rotated } from '../domain/credential.ts'
import { errors } from '../errors.ts'
import { apiKeys } from '../store/credential-store.ts'
import { ApiKeyWithSecret, apiKeyView } from './api-key-shapes.ts'
import type { RouteDeps } from './route-deps.ts'

/** POST /v1/api-keys/{keyId}/rotate */
export function postApiKeyRotation (app: App, { database, clock, keySecrets, people }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/api-keys/:keyId/rotate',
    config: {
      roles: access.rotateApiKey,
      keys: 'none',
      bodyOptional: true,
      problems: ['api_key_over'],
      answers: { 200: 'The key with its new secret, shown only now' },
      answerSeal: keySecrets.box
    },
    schema: {
      operationId: 'rotateApiKey',
      summary: 'Give an API key a new secret',
      description:
        'The old one holds for `overlapSeconds` more, so that programs can change over; the one before it ends at ' +
        'once. When the key expires stays as it is. Without a body it is a day.',
      tags: ['api keys'],
      params: pathId('keyId'),
      body: Type.Object({
        overlapSeconds: Type.Integer({ default: 86_400, minimum: 0, maximum: 30 * 86_400 })
      }, { title: 'ApiKeyRotation', description: 'For how long the old key holds beside the new one' }),
      response: { 200: ApiKeyWithSecret }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { params: { keyId }, body: { overlapSeconds } } = request
        const before = await apiKeys.find(tx, tx.tenantId, keyId, { lock: true }) ?? problem(baseErrors.not_found)
        const now = clock.now()
        if (isOver(before, now)) problem(errors.api_key_over)
        const parts = { ...newApiKey(), publicId: before.publicId }
        const fields = rotated(before, keySecrets.hashOf(parts), { now, overlapSeconds })
        const row = await apiKeys.update(tx, before, fields)
        afterCommit(tx, () => people.changed())
        const body = { ...apiKeyView(row), key: writeApiKey(parts) }
        return { status: 200, body, headers: { 'cache-control': 'no-store' } }
      })
  })
}
