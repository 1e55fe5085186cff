import type { Choice, Question, Questionnaire } from '@dueline/questionnaire'
import { type PDFDict, type PDFDocument, PDFHexString, PDFName } from '@cantoo/pdf-lib'
import { drawList, type Drawn, drawText } from './appearance.ts'
import { EmbeddedFont } from './embedded-font.ts'
import { formatOf } from './formats.ts'
import { orRefused, pdfLimits, type PdfIssue, type PdfLimits } from './limits.ts'
import { dictIn, textOf } from './objects.ts'
import { type Place, readForm } from './read-form.ts'
import { type Field, fieldsOf, flag, inherited, loadObjects, optionsOf, type Widget } from './structure.ts'
import { written } from './written.ts'

export interface FilledForm {
  pdf: Uint8Array
  /** Answers that have no field, texts that are cut off, letters that the font has not. */
  issues: PdfIssue[]
}

/**
 * The form filled in with answers as `validateAnswers` gives them back: values, and what they look like, so that every
 * viewer shows the same. Texts are drawn in an embedded font, Arabic joined and in its order. Fields whose question has
 * no answer are emptied. A form of XFA stays an ordinary form. Throws FileRefused as `readForm` does.
 */
export async function fillForm (
  bytes: Uint8Array,
  answers: Record<string, unknown>,
  definition: Questionnaire,
  limits: PdfLimits = pdfLimits
): Promise<FilledForm> {
  const { places } = await readForm(bytes, limits)
  return await orRefused(async () => await filled(bytes, answers, definition, limits, places))
}

async function filled (
  bytes: Uint8Array,
  answers: Record<string, unknown>,
  definition: Questionnaire,
  limits: PdfLimits,
  places: Place[]
): Promise<FilledForm> {
  const document = await loadObjects(bytes)
  const fields = new Map(fieldsOf(document, limits).map((field) => [field.name, field]))
  const questions = questionsOf(definition)
  const font = new EmbeddedFont(document.context)
  const issues: PdfIssue[] = []
  for (const place of places) {
    const field = fields.get(place.field)
    const question = questions.get(place.question)
    if (field === undefined || question === undefined) continue
    const value = { question, place, answer: answers[place.question], choices: choicesOf(question, definition) }
    fill(field, value, font, (code, message, page) => {
      issues.push({ severity: 'warning', code, message, page, field: field.name, question: question.name })
    })
  }
  const placed = new Set(places.map(({ question }) => question))
  for (const [question, answer] of Object.entries(answers)) {
    if (answer === null || answer === undefined || placed.has(question)) continue
    issues.push({ severity: 'warning', code: 'no_field', message: 'has no field in the form', question })
  }
  font.write()
  forgetOtherForms(document)
  return { pdf: await document.save({ updateFieldAppearances: false }), issues }
}

interface Value {
  question: Question
  place: Place
  answer: unknown
  choices: Choice[]
}
type Report = (code: string, message: string, page: number) => void

function questionsOf ({ items }: Questionnaire): Map<string, Question> {
  const questions = new Map<string, Question>()
  const add = (nodes: Questionnaire['items']): void => {
    for (const node of nodes) {
      if ('items' in node) add(node.items)
      else questions.set(node.name, node)
    }
  }
  add(items)
  return questions
}

function choicesOf (question: Question, { lists }: Questionnaire): Choice[] {
  return 'list' in question ? lists?.[question.list] ?? [] : []
}

function fill (field: Field, value: Value, font: EmbeddedFont, report: Report): void {
  const { place, answer } = value
  if (field.type === 'button') return press(field, pressedState(field, place, answer))
  const given = Array.isArray(answer) ? answer : answer === undefined || answer === null ? [] : [answer]
  const texts = given.map((one) => written(one, formatOf(field)))
  if (field.type === 'text') {
    const text = texts.join(', ')
    field.dict.set(PDFName.of('V'), PDFHexString.fromText(text))
    return drawEach(field, report, (widget) => drawText(widget, text, lookOf(field), font))
  }
  const values = texts.map((text) => place.values?.[text] ?? text)
  const options = optionsOf(field)
  const chosen = new Set(
    values.map((one) => options.findIndex((option) => option.value === one)).filter((at) => at >= 0)
  )
  setChoice(field, values, chosen)
  const labelOf = (one: string) => options.find((option) => option.value === one)?.label ?? one
  drawEach(field, report, (widget) =>
    (field.flags & flag.combo) === 0
      ? drawList(widget, options.map(({ label }) => label), chosen, font)
      : drawText(widget, values.map(labelOf).join(', '), { isMultiline: false }, font))
}

function drawEach (field: Field, report: Report, draw: (widget: Widget) => Drawn): void {
  for (const widget of field.widgets) {
    const { isCut, missing } = draw(widget)
    if (isCut) report('cut_off', 'does not fit into its field, and is cut off', widget.page)
    if (missing.length > 0) report('letters_missing', `has letters without a sign: ${missing.join(' ')}`, widget.page)
  }
}

function lookOf (field: Field): { isMultiline: boolean, cells?: number } {
  const length = Number(String(inherited(field.dict, 'MaxLen')))
  const isComb = (field.flags & flag.comb) !== 0 && length > 0
  return { isMultiline: (field.flags & flag.multiline) !== 0, ...(isComb ? { cells: length } : {}) }
}

/** The state that the answer stands for, or undefined for none. */
function pressedState (field: Field, { values }: Place, answer: unknown): string | undefined {
  if (values !== undefined) return typeof answer === 'string' ? values[answer] : undefined
  return answer === true ? field.widgets.find(({ onState }) => onState !== undefined)?.onState ?? 'Yes' : undefined
}

function press (field: Field, state: string | undefined): void {
  let name = PDFName.of('Off')
  for (const { dict, onState } of field.widgets) {
    const own = onName(dict)
    const isOn = state !== undefined && (onState ?? 'Yes') === state
    const shown = isOn ? own ?? PDFName.of('Yes') : PDFName.of('Off')
    if (isOn) name = shown
    dict.set(PDFName.of('AS'), shown)
  }
  field.dict.set(PDFName.of('V'), name)
}

/** The name of the on state as the file has it: its bytes may be other than those of its text. */
function onName (dict: PDFDict): PDFName | undefined {
  return dictIn(dictIn(dict, 'AP') ?? dict, 'N')?.keys().find((name) => textOf(name) !== 'Off')
}

function setChoice (field: Field, values: string[], chosen: Set<number>): void {
  const { dict } = field
  const texts = values.map((value) => PDFHexString.fromText(value))
  const [first] = texts
  if (first === undefined) dict.delete(PDFName.of('V'))
  else dict.set(PDFName.of('V'), texts.length === 1 ? first : dict.context.obj(texts))
  if (chosen.size === 0) dict.delete(PDFName.of('I'))
  else dict.set(PDFName.of('I'), dict.context.obj([...chosen].sort((one, other) => one - other)))
}

/** XFA holds values of its own, which would be shown in place of these; rights of use do not hold for a copy. */
function forgetOtherForms ({ catalog }: PDFDocument): void {
  const form = dictIn(catalog, 'AcroForm')
  for (const name of ['XFA', 'NeedAppearances']) form?.delete(PDFName.of(name))
  for (const name of ['Perms', 'NeedsRendering']) catalog.delete(PDFName.of(name))
}
