import type { Choice, Node, Questionnaire } from '@dueline/questionnaire'
import { checkQuestionnaire, FORMAT } from '@dueline/questionnaire'
import { asName } from '@dueline/questionnaire/import'
import { activeContent } from './active-content.ts'
import { byField, inReadingOrder, placed, type PlacedWidget } from './field-boxes.ts'
import { labelKey, labelsOn } from './labels.ts'
import { pdfLimits, type PdfIssue, type PdfLimits, refused } from './limits.ts'
import { nameGiver } from './names.ts'
import { type OpenPdf, withPdf } from './open.ts'
import { type Segment, segmentsOf } from './page-texts.ts'
import { type Asked, questionOf } from './questions.ts'
import { type Field, fieldsOf, hasXfa, isUnseen, loadObjects, nameForPeople } from './structure.ts'

/** Which field a question was read from. */
export interface Place {
  question: string
  /** The field's whole name in the PDF. */
  field: string
  /** From 1. */
  page: number
  /** What the field's value is for each choice, by the choice's name. */
  values?: Record<string, string>
}

export interface ReadForm {
  /** What could be read; null when there is nothing to ask. With errors among the issues it is a draft. */
  questionnaire: Questionnaire | null
  issues: PdfIssue[]
  pages: number
  places: Place[]
}

interface Page {
  number: number
  widgets: PlacedWidget[]
  segments: Segment[]
}
const rightToLeft = new Set(['ar', 'fa', 'he', 'ur'])

/**
 * Reads the form fields of a PDF as a questionnaire: kinds, choices, required, lengths, tool tips as labels. What is
 * guessed is among the issues, for a person to confirm. Scripts and actions are never run; what there is of them is
 * reported. The same bytes give the same names. Throws FileRefused, whose code is `too_large`, `too_many_pages`,
 * `too_many_fields`, `not_a_pdf`, `broken`, `encrypted` or `dynamic_form`.
 */
export async function readForm (bytes: Uint8Array, limits: PdfLimits = pdfLimits): Promise<ReadForm> {
  return await withPdf(bytes, limits, async (pdf) => {
    const objects = await loadObjects(bytes)
    const fields = fieldsOf(objects, limits)
    if (fields.length === 0 && hasXfa(objects)) {
      throw refused('dynamic_form', 'is a dynamic XFA form, which holds no fields that others can read')
    }
    const issues = activeContent(objects)
    const pages = await pagesOf(pdf, fields)
    const info = await infoOf(pdf)
    const language = languageOf(info.Language, pages, issues)
    const read = ask(pages, language, issues)
    const questionnaire = read.asked.length === 0 ? null : questionnaireOf(info.Title, read, language)
    if (questionnaire === null) {
      issues.push({ severity: 'error', code: 'no_fields', message: 'has no fields to fill in' })
    }
    const faults = questionnaire === null ? [] : checkQuestionnaire(questionnaire)
    for (const { pointer, message } of faults) {
      issues.push({ severity: 'error', code: 'not_valid', message: `${pointer}: ${message}` })
    }
    return { questionnaire, issues, pages: pdf.document.numPages, places: read.places }
  })
}

/** What the file says of itself, as texts. */
async function infoOf ({ document }: OpenPdf): Promise<{ Language?: string, Title?: string }> {
  const { info } = await document.getMetadata().catch(() => ({ info: {} }))
  return Object.fromEntries(
    Object.entries(info).flatMap(([key, value]) => {
      const text = typeof value === 'string' ? value.replace(/[\p{Cc}\p{Surrogate}]/gu, ' ').trim().slice(0, 500) : ''
      return text === '' ? [] : [[key, text]]
    })
  )
}

async function pagesOf (pdf: OpenPdf, fields: Field[]): Promise<Page[]> {
  const pages: Page[] = []
  const numbers = new Set(fields.flatMap(({ widgets }) => widgets.map(({ page }) => page)))
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const page = await pdf.page(number)
    const widgets = placed(fields, number, page)
    const boxes = widgets.filter((widget) => !isUnseen(widget)).map(({ box }) => box)
    pages.push({ number, widgets, segments: await segmentsOf(page, boxes) })
    page.cleanup()
  }
  return pages
}

/** What the file says of its language; what its texts are written in counts more. */
function languageOf (said = '', pages: Page[], issues: PdfIssue[]): string {
  const text = pages.flatMap(({ segments }) => segments).map((segment) => segment.text).join('')
  const arabic = text.match(/\p{Script=Arabic}/gu)?.length ?? 0
  const isArabic = arabic * 2 > (text.match(/\p{L}/gu)?.length ?? 0) && arabic > 0
  const tag = /^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$/.test(said) ? said : 'und'
  if (isArabic && !/^(ar|fa|ur)\b/.test(tag)) {
    issues.push({ severity: 'guess', code: 'language_guessed', message: 'is written in Arabic letters: taken for ar' })
    return 'ar'
  }
  if (tag === 'und') {
    issues.push({ severity: 'guess', code: 'language_missing', message: 'does not say its language' })
  }
  return tag
}

interface Asking {
  page: number
  item: Node
}
interface Read {
  asked: Asking[]
  lists: Record<string, Choice[]>
  places: Place[]
}

function ask (pages: Page[], language: string, issues: PdfIssue[]): Read {
  const isRightToLeft = rightToLeft.has(language.split('-')[0] ?? '')
  const labels = new Map(pages.map((page) => [page.number, labelsOn(page.widgets, page.segments, isRightToLeft)]))
  const names = nameGiver()
  const read: Read = { asked: [], lists: {}, places: [] }
  const widgets = pages.flatMap((page) => inReadingOrder(page.widgets, isRightToLeft))
  for (const [written, own] of byField(widgets)) {
    const field = { ...written, widgets: own }
    const one = questionOf(field, names(nameForPeople(field.name)), {
      language,
      textOf: (widget) => labels.get((widget ?? own[0])?.page ?? 0)?.get(labelKey(written, widget)),
      report: (issue) => issues.push(issue)
    })
    if (one !== undefined) addAsked(read, one, field.name, own[0]?.page ?? 1)
  }
  return read
}

function addAsked (read: Read, { question, choices, values }: Asked, field: string, page: number): void {
  const { name } = question
  if (choices !== undefined) read.lists[name] = choices
  read.asked.push({ page, item: choices === undefined ? question : { ...question, list: name } as Node })
  read.places.push({ question: name, field, page, ...(values === undefined ? {} : { values }) })
}

function questionnaireOf (title: string | undefined, { asked, lists }: Read, language: string): Questionnaire {
  const numbers = [...new Set(asked.map(({ page }) => page))]
  const pageLabel = (page: number) => ({ [language]: language.startsWith('ar') ? `صفحة ${page}` : `Page ${page}` })
  const taken = new Set(asked.map(({ item }) => item.name))
  const sectionName = (page: number) => taken.has(`page_${page}`) ? `page_${page}_of_the_form` : `page_${page}`
  return {
    format: FORMAT,
    name: title === undefined ? 'form' : asName(title, []),
    ...(title === undefined ? {} : { title: { [language]: title } }),
    languages: [{ tag: language }],
    ...(Object.keys(lists).length === 0 ? {} : { lists }),
    items: numbers.length === 1
      ? asked.map(({ item }) => item)
      : numbers.map((page): Node => ({
        kind: 'section',
        name: sectionName(page),
        label: pageLabel(page),
        items: asked.filter((one) => one.page === page).map(({ item }) => item)
      }))
  }
}
