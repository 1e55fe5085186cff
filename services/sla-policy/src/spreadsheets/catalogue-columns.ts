import { catalogueKinds } from '../store/catalogue-store.ts'
import { readBoolean, readId, readInteger, readText, readWord, type Cell, type Read } from './cells.ts'
import type { NamedItem, NamedKind, Names } from './names.ts'

/** An item of the catalogue as it is written. */
export type WrittenItem = NamedItem & { readonly kind: NamedKind, readonly active: boolean, readonly version: number }

/** One column of the catalogue as a file. */
export interface CatalogueColumn {
  readonly name: string
  readonly write: (item: WrittenItem, names: Names) => Cell
  readonly read: (cell: Cell) => Read
}

/** The columns in the order in which they are written; what an item belongs to is named, or given by id. */
export const catalogueColumns: readonly CatalogueColumn[] = [
  { name: 'id', write: ({ id }) => id, read: readId },
  { name: 'version', write: ({ version }) => version, read: readInteger },
  { name: 'kind', write: ({ kind }) => kind, read: (cell) => readWord(cell, catalogueKinds) },
  {
    name: 'product',
    write: ({ productId }, names) => productId === null ? null : names.textOf('product', productId),
    read: readText
  },
  {
    name: 'module',
    write: ({ productId, moduleId }, names) =>
      moduleId === null ? null : names.textOf('module', moduleId, { productId }),
    read: readText
  },
  { name: 'name', write: ({ name }) => name, read: readText },
  { name: 'active', write: ({ active }) => active, read: readBoolean }
]
