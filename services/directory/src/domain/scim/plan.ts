import type { Filter } from './filter.ts'
import { conditionsOf } from './matches.ts'

/** What an index finds: attributes and the values that they have. */
export type Equal<Name extends string> = { readonly [Attribute in Name]?: string | boolean }

/** How a filter is answered: what an index finds first, and what is left to be tried on each of these. */
export interface Plan<Name extends string> {
  readonly equal: Equal<Name>
  readonly rest: Filter | null
}

/** Takes out of a filter the conditions that an index answers: `eq` on attributes that `indexed` names. */
export function planOf<Name extends string> (filter: Filter | null, indexed: readonly Name[]): Plan<Name> {
  const equal: { [Attribute in Name]?: string | boolean } = {}
  const rest: Filter[] = []
  for (const condition of filter === null ? [] : conditionsOf(filter)) {
    const name = nameOf(condition)
    const found = indexed.find((each) => each === name)
    if (found === undefined || equal[found] !== undefined || condition.kind !== 'compare') rest.push(condition)
    else equal[found] = condition.value as string | boolean
  }
  return { equal, rest: rest.length === 0 ? null : rest.length === 1 ? rest[0]! : { kind: 'and', parts: rest } }
}

/** The attribute that a condition says to be equal to something; null for every other condition. */
function nameOf (condition: Filter): string | null {
  if (condition.kind !== 'compare' || condition.operator !== 'eq' || condition.value === null) return null
  const { path: { extension, attribute, sub } } = condition
  return extension === null && sub === null ? attribute.name : null
}
