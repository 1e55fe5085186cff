// A tenant's hierarchy, and who of a reporting line stands above a level of it. The directory answers by this rule, and
// escalations go by it.
import type { LevelsChanged } from './events/directory.ts'

/** A step of a tenant's hierarchy. */
export type HierarchyLevel = LevelsChanged['levels'][number]

/** What a tenant has that never set any, from the lowest to the highest. */
export const defaultLevels = [
  { key: 'customer', name: 'Customer', role: 'customer' },
  { key: 'support-executive', name: 'Support executive', role: 'agent' },
  { key: 'manager', name: 'Manager', role: 'manager' },
  { key: 'ceo', name: 'CEO', role: 'ceo' }
] as const satisfies readonly HierarchyLevel[]

/**
 * Those of a reporting line who stand above `level` (the key of a level; null: none), in the order of the line. Where
 * the level of either is not among the levels, the line alone decides. Whether somebody is there is not looked at.
 */
export function aboveLevel<Superior extends { readonly level: string | null }> (
  line: readonly Superior[],
  level: string | null,
  levels: ReadonlyArray<Pick<HierarchyLevel, 'key'>>
): Superior[] {
  const rankOf = (key: string | null): number => levels.findIndex((each) => each.key === key)
  const own = rankOf(level)
  return line.filter((superior) => {
    const other = rankOf(superior.level)
    return own < 0 || other < 0 || other > own
  })
}
