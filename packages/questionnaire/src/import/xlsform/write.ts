// A questionnaire as an XLSForm.
import type { Node, Question, Questionnaire, Texts } from '../../format.ts'
import { isContainer, walk } from '../../walk.ts'
import type { ImportIssue } from '../issue.ts'
import { NotSaid, toXPath } from './from-cel.ts'
import { languageOf, UNNAMED } from './languages.ts'
import { kindOfNode, YES_NO_LIST } from './out-types.ts'
import { limitsOf, outTypeOf } from './out-types.ts'
import type { Kind } from './to-cel.ts'

/** Rows of texts; the first has the names of the columns. */
export type Table = string[][]
export interface XlsForm {
  survey: Table
  choices: Table
  settings: Table
  /** What XLSForm cannot say, by the cell that lacks it. */
  issues: ImportIssue[]
}

const textFields = ['label', 'hint', 'required_message', 'constraint_message'] as const
const plainFields = [
  'relevant',
  'required',
  'read_only',
  'constraint',
  'default',
  'calculation',
  'choice_filter',
  'repeat_count',
  'appearance',
  'parameters'
] as const
type Field = typeof plainFields[number] | 'type' | 'name'
type Cells = Partial<Record<Field, string>> & { texts?: Partial<Record<typeof textFields[number], Texts | undefined>> }

/** The three sheets of an XLSForm with the same meaning, and what it cannot say. */
export function writeXlsForm (questionnaire: Questionnaire): XlsForm {
  const writer = new Writer(questionnaire)
  const { languages } = questionnaire
  const tags = languages.map(({ tag }) => tag)
  const headers = languages.map(({ tag, name }) => {
    if (tag === UNNAMED) return ''
    return `::${
      name !== undefined && languageOf(name).tag === tag ? name : languageOf(tag).tag === tag ? tag : `${tag} (${tag})`
    }`
  })
  const head = [
    'type',
    'name',
    ...textFields.flatMap((field) => headers.map((header) => field + header)),
    ...plainFields
  ]
  const survey = writer.rows.map(({ texts = {}, ...cells }) => [
    cells.type ?? '',
    cells.name ?? '',
    ...textFields.flatMap((field) => tags.map((tag) => texts[field]?.[tag] ?? '')),
    ...plainFields.map((field) => cells[field] ?? '')
  ])
  const title = questionnaire.title ?? {}
  const first = headers[0]?.slice(2) ?? ''
  return {
    survey: [head, ...survey],
    choices: choicesOf(questionnaire, tags, headers, writer.usesYesNo),
    settings: [
      ['form_id', 'version', 'default_language', ...headers.map((header) => `form_title${header}`)],
      [questionnaire.name, questionnaire.version ?? '', first, ...tags.map((tag) => title[tag] ?? '')]
    ],
    issues: writer.issues
  }
}

class Writer {
  readonly rows: Cells[] = []
  readonly issues: ImportIssue[] = []
  readonly #kinds = new Map<string, Kind>()
  usesYesNo = false

  constructor ({ items }: Questionnaire) {
    walk(items, (node) => this.#kinds.set(node.name, kindOfNode(node)))
    this.#write(items)
  }

  #write (items: Node[]): void {
    for (const node of items) {
      if (!isContainer(node)) {
        this.#question(node)
        continue
      }
      const what = node.kind === 'repeat' ? 'repeat' : 'group'
      this.rows.push({
        type: `begin_${what}`,
        ...this.#common(node),
        ...node.kind === 'section' ? { appearance: 'section' } : {},
        ...node.kind === 'repeat' ? { repeat_count: this.#expression(node, 'repeat_count', node.count) } : {}
      })
      if (node.kind === 'repeat' && (node.min !== undefined || node.max !== undefined)) {
        this.#report('repeat_count', `${node.name} has min and max, which XLSForm has not`)
      }
      this.#write(node.items)
      this.rows.push({ type: `end_${what}` })
    }
  }

  #common (node: Node): Cells {
    const texts = { label: node.label, hint: node.hint }
    return { name: node.name, texts, relevant: this.#expression(node, 'relevant', node.relevant, 'condition') }
  }

  #question (node: Question): void {
    const { type, appearance, parameters } = outTypeOf(node)
    const cells: Cells = { type, appearance, parameters, ...this.#common(node) }
    if (node.kind === 'calculated') cells.calculation = this.#expression(node, 'calculation', node.calculation)
    else if (node.kind !== 'note') {
      if (node.kind === 'yes_no') this.usesYesNo = true
      cells.texts = {
        ...cells.texts,
        required_message: node.requiredMessage,
        constraint_message: node.constraintMessage
      }
      cells.required = this.#flag(node, 'required', node.required)
      cells.read_only = this.#flag(node, 'read_only', node.readOnly)
      const { conditions, unsaid } = limitsOf(node)
      const own = this.#expression(node, 'constraint', node.constraint, 'condition')
      cells.constraint = [...own === '' ? [] : [own], ...conditions].join(' and ')
      for (const field of unsaid) this.#report('type', `${node.name} has ${field}, which XLSForm has not`)
      cells.default = this.#default(node)
      if ('filter' in node) cells.choice_filter = this.#expression(node, 'choice_filter', node.filter, 'condition')
    }
    this.rows.push(cells)
  }

  #flag (node: Question, field: Field, value: boolean | string | undefined): string {
    if (typeof value !== 'string') return value === true ? 'yes' : ''
    return this.#expression(node, field, value, 'condition')
  }

  /** A literal as an author would write it, else an expression. */
  #default (node: Exclude<Question, { kind: 'note' | 'calculated' }>): string {
    const source = node.default
    if (source === undefined) return ''
    const text = /^(?:date|time|timestamp)\("([^"\\]+)"\)$/.exec(source)?.[1] ?? /^"([^"\\(]+)"$/.exec(source)?.[1]
    if (text !== undefined && !text.includes('${')) return text
    if (/^-?\d+(\.\d+)?$|^true$|^false$/.test(source)) return source
    const list = /^\[("[^"\\\s(]+"(?:, ?"[^"\\\s(]+")*)\]$/.exec(source)?.[1]
    if (list !== undefined) return list.replace(/", ?"/g, ' ').slice(1, -1)
    const xpath = this.#expression(node, 'default', source)
    if (xpath === '' || /\$\{|\(/.test(xpath)) return xpath
    this.#report('default', `${node.name} has the default ${source}, which XLSForm would read as another text`)
    return ''
  }

  #expression (node: Node, field: Field, source: string | undefined, wanted?: 'condition'): string {
    if (source === undefined) return ''
    try {
      return toXPath(source, { kinds: this.#kinds, own: field === 'constraint' ? node.name : null }, wanted)
    } catch (error) {
      if (!(error instanceof NotSaid)) throw error
      this.#report(field, `the ${field} of ${node.name}, ${source}, ${error.message}`)
      return ''
    }
  }

  #report (field: string, message: string): void {
    this.issues.push({
      severity: 'error',
      code: 'not_said',
      message,
      sheet: 'survey',
      row: this.rows.length + 2,
      column: field
    })
  }
}

function choicesOf ({ lists = {} }: Questionnaire, tags: string[], headers: string[], usesYesNo: boolean): Table {
  const all = Object.values(lists).flat()
  const attributes = [...new Set(all.flatMap((choice) => Object.keys(choice.attributes ?? {})))]
  const rows = Object.entries(lists).flatMap(([list, choices]) =>
    choices.map(({ name, label = {}, attributes: own = {} }) => [
      list,
      name,
      ...tags.map((tag) => label[tag] ?? ''),
      ...attributes.map((attribute) => own[attribute] ?? '')
    ])
  )
  const words: Record<string, Texts> = { true: { en: 'Yes', ar: 'نعم' }, false: { en: 'No', ar: 'لا' } }
  const yesNo = Object.entries(words).map(([name, texts]) => [
    YES_NO_LIST,
    name,
    ...tags.map((tag) => texts[tag.split('-')[0] ?? ''] ?? texts.en ?? ''),
    ...attributes.map(() => '')
  ])
  return [
    ['list_name', 'name', ...headers.map((header) => `label${header}`), ...attributes],
    ...rows,
    ...usesYesNo ? yesNo : []
  ]
}
