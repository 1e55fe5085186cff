import { type Imported } from './issue.ts'
import { readPlain } from './plain.ts'
import { readCsv, readWorkbook, type Workbook } from './workbook.ts'
import { isXlsForm, readXlsForm } from './xlsform/read.ts'

/**
 * Reads a workbook (XLSX) with a questionnaire: as an XLSForm when it has a sheet `survey` with a column `type`, else
 * in the plain form of two columns. Throws FileRefused for a file that is not read at all.
 */
export async function importXlsx (bytes: Uint8Array): Promise<Imported> {
  return imported(await readWorkbook(bytes))
}

/** Reads a CSV text with a questionnaire, in either form; XLSForm's sheets stand one below the other. */
export function importCsv (text: string): Imported {
  return imported(readCsv(text))
}

function imported (workbook: Workbook): Imported {
  return isXlsForm(workbook) ? readXlsForm(workbook) : readPlain(workbook)
}

export { type Cell, FileRefused, type Imported, type ImportIssue } from './issue.ts'
export { exportCsv, exportXlsx } from './write.ts'
export { guardedEntries, zipLimits } from './zip-guard.ts'
export { asName } from '../names.ts'
