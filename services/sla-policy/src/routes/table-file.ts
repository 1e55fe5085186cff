import { baseErrors, problem } from '@dueline/http'
import type { Cell } from '../spreadsheets/cells.ts'
import { packPage } from '../spreadsheets/pages.ts'
import { csvLines, csvMark, type FileFormat } from '../spreadsheets/sheet-file.ts'
import type { TableThreads } from '../spreadsheets/table-threads.ts'
import { fileBytesMax } from './table-changes.ts'

/** A table to be written as a file. */
export interface WrittenTable<Row> {
  readonly name: string
  readonly head: readonly string[]
  readonly pages: AsyncIterable<readonly Row[]>
  readonly cellsOf: (row: Row) => Cell[]
  /** What a row is in JSON. */
  readonly itemOf: (row: Row) => object
}

/**
 * Writes a table page by page, so that others have their turn, a workbook in a thread.
 * @throws Problem 400 for a file that an import would not take, because it is too large
 */
export async function tableFile<Row> (
  format: FileFormat,
  { name, head, pages, cellsOf, itemOf }: WrittenTable<Row>,
  tables: TableThreads
): Promise<Buffer> {
  if (format === 'xlsx') {
    const packed = [packPage([head])]
    for await (const page of pages) packed.push(packPage(page.map(cellsOf)))
    const workbook = await tables.workbook(name, packed)
    assertFits(workbook.length, format)
    return workbook
  }
  const isJson = format === 'json'
  const parts = [Buffer.from(isJson ? '{"items":[' : csvMark + csvLines([head]))]
  let size = 0
  for await (const page of pages) {
    const text = isJson ? page.map((row) => JSON.stringify(itemOf(row))).join() : csvLines(page.map(cellsOf))
    const part = Buffer.from(isJson && parts.length > 1 ? `,${text}` : text)
    parts.push(part)
    assertFits(size += part.length, format)
  }
  if (isJson) parts.push(Buffer.from(']}'))
  return Buffer.concat(parts)
}

/** Some bytes are left for what stands around the rows. */
const roomBytes = 4_096

function assertFits (bytes: number, format: FileFormat): void {
  if (bytes <= fileBytesMax - roomBytes) return
  const message = `the table is larger than ${fileBytesMax / 1024 / 1024} MiB in this form, which no import takes: ` +
    (format === 'json' ? 'ask for csv or xlsx, or for fewer rows' : 'ask for fewer rows, by a filter')
  problem(baseErrors.validation_failed, { faults: [{ in: 'query', pointer: '/format', message }] })
}
