import type { CompiledNode } from './compiled.ts'

/** Nodes each after what it depends on, else in their order; or the names of a cycle, the first again at its end. */
export function inOrder (
  nodes: readonly CompiledNode[],
  byName: ReadonlyMap<string, CompiledNode>
): { steps: CompiledNode[] } | { cycle: string[] } {
  const steps: CompiledNode[] = []
  const done = new Set<CompiledNode>()
  const path: CompiledNode[] = []
  const onPath = new Set<CompiledNode>()
  const visit = (node: CompiledNode): string[] | undefined => {
    if (done.has(node)) return undefined
    if (onPath.has(node)) return [...path.slice(path.indexOf(node)), node].map(({ node: { name } }) => name)
    onPath.add(node)
    path.push(node)
    for (const needed of dependenciesOf(node, byName)) {
      const cycle = visit(needed)
      if (cycle !== undefined) return cycle
    }
    path.pop()
    onPath.delete(node)
    done.add(node)
    steps.push(node)
    return undefined
  }
  for (const node of nodes) {
    const cycle = visit(node)
    if (cycle !== undefined) return { cycle }
  }
  return { steps }
}

/** What decides a node's relevance and value: what holds it, and the names that it reads. */
function dependenciesOf (node: CompiledNode, byName: ReadonlyMap<string, CompiledNode>): CompiledNode[] {
  const names = [...node.relevant?.reads ?? [], ...node.calculation?.reads ?? []]
  const read = names.map((name) => byName.get(name)).filter((found) => found !== undefined)
  return node.parent === null ? read : [node.parent, ...read]
}
