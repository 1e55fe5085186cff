// An XLSForm as a questionnaire: sheets `survey`, `choices` and `settings`.
import { checkQuestionnaire } from '../../compile.ts'
import { FORMAT, type Language, type Questionnaire } from '../../format.ts'
import { missingTexts } from '../../completeness.ts'
import { walk } from '../../walk.ts'
import type { Imported, ImportIssue } from '../issue.ts'
import type { Sheet, Workbook } from '../workbook.ts'
import { readLists } from './choices.ts'
import { type Column, Row, rowsOf } from './columns.ts'
import { languageOf, UNNAMED } from './languages.ts'
import { asName } from '../../names.ts'
import { Nodes } from './nodes.ts'
import { type Draft, treeOf } from './tree.ts'

const sheetNames = ['survey', 'choices', 'settings']

/** Whether a workbook has the sheet that makes it an XLSForm. */
export function isXlsForm ({ sheets }: Workbook): boolean {
  const survey = sheets.find(({ name }) => name.trim().toLowerCase() === 'survey')
  return survey !== undefined && rowsOf(survey).columns.some(({ field }) => field === 'type')
}

/**
 * Reads an XLSForm. Every cell that cannot be taken as it is meant is named in the issues; what it would have said is
 * then missing in the questionnaire.
 */
export function readXlsForm ({ sheets, issues: before }: Workbook): Imported {
  const issues: ImportIssue[] = [...before]
  const sheet = (wanted: string) => sheets.find(({ name }) => name.trim().toLowerCase() === wanted)
  const survey = tableOf(sheet('survey'))
  if (survey.rows.length === 0) {
    issues.push({ severity: 'error', code: 'no_survey', message: 'there is no sheet `survey` with rows', sheet: '' })
    return { questionnaire: null, issues }
  }
  for (const { name } of sheets) {
    if (sheetNames.includes(name.trim().toLowerCase()) || name.startsWith('_')) continue
    issues.push({ severity: 'warning', code: 'sheet_not_read', message: `the sheet ${name} is not read`, sheet: name })
  }
  const choices = tableOf(sheet('choices'))
  const settings = tableOf(sheet('settings')).rows[0]
  const languages = languagesOf([survey, choices], settings?.get('default_language') ?? '')
  const lists = readLists(choices.rows, languages.unnamed, issues)
  const drafts = treeOf(survey.rows, issues)
  const nodes = new Nodes(drafts, lists, languages.unnamed, issues)
  const title = settings?.texts('form_title', languages.unnamed)
  const questionnaire: Questionnaire = {
    format: FORMAT,
    name: asName(settings?.get('form_id') || settings?.get('form_title') || 'questionnaire', []),
    ...(settings?.get('version') ? { version: settings.get('version').slice(0, 100) } : {}),
    ...(title === undefined ? {} : { title }),
    languages: languages.list,
    lists: nodes.usedLists(),
    items: nodes.made
  }
  if (nodes.made.length === 0) {
    issues.push({
      severity: 'error',
      code: 'no_questions',
      message: 'there is no question that can be read',
      sheet: 'survey'
    })
    return { questionnaire: null, issues }
  }
  issues.push(...faultsIn(questionnaire, drafts), ...missingIn(questionnaire, drafts))
  return { questionnaire, issues }
}

function tableOf (sheet: Sheet | undefined): { columns: Column[], rows: Row[] } {
  return sheet === undefined ? { columns: [], rows: [] } : rowsOf(sheet)
}

/** The languages in their order, the default one first, and which one a column without a language is in. */
function languagesOf (
  tables: { columns: Column[], rows: Row[] }[],
  written: string
): { list: Language[], unnamed: string } {
  const found = new Map<string, Language>()
  let hasUnnamed = false
  for (const { columns, rows } of tables) {
    for (const { language, field } of columns) {
      if (language === null) continue
      if (language.tag !== UNNAMED) found.set(language.tag, found.get(language.tag) ?? language)
      else hasUnnamed ||= rows.some((row) => row.texts(field, UNNAMED)?.[UNNAMED] !== undefined)
    }
  }
  // pyxform writes `default` there for columns without a language.
  const named = written === '' || written === 'default' ? undefined : languageOf(written)
  const unnamed = named?.tag ?? UNNAMED
  if (hasUnnamed && !found.has(unnamed)) found.set(unnamed, named ?? { tag: UNNAMED, name: 'default' })
  if (found.size === 0) found.set(unnamed, named ?? { tag: UNNAMED, name: 'default' })
  const list = [...found.values()]
  list.sort((one, other) => Number(other.tag === named?.tag) - Number(one.tag === named?.tag))
  return { list, unnamed }
}

function byName (drafts: Draft[]): Map<string, Draft> {
  return new Map(drafts.flatMap((draft) => [[draft.name, draft] as const, ...byName(draft.children)]))
}

/** What is wrong with the whole, such as a cycle, at the row that it concerns. */
function faultsIn (questionnaire: Questionnaire, drafts: Draft[]): ImportIssue[] {
  const rows = byName(drafts)
  const names = new Map<string, string>()
  walk(questionnaire.items, ({ name }, pointer) => names.set(pointer, name))
  return checkQuestionnaire(questionnaire).map(({ pointer, code, message }): ImportIssue => {
    const [, node = '', field] = /^((?:\/items\/\d+)*)\/?([A-Za-z]*)/.exec(pointer) ?? []
    const at = rows.get(names.get(node) ?? '')?.row.cell(columnOfField[field ?? ''] ?? field)
    return { severity: 'error', code, message, ...(at ?? { sheet: 'survey' }) }
  })
}

const columnOfField: Readonly<Record<string, string>> = {
  filter: 'choice_filter',
  list: 'type',
  count: 'repeat_count',
  readOnly: 'read_only',
  pattern: 'constraint'
}
const columnOfText: Readonly<Record<string, string>> = {
  requiredMessage: 'required_message',
  constraintMessage: 'constraint_message'
}

/** The cells of the survey in which a language lacks a text; choices are named by list and name. */
function missingIn (questionnaire: Questionnaire, drafts: Draft[]): ImportIssue[] {
  const rows = byName(drafts)
  return missingTexts(questionnaire).map(({ name = '', field, language }): ImportIssue => {
    const row = rows.get(name)?.row
    return {
      severity: 'warning',
      code: 'text_missing',
      message: `${name === '' ? 'the title' : name} has no ${field} in ${language}`,
      ...row?.cell(columnOfText[field] ?? field) ?? { sheet: name === '' ? 'settings' : 'choices' }
    }
  })
}
