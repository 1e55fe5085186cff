import { aboveLevel } from '@dueline/contracts'
import type { Level } from './levels.ts'

/** Somebody in a reporting line. */
export interface Superior {
  readonly personId: string
  readonly active: boolean
  /** The key of a level; null: none. */
  readonly level: string | null
}

/**
 * Who stands at the next level up: the first active person of the line (the manager first) whose level is above
 * `level`. Where the level of either is not known, the line alone decides.
 */
export function nextLevelUp (
  line: readonly Superior[],
  level: string | null,
  levels: readonly Level[]
): string | null {
  return aboveLevel(line, level, levels).find(({ active }) => active)?.personId ?? null
}
