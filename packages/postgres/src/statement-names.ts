/** A statement is prepared from its third use on: what few ask for leaves no plans behind. */
const usesBefore = 2
/** Most statements that are counted; then the counts begin anew. */
const countsMax = 1_000

/**
 * Gives statements the names by which connections prepare them: such a statement is read once per connection and not at
 * each call, and planned anew only where Postgres finds that this pays for the values it gets.
 * @param namesMax most names given; each connection keeps the plan of every name that it has used
 * @returns the name of a text, always the same; undefined for one that is rare
 */
export function statementNames (namesMax: number): (text: string) => string | undefined {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  return (text) => {
    const known = names.get(text)
    if (known !== undefined || names.size >= namesMax) return known
    const uses = (counts.get(text) ?? 0) + 1
    if (uses <= usesBefore) {
      if (counts.size >= countsMax) counts.clear()
      counts.set(text, uses)
      return undefined
    }
    counts.delete(text)
    const name = `statement-${names.size + 1}`
    names.set(text, name)
    return name
  }
}
