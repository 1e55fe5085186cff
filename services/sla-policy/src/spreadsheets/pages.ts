// Rows on their way to a thread and back. The event loop opens one page at a time, and others have their turn between.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { deserialize, serialize } from 'node:v8'

/** Rows as bytes, some hundred in each page. */
export type Pages = readonly Uint8Array[]

/** Rows after which other requests have their turn. */
export const rowsPerPage = 250

export function packPage (rows: readonly unknown[]): Uint8Array {
  return serialize(rows)
}

/** For threads: all at once. */
export function packRows (rows: readonly unknown[]): Uint8Array[] {
  return Array.from(
    { length: Math.ceil(rows.length / rowsPerPage) },
    (_, page) => packPage(rows.slice(page * rowsPerPage, (page + 1) * rowsPerPage))
  )
}

/** For threads: all at once. */
export function unpackRows<Row> (pages: Pages): Row[] {
  return pages.flatMap((page) => deserialize(page) as Row[])
}

/** For the event loop: page by page. */
export async function* rowPages<Row> (pages: Pages): AsyncGenerator<Row[]> {
  for (const page of pages) {
    yield deserialize(page) as Row[]
    await nextTurn()
  }
}

/** The rows of a list, page by page. */
export async function* pagesOf<Row> (rows: readonly Row[]): AsyncGenerator<Row[]> {
  for (let from = 0; from < rows.length; from += rowsPerPage) {
    yield rows.slice(from, from + rowsPerPage)
    await nextTurn()
  }
}

/** Pages as they come, packed. */
export async function packed (pages: AsyncIterable<readonly unknown[]>): Promise<Pages> {
  return await Array.fromAsync(pages, packPage)
}
