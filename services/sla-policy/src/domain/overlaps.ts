import { canonical } from './same-terms.ts'
import type { PolicyRow } from './policy.ts'

/** What two rows have in common that cover the same tickets whenever both are valid. */
export function coverageKey (row: PolicyRow): string {
  const { kind, productId, moduleId, questionId, priority, severity, customerId, when } = row
  return canonical({ kind, productId, moduleId, questionId, priority, severity, customerId, when })
}

/** The same where severity and priority alone decide. */
export function severityAndPriorityKey ({ kind, severity, priority }: PolicyRow): string {
  return `${kind} ${severity} ${priority}`
}

/** Most other rows that are named of one row. */
const othersMax = 20

/** The rows that overlap others: the same kind, keys and condition, and a common instant of validity. By id. */
export function overlapsOf (rows: readonly PolicyRow[], keyOf = coverageKey): Map<string, string[]> {
  const steps = overlapSteps(rows, keyOf)
  for (let step = steps.next();; step = steps.next()) if (step.done === true) return step.value
}

/** The same, row by row. */
export function* overlapSteps (
  rows: readonly PolicyRow[],
  keyOf: typeof coverageKey
): Generator<void, Map<string, string[]>> {
  const overlaps = new Map<string, string[]>()
  const add = (id: string, other: string): void => {
    const known = overlaps.get(id)
    if (known === undefined) overlaps.set(id, [other])
    else if (known.length < othersMax) known.push(other)
  }
  const groups = new Map<string, PolicyRow[]>()
  for (const row of rows) {
    addTo(groups, keyOf(row), row)
    yield
  }
  for (const group of groups.values()) {
    // by beginning: a row can only overlap those before it that have not ended
    const sorted = group.toSorted((a, b) => (a.validFrom ?? -Infinity) - (b.validFrom ?? -Infinity))
    let valid: PolicyRow[] = []
    for (const row of sorted) {
      valid = valid.filter(({ validTo }) => validTo === null || validTo > (row.validFrom ?? -Infinity))
      for (const other of valid) {
        add(row.id, other.id)
        add(other.id, row.id)
      }
      // those that end last overlap whatever the others do
      valid = [...valid, row].sort((a, b) => (b.validTo ?? Infinity) - (a.validTo ?? Infinity)).slice(0, othersMax)
      yield
    }
  }
  return overlaps
}

/** Rows by a key, each group in the order in which they stand. */
export function groupsOf<Key> (rows: readonly PolicyRow[], keyOf: (row: PolicyRow) => Key): Map<Key, PolicyRow[]> {
  const groups = new Map<Key, PolicyRow[]>()
  for (const row of rows) addTo(groups, keyOf(row), row)
  return groups
}

function addTo<Key> (groups: Map<Key, PolicyRow[]>, key: Key, row: PolicyRow): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [row])
  else group.push(row)
}
