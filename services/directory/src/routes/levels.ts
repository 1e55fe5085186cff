import { Instant, instantText, nullable, OneLine, stringEnum } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { levelRoles, levelsMax } from '../domain/levels.ts'
import type { LevelSet } from '../store/level-store.ts'

export const LevelKey = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'Lower-case letters, digits, hyphens: it stays when the name changes'
})

export const LevelSchema = Type.Object({
  key: LevelKey,
  name: OneLine(100, 'as the tenant calls it'),
  role: stringEnum(levelRoles, { title: 'LevelRole', description: 'The role that tokens of people at it have' })
}, { title: 'Level', description: 'A step of the hierarchy' })

export const LevelList = Type.Array(LevelSchema, {
  minItems: 1,
  maxItems: levelsMax,
  description: 'From the lowest to the highest'
})

/** The levels of a tenant on the wire. */
export const Levels = Type.Object({
  levels: LevelList,
  version: Type.Integer({ minimum: 0, description: '0: never set, the built-in ones' }),
  updatedAt: nullable(Instant)
}, { title: 'Levels', description: 'The hierarchy of a tenant' })

export function levelsView ({ levels, version, updatedAt }: LevelSet): Static<typeof Levels> {
  return { levels: [...levels], version, updatedAt: instantText(updatedAt) }
}
