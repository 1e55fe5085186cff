import { writeXlsx as writeBook } from 'hucre/xlsx'
import type { Questionnaire } from '../format.ts'
import type { ImportIssue } from './issue.ts'
import { type Table, writeXlsForm } from './xlsform/write.ts'

/** A questionnaire as an XLSForm workbook. The issues name what XLSForm cannot say; it is then missing in the file. */
export async function exportXlsx (
  questionnaire: Questionnaire
): Promise<{ bytes: Uint8Array, issues: ImportIssue[] }> {
  const { survey, choices, settings, issues } = writeXlsForm(questionnaire)
  const sheets = Object.entries({ survey, choices, settings }).map(([name, rows]) => ({
    name,
    rows: rows.map((row) => row.map((cell) => cell === '' ? null : cell))
  }))
  return { bytes: await writeBook({ sheets }), issues }
}

/**
 * The same as CSV, its sheets one below the other. A cell that a program would run as a formula begins with an
 * apostrophe, which `importCsv` takes away again.
 */
export function exportCsv (questionnaire: Questionnaire): { text: string, issues: ImportIssue[] } {
  const { survey, choices, settings, issues } = writeXlsForm(questionnaire)
  const lines = Object.entries({ survey, choices, settings }).flatMap(([name, rows]) => {
    const width = (rows[0]?.length ?? 0) + 1
    return [[name, ...new Array<string>(width - 1).fill('')], ...rows.map((row) => ['', ...row])]
  })
  return { text: lines.map(lineOf).join('\r\n') + '\r\n', issues }
}

function lineOf (row: Table[number]): string {
  return row.map((cell) => {
    const safe = /^'*[=+@\t\r-]/.test(cell) ? `'${cell}` : cell
    return /[",;\r\n\t]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }).join(',')
}
