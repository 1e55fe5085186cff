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
  const rankOf = (key: string | null) => levels.findIndex((each) => each.key === key)
  const own = rankOf(level)
  const isAbove = (other: number) => own < 0 || other < 0 || other > own
  return line.find((each) => each.active && isAbove(rankOf(each.level)))?.personId ?? null
}
