// From the bytes of a file to a questionnaire, and back: runs in a worker thread only, which it loads the readers of
// files into.
import { cleanText, markedText } from '@dueline/contracts'
import {
  checkQuestionnaire,
  compileConditions,
  compileQuestionnaire,
  fromFhir,
  QuestionnaireError,
  type DefinitionFault as Fault,
  type Questionnaire
} from '@dueline/questionnaire'
import { FileRefused, importCsv, importXlsx, type Cell, type ImportIssue } from '@dueline/questionnaire/import'
import { severities, type DefinitionFault, type Issue, type Source } from '../domain/template-version.ts'
import type { Converted, Task, Written } from './converter.ts'
import { writtenFile } from './write-file.ts'

type NewIssue = Omit<Issue, 'id' | 'confirmedBy'>
type Draft = { kind: Source['kind'], questionnaire: Record<string, unknown>, issues: Issue[] }

const textLengthMax = 20_000
const issuesMax = 500

/** Reads or writes a file, or checks a questionnaire. Never throws for what a file holds. */
export async function convert (task: Task): Promise<Converted | Written> {
  try {
    if (task.kind !== 'file' && task.kind !== 'check') return { bytes: await writtenFile(task) }
    if (task.kind === 'check') {
      const { questionnaire, rules } = task
      return { kind: 'api', questionnaire, issues: [], faults: faultsOf(questionnaire, rules) }
    }
    const draft = await read(task.contentType, task.bytes)
    const questionnaire = cleaned(draft.questionnaire) as Record<string, unknown>
    return { ...draft, questionnaire, faults: faultsOf(questionnaire, []) }
  } catch (error) {
    if (error instanceof Refused) return { refused: error.fault }
    if (!(error instanceof FileRefused)) throw error
    return { refused: { code: error.code, message: `the file ${error.message}`, details: [] } }
  }
}

class Refused extends Error {
  readonly fault: { code: string, message: string, details: string[] }
  constructor (code: string, message: string, details: string[] = []) {
    super(message)
    this.fault = { code, message, details: details.slice(0, 100) }
  }
}

async function read (contentType: string, bytes: Uint8Array): Promise<Draft> {
  switch (contentType.split(';', 1)[0]) {
    case 'application/json':
      return readJson(textOf(bytes))
    case 'text/csv': {
      const { questionnaire, issues } = importCsv(textOf(bytes))
      return draftOf('csv', questionnaire, issues.map(ofSheet))
    }
    case 'application/pdf':
      return await readPdf(bytes)
    default: {
      const { questionnaire, issues } = await importXlsx(bytes)
      return draftOf('xlsx', questionnaire, issues.map(ofSheet))
    }
  }
}

function draftOf (
  kind: Source['kind'],
  questionnaire: Questionnaire | null,
  issues: readonly NewIssue[]
): Draft {
  if (questionnaire === null) {
    const details = issues.map(({ place, message }) => place === null ? message : `${place}: ${message}`)
    throw new Refused('no_questions', details[0] ?? 'the file has no questions', details)
  }
  const numbered = listed(issues).map((issue, index) => ({ ...issue, id: index + 1, confirmedBy: null }))
  return { kind, questionnaire: questionnaire as unknown as Record<string, unknown>, issues: numbered }
}

/** At most so many: of more, what must be confirmed comes first, and how many there are besides is an issue too. */
function listed (issues: readonly NewIssue[]): NewIssue[] {
  if (issues.length <= issuesMax) return [...issues]
  const sorted = [...issues].sort((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity))
  const rest = sorted.slice(issuesMax - 1)
  const message = `has ${rest.length} more issues, which are not listed`
  // as grave as the gravest that it stands for
  return [...sorted.slice(0, issuesMax - 1), { severity: rest[0]!.severity, code: 'more_issues', message, place: null }]
}

/** Loads what reads PDFs with the first one: a thread that reads workbooks does not pay for it. */
async function readPdf (bytes: Uint8Array): Promise<Draft> {
  const { readForm } = await import('@dueline/pdf-form')
  const { questionnaire, issues } = await readForm(bytes)
  // what is not valid is said of the draft itself, as its faults
  const own = issues.filter(({ code }) => code !== 'not_valid')
  if (questionnaire === null) {
    const details = own.map(({ message }) => cleanText(message, 1_000))
    throw new Refused('no_questions', 'the file has no fields to fill in', details)
  }
  return draftOf(
    'pdf',
    questionnaire,
    own.map(({ severity, code, message, page, field }) => {
      const parts = [...page === undefined ? [] : [`page ${page}`], ...field === undefined ? [] : [`field ${field}`]]
      const place = parts.length === 0 ? null : cleanText(parts.join(', '), 300)
      return { severity, code, message: cleanText(message, 1_000), place }
    })
  )
}

function ofSheet ({ severity, code, message, ...cell }: ImportIssue): NewIssue {
  return { severity, code, message: cleanText(message, 1_000), place: placeOf(cell) }
}

function placeOf ({ sheet, row, column }: Cell): string | null {
  const parts = [
    ...sheet === '' ? [] : [`sheet ${sheet}`],
    ...row === undefined ? [] : [`row ${row}`],
    ...column === undefined ? [] : [`column ${column}`]
  ]
  return parts.length === 0 ? null : cleanText(parts.join(', '), 300)
}

function readJson (text: string): Draft {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refused('not_a_questionnaire', 'the file must be a JSON object: a questionnaire, or one of FHIR')
  }
  if (!('resourceType' in value)) {
    const faults = checkQuestionnaire(cleaned(value))
    const structural = faults.filter(({ code }) => ['structure', 'kind', 'too_deep', 'too_many'].includes(code))
    if (structural.length > 0) {
      const details = structural.map(({ pointer, message }) => `${pointer === '' ? '/' : pointer}: ${message}`)
      throw new Refused('not_a_questionnaire', 'the file is not in the format dueline.questionnaire.v1', details)
    }
    return { kind: 'questionnaire', questionnaire: value as Record<string, unknown>, issues: [] }
  }
  const { questionnaire, issues } = fromFhir(value)
  return draftOf(
    'fhir',
    questionnaire,
    issues.map(({ linkId, code, message }) => ({
      severity: 'error',
      code,
      message: cleanText(message, 1_000),
      place: linkId === '' ? null : cleanText(`linkId ${linkId}`, 300)
    }))
  )
}

function parsed (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refused('json_broken', cleanText(`the file is no JSON: ${(error as Error).message}`, 500))
  }
}

function textOf (bytes: Uint8Array): string {
  const { charset, text } = markedText(bytes)
  if (text === null) throw new Refused('charset', `the file is not in ${charset.toUpperCase()}: save it as UTF-8`)
  return text
}

/** Every fault of a questionnaire with its rules, with pointers into a version. */
function faultsOf (questionnaire: unknown, rules: ReadonlyArray<{ when: string }>): DefinitionFault[] {
  try {
    const compiled = compileQuestionnaire(questionnaire)
    try {
      compileConditions(compiled, rules.map(({ when }) => when))
      return []
    } catch (error) {
      return faultsBelow(error, ({ pointer }) => `/rules${pointer}/when`)
    }
  } catch (error) {
    return faultsBelow(error, ({ pointer }) => `/questionnaire${pointer}`)
  }
}

function faultsBelow (error: unknown, pointerOf: (fault: Fault) => string): DefinitionFault[] {
  if (!(error instanceof QuestionnaireError)) throw error
  return error.faults.slice(0, 100).map((fault) => (
    { pointer: pointerOf(fault), code: fault.code, message: cleanText(fault.message, 1_000) }
  ))
}

/** The same with every text as it may be kept. */
function cleaned (value: unknown, depth = 0): unknown {
  if (depth > 100) throw new Refused('too_deep', 'the file is nested deeper than 100 levels')
  if (typeof value === 'string') return cleanText(value, textLengthMax)
  if (Array.isArray(value)) return value.map((item) => cleaned(item, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [cleanText(key, 1_000), cleaned(item, depth + 1)])
  )
}
