import type { CatalogueItem, CatalogueKind } from '../store/catalogue-store.ts'

/** What of a catalogue item or calendar people call it by. */
export type NamedItem = Pick<CatalogueItem, 'id' | 'name' | 'productId' | 'moduleId'>
export type NamedKind = CatalogueKind | 'calendar'

/** Which parents an item must have; what is left out or null does not matter. */
export interface Within {
  readonly productId?: string | null
  readonly moduleId?: string | null
}

/** The names of a tenant's catalogue and calendars, both ways. */
export interface Names {
  /** The item with this id, else the one with this name; case does not count. Else why there is none. */
  readonly find: (kind: NamedKind, text: string, within?: Within) => { readonly id: string } | {
    readonly fault: string
  }
  /** What `find` finds the item by: its name, or its id where the name is not enough. */
  readonly textOf: (kind: NamedKind, id: string, within?: Within) => string
  readonly get: (kind: NamedKind, id: string) => NamedItem | undefined
}

export function namesOf (items: Readonly<Record<NamedKind, readonly NamedItem[]>>): Names {
  const byId = new Map<string, NamedItem>()
  const byName = new Map<string, NamedItem[]>()
  for (const [kind, ofKind] of Object.entries(items)) {
    for (const item of ofKind) {
      byId.set(`${kind} ${item.id}`, item)
      const key = `${kind} ${keyOf(item.name)}`
      const same = byName.get(key)
      if (same === undefined) byName.set(key, [item])
      else same.push(item)
    }
  }
  const find: Names['find'] = (kind, text, within = {}) => {
    const known = byId.get(`${kind} ${text.trim().toLowerCase()}`)
    if (known !== undefined) return { id: known.id }
    const named = (byName.get(`${kind} ${keyOf(text)}`) ?? []).filter((item) => isWithin(item, within))
    const exact = named.filter(({ name }) => name === text.trim())
    const [found, ...others] = exact.length === 1 ? exact : named
    const shown = text.trim().slice(0, 60)
    if (found === undefined) return { fault: `there is no ${kind} named "${shown}"${placeOf(within)}` }
    if (others.length === 0) return { id: found.id }
    return { fault: `${named.length} ${kind}s are named "${shown}": name what they belong to, or the id` }
  }
  return {
    find,
    get: (kind, id) => byId.get(`${kind} ${id}`),
    textOf (kind, id, within) {
      const name = byId.get(`${kind} ${id}`)?.name ?? id
      const found = find(kind, name, within)
      return 'id' in found && found.id === id ? name : id
    }
  }
}

function keyOf (name: string): string {
  return name.trim().toLowerCase()
}

function isWithin (item: NamedItem, { productId, moduleId }: Within): boolean {
  return (productId == null || item.productId === productId) && (moduleId == null || item.moduleId === moduleId)
}

function placeOf ({ productId, moduleId }: Within): string {
  if (moduleId != null) return ' in the module'
  return productId != null ? ' in the product' : ''
}
