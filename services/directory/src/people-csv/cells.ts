import { restored } from '@dueline/contracts'
import { parse } from 'csv-parse/sync'

/** A file that cannot be read as a table at all. */
export class UnreadableTable extends Error {
  override readonly name = 'UnreadableTable'
}

/** A record of a file, with the line in which it ends, from 1. */
export interface CsvRecord {
  readonly line: number
  readonly cells: readonly string[]
}

/** `sep=;` in the first line counts; else the sign of `,`, `;` and tab of which the first line has most. */
function delimiterOf (text: string): { delimiter: string, from: number } {
  const said = /^sep=(.)\r?\n/.exec(text)
  if (said !== null) return { delimiter: said[1]!, from: said[0].length }
  const head = /^[^\r\n]*/.exec(text)![0]
  const counts = [',', ';', '\t'].map((sign) => [sign, head.split(sign).length] as const)
  return { delimiter: counts.reduce((best, one) => one[1] > best[1] ? one : best)[0], from: 0 }
}

/**
 * The records of a file that are not blank. Lines may end in either way, also mixed; a byte order mark is no part of
 * the first. Cells are as `restored` has them.
 * @throws UnreadableTable that says where, such as for a quote that does not end
 */
export function recordsOf (file: string): CsvRecord[] {
  const text = file.replace(/^\ufeff/, '')
  const { delimiter, from } = delimiterOf(text)
  const skipped = from === 0 ? 0 : 1
  try {
    const records = parse(text.slice(from), {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 100_000,
      info: true
    }) as unknown as Array<{ record: string[], info: { lines: number } }>
    return records
      .map(({ record, info }) => ({ line: info.lines + skipped, cells: record.map(restored) }))
      .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  } catch (error) {
    throw new UnreadableTable((error as Error).message)
  }
}
