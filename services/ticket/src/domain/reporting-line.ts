/**
 * Whether making `managerId` the manager of `personId` would close a circle. `managerOf` answers each person's manager
 * as stored; a circle that is stored already ends the walk.
 */
export function closesCircle (
  personId: string,
  managerId: string | null,
  managerOf: (id: string) => string | null
): boolean {
  const seen = new Set<string>()
  for (let id = managerId; id !== null && !seen.has(id); id = managerOf(id)) {
    if (id === personId) return true
    seen.add(id)
  }
  return false
}
