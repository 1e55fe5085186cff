import { formatInstant } from '@dueline/business-time'
import { Instant, nullable, OneLine, RoleSchema, ScopeSchema, Uuid } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import type { ApiKey } from '../store/credential-store.ts'

/** Unlike people, who may be customers. */
export const KeyRoles = Type.Array(RoleSchema, {
  minItems: 1,
  uniqueItems: true,
  description: 'Of those that you may give: a key may do no more than you'
})
export const KeyScopes = Type.Array(ScopeSchema, {
  minItems: 1,
  uniqueItems: true,
  description: 'What the key may use of what its roles may do'
})

export const ApiKeySchema = Type.Object({
  id: Uuid,
  name: OneLine(100, 'whose key it is'),
  prefix: Type.String({ description: 'What the key begins with, to recognise it' }),
  roles: KeyRoles,
  scopes: KeyScopes,
  createdBy: Type.String({ description: 'The subject of who made it' }),
  createdAt: Instant,
  expiresAt: nullable(Instant),
  previousUntil: nullable(Instant),
  lastUsedAt: nullable({ ...Instant, examples: ['2026-03-02T13:00:00.000000Z'] }),
  revokedAt: nullable(Instant)
}, {
  title: 'ApiKey',
  description: 'A key of a program. `previousUntil`: until then the key before the last rotation holds too; ' +
    '`lastUsedAt` is exact to the hour, never before `createdAt`'
})

export const ApiKeyWithSecret = Type.Object({
  ...ApiKeySchema.properties,
  key: Type.String({ description: 'Send it as `Authorization: Bearer <key>`. Shown only now' })
}, { title: 'ApiKeyWithSecret', description: 'A key with its secret, which no other answer shows' })

function textOf (at: number | null): string | null {
  return at === null ? null : formatInstant(at)
}

/** A key as lists show it. */
export function apiKeyView (key: ApiKey): Static<typeof ApiKeySchema> {
  const { id, name, publicId, roles, scopes, createdBy } = key
  return {
    id,
    name,
    prefix: `dlk_${publicId}`,
    roles,
    scopes,
    createdBy,
    createdAt: formatInstant(key.createdAt),
    expiresAt: textOf(key.expiresAt),
    previousUntil: textOf(key.previousUntil),
    lastUsedAt: textOf(key.lastUsedAt),
    revokedAt: textOf(key.revokedAt)
  }
}
