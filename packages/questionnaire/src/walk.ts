import type { Container, Node } from './format.ts'

export function isContainer (node: Node): node is Container {
  return node.kind === 'section' || node.kind === 'group' || node.kind === 'repeat'
}

/** Calls `visit` for every node, parents first, with its JSON pointer into the questionnaire and what holds it. */
export function walk (
  items: Node[],
  visit: (node: Node, pointer: string, parents: Container[]) => void,
  pointer = '/items',
  parents: Container[] = []
): void {
  items.forEach((node, index) => {
    const own = `${pointer}/${index}`
    visit(node, own, parents)
    if (isContainer(node)) walk(node.items, visit, `${own}/items`, [...parents, node])
  })
}
