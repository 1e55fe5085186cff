// The form that somebody writes without a manual: a column with questions and one with what kind of answer is wanted.
import { FORMAT, type Choice, type Node, type Questionnaire } from '../format.ts'
import { columnName, type Imported, type ImportIssue } from './issue.ts'
import type { Sheet, Workbook } from './workbook.ts'
import { UNNAMED } from './xlsform/languages.ts'
import { asName } from '../names.ts'

const heads = /^(question|questions|label|text|السؤال|سؤال|الأسئلة)$/i
const answerHeads = /^(answer|answers|type|options|choices|kind|الإجابة|الجواب|النوع|الخيارات)$/i
const kinds: readonly [RegExp, Node['kind']][] = [
  [/^(|text|short text|free text|نص)$/i, 'text'],
  [/^(long text|paragraph|comment|نص طويل)$/i, 'long_text'],
  [/^(number|integer|whole number|رقم|عدد)$/i, 'integer'],
  [/^(decimal|amount|عدد عشري|مبلغ)$/i, 'decimal'],
  [/^(date|تاريخ)$/i, 'date'],
  [/^(time|وقت)$/i, 'time'],
  [/^(yes ?\/ ?no|yes or no|نعم ?\/ ?لا|نعم أو لا)$/i, 'yes_no'],
  [/^(file|photo|attachment|ملف|صورة|مرفق)$/i, 'file'],
  [/^(note|heading|ملاحظة)$/i, 'note']
]

/**
 * Reads a sheet of two columns: the question, and what is wanted (`text`, `number`, `date`, `yes/no`, … or the choices,
 * parted by `;`, `|`, `،` or line ends). A star at the end of a question makes it required. Names are made up, and
 * every choice of a kind is a guess to be confirmed.
 */
export function readPlain ({ sheets, issues: before }: Workbook): Imported {
  const issues: ImportIssue[] = [...before]
  const sheet = sheets.find(({ rows }) => rows.some((row) => row.some((cell) => cell !== '')))
  if (sheet === undefined) {
    issues.push({ severity: 'error', code: 'empty', message: 'there are no rows', sheet: '' })
    return { questionnaire: null, issues }
  }
  const head = sheet.rows.findIndex((row) => row.some((cell) => heads.test(cell)))
  const question = Math.max(0, sheet.rows[head]?.findIndex((cell) => heads.test(cell)) ?? 0)
  const found = sheet.rows[head]?.findIndex((cell) => answerHeads.test(cell)) ?? -1
  const answer = found < 0 ? question + 1 : found
  const lists: Record<string, Choice[]> = {}
  const names: string[] = []
  const items: Node[] = []
  sheet.rows.forEach((row, index) => {
    const label = row[question] ?? ''
    if (index <= head || label === '') return
    items.push(itemOf(label, row[answer] ?? '', names, lists, (code, message) => {
      issues.push({ severity: 'guess', code, message, ...place(sheet, index, answer) })
    }))
  })
  if (items.length === 0) {
    issues.push({ severity: 'error', code: 'no_questions', message: 'there are no questions', sheet: sheet.name })
    return { questionnaire: null, issues }
  }
  const questionnaire: Questionnaire = {
    format: FORMAT,
    name: asName(sheet.name, []),
    languages: [{ tag: languageBy(items) }],
    lists,
    items
  }
  return { questionnaire: inLanguage(questionnaire), issues }
}

function place ({ name, firstRow, firstColumn }: Sheet, index: number, column: number) {
  return { sheet: name, row: index + firstRow, column: columnName(column + firstColumn) }
}

function itemOf (
  written: string,
  wanted: string,
  names: string[],
  lists: Record<string, Choice[]>,
  guess: (code: string, message: string) => void
): Node {
  const required = /\*\s*$/.test(written)
  const text = written.replace(/\s*\*\s*$/, '')
  const name = asName(text.split(/\s+/).slice(0, 5).join('_').toLowerCase(), names)
  names.push(name)
  const common = { name, label: { [UNNAMED]: text }, ...(required ? { required } : {}) }
  const choices = wanted.split(/[;|،\n]/).map((part) => part.trim()).filter((part) => part !== '')
  if (choices.length > 1) {
    const list = asName(`${name}_choices`.slice(0, 60), Object.keys(lists))
    const taken: string[] = []
    lists[list] = [...new Set(choices)].map((label) => {
      const choice = asName(label.toLowerCase(), taken)
      taken.push(choice)
      return { name: choice, label: { [UNNAMED]: label } }
    })
    guess('choices_guessed', `“${text}” is asked with one of ${choices.length} choices`)
    return { kind: 'one_of', ...common, list }
  }
  const kind = kinds.find(([pattern]) => pattern.test(wanted))?.[1]
  if (kind === undefined) guess('kind_guessed', `“${wanted}” is no kind of answer: a text is asked for`)
  if (kind === 'note') return { kind, name, label: common.label }
  return { kind: (kind ?? 'text') as 'text', ...common }
}

/** Arabic where most letters are. */
function languageBy (items: Node[]): string {
  const text = items.map(({ label }) => label?.[UNNAMED] ?? '').join('')
  const arabic = text.match(/\p{Script=Arabic}/gu)?.length ?? 0
  return arabic * 2 > (text.match(/\p{L}/gu)?.length ?? 1) ? 'ar' : UNNAMED
}

function inLanguage (questionnaire: Questionnaire): Questionnaire {
  const tag = questionnaire.languages[0]?.tag ?? UNNAMED
  const named = <T extends { label?: Record<string, string> }>(one: T): T =>
    one.label === undefined ? one : { ...one, label: { [tag]: one.label[UNNAMED] ?? '' } }
  return {
    ...questionnaire,
    lists: Object.fromEntries(
      Object.entries(questionnaire.lists ?? {}).map(([name, choices]) => [name, choices.map(named)])
    ),
    items: questionnaire.items.map(named)
  }
}
