import { formatInstant } from '@dueline/business-time'
import { Instant, nullable, OneLine, Uuid } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import type { ScimToken } from '../store/credential-store.ts'

export const TokenName = OneLine(100, 'which directory has it')

/** A token on the wire. */
export const ScimTokenSchema = Type.Object({
  id: Uuid,
  name: TokenName,
  prefix: Type.String({ description: 'What the token begins with, to recognise it' }),
  createdBy: Type.String({ description: 'The subject of who made it' }),
  createdAt: Instant,
  expiresAt: nullable({ ...Instant, description: 'Null: without an end' }),
  previousUntil: nullable({ ...Instant, description: 'Until then the token before the last rotation holds too' }),
  lastUsedAt: nullable({
    ...Instant,
    description: 'Exact to the hour, never before `createdAt`',
    examples: ['2026-03-02T13:00:00.000000Z']
  }),
  revokedAt: nullable(Instant)
}, { title: 'ScimToken', description: 'A token with which a directory provisions people and teams at `/scim/v2`' })

/** A token with its secret, which only making and rotating it show. */
export const ScimTokenWithSecret = Type.Object({
  ...ScimTokenSchema.properties,
  token: Type.String({ description: 'The directory sends it as `Authorization: Bearer <token>`. Shown only now' })
}, { title: 'ScimTokenWithSecret', description: 'A token with its secret, which no other answer shows' })

const textOf = (at: number | null): string | null => at === null ? null : formatInstant(at)

/** A token as lists show it. */
export function scimTokenView (token: ScimToken): Static<typeof ScimTokenSchema> {
  const { id, name, publicId, createdBy } = token
  return {
    id,
    name,
    prefix: `dls_${publicId}`,
    createdBy,
    createdAt: formatInstant(token.createdAt),
    expiresAt: textOf(token.expiresAt),
    previousUntil: textOf(token.previousUntil),
    lastUsedAt: textOf(token.lastUsedAt),
    revokedAt: textOf(token.revokedAt)
  }
}
