/**
 * Whether putting `id` under `parentId` would close a cycle. `parentOf` answers what each stands under as stored; a
 * cycle that is stored already ends the walk.
 */
export function closesCycle (
  id: string,
  parentId: string | null,
  parentOf: (id: string) => string | null | undefined
): boolean {
  const seen = new Set<string>()
  for (let at: string | null | undefined = parentId; at != null && !seen.has(at); at = parentOf(at)) {
    if (at === id) return true
    seen.add(at)
  }
  return false
}
