// What threads do with tables: runs in a worker thread only, which it loads the readers of files into.
import { isUuid } from '@dueline/contracts'
import { findingsOf, type CatalogueNode, type Finding } from '../domain/findings.ts'
import type { PolicyRow } from '../domain/policy.ts'
import { givenItem, jsonItems } from '../imports/json-rows.ts'
import { packRows, unpackRows, type Pages } from './pages.ts'
import { FileRefused, readSheet, valuesOf, writeWorkbook, type FileFormat } from './sheet-file.ts'
import type { Cell } from './cells.ts'

/** A file to be read or a workbook to be written, or a table to be looked through. */
export type TableTask =
  | { kind: 'read', format: FileFormat, bytes: Uint8Array, columns: readonly string[] }
  | { kind: 'workbook', name: string, rows: Pages }
  | { kind: 'findings', rows: Pages, products: Pages, others: Pages, now: number }

/** A file as it was read. */
export interface TableFile {
  /** Null: the file is JSON, and each row a `GivenRow`; else each is a row of a sheet. */
  readonly head: readonly string[] | null
  readonly is1904: boolean
  readonly rows: Pages
  /** The ids and the customers that rows name, each once. */
  readonly ids: readonly string[]
  readonly customerIds: readonly string[]
}

export interface Findings {
  readonly findings: readonly Finding[]
  readonly complete: boolean
}

/** What has come of a task. */
export type TableAnswer = { refused: string } | { read: TableFile } | { workbook: Uint8Array } | { looked: Findings }

/** @throws for mistakes of the program only, not for what a file holds */
export async function answerTask (task: TableTask): Promise<TableAnswer> {
  try {
    switch (task.kind) {
      case 'read':
        return {
          read: task.format === 'json' ? readJson(task.bytes) : await readCells({ ...task, format: task.format })
        }
      case 'workbook':
        return { workbook: await writeWorkbook(task.name, unpackRows<Cell[]>(task.rows)) }
      case 'findings':
        return { looked: look(task) }
    }
  } catch (error) {
    if (error instanceof FileRefused) return { refused: error.message }
    throw error
  }
}

function readJson (bytes: Uint8Array): TableFile {
  const rows = jsonItems(bytes).map((item, index) => givenItem(item, index + 1))
  return {
    head: null,
    is1904: false,
    rows: packRows(rows),
    ids: unique(rows.flatMap(({ id, faults }) => id === null || faults.length > 0 ? [] : [id])),
    customerIds: unique(rows.flatMap(({ body: { customerId } }) => typeof customerId === 'string' ? [customerId] : []))
  }
}

async function readCells (
  { format, bytes, columns }: { format: 'csv' | 'xlsx', bytes: Uint8Array, columns: readonly string[] }
): Promise<TableFile> {
  const sheet = await readSheet(format, bytes, columns)
  const { head, is1904, rows } = sheet
  return {
    head,
    is1904,
    rows: packRows(rows),
    ids: unique(valuesOf(sheet, 'id').filter(isUuid)),
    customerIds: unique(valuesOf(sheet, 'customerId'))
  }
}

function unique (texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

function look ({ rows, products, others, now }: Extract<TableTask, { kind: 'findings' }>): Findings {
  const ofProducts = unpackRows<CatalogueNode>(products)
  const nodes = new Map([...ofProducts, ...unpackRows<CatalogueNode>(others)].map((node) => [node.id, node]))
  return findingsOf({ rows: unpackRows<PolicyRow>(rows), products: ofProducts, nodeOf: (id) => nodes.get(id), now })
}
