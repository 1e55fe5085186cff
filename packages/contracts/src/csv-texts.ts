// Texts in files that people open in spreadsheets.

/** What a cell of a file holds. */
type CsvCell = string | number | boolean | Date | null

// what spreadsheets take for a formula, also in the wide forms of East Asian keyboards
const formula = '[=+\\-@\\t\\r\uff1d\uff0b\uff0d\uff20]'
const looksLikeFormula = new RegExp(`^'*${formula}`)
const neutralized = new RegExp(`^'+${formula}`)

/** A text that a spreadsheet shows and does not compute; `restored` gives back exactly what it was. */
export function neutral (text: string): string {
  return looksLikeFormula.test(text) ? `'${text}` : text
}

/** What `neutral` was given. A formula that was not made neutral stays the text that it is. */
export function restored (text: string): string {
  return neutralized.test(text) ? text.slice(1) : text
}

/** One line of a file: texts are neutral, cells with commas, quotes or line ends are quoted (RFC 4180); null: blank. */
export function csvLine (cells: readonly CsvCell[]): string {
  const written = cells.map((cell) => cell === null ? '' : typeof cell === 'string' ? neutral(cell) : String(cell))
    .map((cell) => /[",;\r\n\t]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  return `${written.join(',')}\r\n`
}
