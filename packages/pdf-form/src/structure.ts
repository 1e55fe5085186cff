import { PDFArray, PDFDict, PDFDocument, type PDFObject, PDFRef } from '@cantoo/pdf-lib'
import { type PdfLimits, reasonOf, refused } from './limits.ts'
import { dictIn, dictOf, elements, entry, listIn, numberIn, readableName, textOf } from './objects.ts'

/** Where a field is on a page: one rectangle, of which a field may have several. */
export interface Widget {
  dict: PDFDict
  /** From 1. */
  page: number
  /** Left, bottom, right, top, in points of the page before it is turned. */
  rect: [number, number, number, number]
  /** What the field's value is when this button is on. */
  onState?: string
  isHidden: boolean
}

export type FieldType = 'text' | 'button' | 'choice' | 'signature'

export interface Field {
  /** The whole name, levels parted by dots, as it stands in the file. */
  name: string
  type: FieldType
  flags: number
  /** The node that has the field's name; values are written there. */
  dict: PDFDict
  widgets: Widget[]
}

/** By ISO 32000-2, tables 227 to 233. */
export const flag = {
  readOnly: 1,
  required: 1 << 1,
  multiline: 1 << 12,
  password: 1 << 13,
  radio: 1 << 15,
  pushButton: 1 << 16,
  combo: 1 << 17,
  edit: 1 << 18,
  fileSelect: 1 << 20,
  multiSelect: 1 << 21,
  comb: 1 << 24
} as const
const types: Record<string, FieldType> = { Tx: 'text', Btn: 'button', Ch: 'choice', Sig: 'signature' }
const depthMax = 32

/**
 * The objects of a PDF. Throws FileRefused. A file that is encrypted, but opens for everybody, is opened.
 */
export async function loadObjects (bytes: Uint8Array): Promise<PDFDocument> {
  const options = { updateMetadata: false, throwOnInvalidObject: false }
  try {
    return await PDFDocument.load(bytes, options)
  } catch (error) {
    if (!/encrypt|password/i.test(reasonOf(error))) throw refused('broken', `cannot be read (${reasonOf(error)})`)
  }
  try {
    return await PDFDocument.load(bytes, { ...options, password: '' })
  } catch {
    throw refused('encrypted', 'is protected by a password')
  }
}

/** The form's fields by the widgets on its pages, whether or not the list of fields has them; in the file's order. */
export function fieldsOf (document: PDFDocument, limits: PdfLimits): Field[] {
  const fields = new Map<string, Field>()
  let left = limits.fields * 5
  pagesOf(document, limits).forEach((page, index) => {
    const widgets = listIn(page, 'Annots').flatMap((one) => one instanceof PDFDict ? [one] : [])
    for (const dict of new Set(widgets)) {
      if (textOf(entry(dict, 'Subtype')) !== 'Widget') continue
      addWidget(fields, dict, index + 1)
      if (fields.size > limits.fields || left-- <= 0) {
        throw refused('too_many_fields', `has more than ${limits.fields} fields`)
      }
    }
  })
  return [...fields.values()]
}

function pagesOf (document: PDFDocument, limits: PdfLimits): PDFDict[] {
  try {
    if (document.getPageCount() > limits.pages) throw refused('too_many_pages', `has more than ${limits.pages} pages`)
    return document.getPages().map(({ node }) => node)
  } catch (error) {
    throw (error as { code?: string }).code === 'too_many_pages'
      ? error
      : refused('broken', `has pages that cannot be read (${reasonOf(error)})`)
  }
}

function addWidget (fields: Map<string, Field>, dict: PDFDict, page: number): void {
  const type = types[textOf(inherited(dict, 'FT')) ?? '']
  const rect = rectOf(dict)
  const name = nameOf(dict)
  if (type === undefined || rect === undefined || name === '') return
  const flags = dictFlags(dict)
  const field = fields.get(name) ?? { name, type, flags, dict: named(dict), widgets: [] }
  fields.set(name, field)
  const onState = type === 'button' ? onStateOf(dict) : undefined
  const annotation = numberIn(dict, 'F') ?? 0
  // Hidden, or not shown on screens.
  const isHidden = (annotation & 2) !== 0 || (annotation & 32) !== 0
  field.widgets.push({ dict, page, rect, isHidden, ...(onState === undefined ? {} : { onState }) })
}

/** Nothing of it is to be seen on a screen. */
export function isUnseen ({ isHidden, rect: [x1, y1, x2, y2] }: Widget): boolean {
  return isHidden || x2 - x1 < 1 || y2 - y1 < 1
}

/** The dictionary and those above it, to the root of the form. */
export function lineage (dict: PDFDict): PDFDict[] {
  const line: PDFDict[] = []
  for (let at: PDFDict | undefined = dict; at !== undefined && line.length < depthMax; at = dictIn(at, 'Parent')) {
    if (line.includes(at)) break
    line.push(at)
  }
  return line
}

export function inherited (dict: PDFDict, key: string): PDFObject | undefined {
  for (const one of lineage(dict)) {
    const value = entry(one, key)
    if (value !== undefined) return value
  }
  return undefined
}

function dictFlags (dict: PDFDict): number {
  const holder = lineage(dict).find((one) => numberIn(one, 'Ff') !== undefined)
  const flags = holder === undefined ? 0 : numberIn(holder, 'Ff')
  return Number.isInteger(flags) ? flags as number : 0
}

function nameOf (dict: PDFDict): string {
  return lineage(dict).map((one) => textOf(entry(one, 'T'))).filter((part) => part !== undefined).reverse().join('.')
}

/** The nearest with a name of its own. */
function named (dict: PDFDict): PDFDict {
  return lineage(dict).find((one) => textOf(entry(one, 'T')) !== undefined) ?? dict
}

function rectOf (dict: PDFDict): Widget['rect'] | undefined {
  const numbers = listIn(dict, 'Rect').map((one) => Number(String(one)))
  const [x1 = NaN, y1 = NaN, x2 = NaN, y2 = NaN] = numbers
  if (![x1, y1, x2, y2].every((one) => Number.isFinite(one) && Math.abs(one) < 100_000)) return undefined
  return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)]
}

function onStateOf (dict: PDFDict): string | undefined {
  const normal = dictIn(dictIn(dict, 'AP') ?? dict, 'N')
  const states = normal?.keys().map((name) => textOf(name) ?? '').filter((state) => state !== 'Off')
  return states?.[0]
}

/** A text for people: levels that only programs made, `[0]`, are not shown. */
export function nameForPeople (name: string): string {
  const levels = name.split('.')
  const own = /\[\d+\]$/.test(name) ? levels.at(-1) ?? name : name
  return readableName(own.replace(/\[\d+\]/g, '')).replace(/[_\s]+/g, ' ').trim()
}

export interface Option {
  value: string
  label: string
}

/** Of a list, or of buttons that write other values than their states. */
export function optionsOf (field: Field): Option[] {
  const holder = [field.dict, ...lineage(field.dict)].find((one) => entry(one, 'Opt') !== undefined)
  if (holder === undefined) return []
  return listIn(holder, 'Opt').flatMap((one) => {
    const [value, label] = one instanceof PDFArray ? elements(one).map(textOf) : [textOf(one), undefined]
    return value === undefined ? [] : [{ value, label: label ?? value }]
  })
}

/** Forms of XFA: `static` has a shadow of ordinary fields, `dynamic` has nothing that others can read. */
export function hasXfa (document: PDFDocument): boolean {
  const form = dictIn(document.catalog, 'AcroForm')
  return form !== undefined && entry(form, 'XFA') !== undefined
}

/** Every dictionary in the file, also inside others, each once. */
export function* dictsOf (document: PDFDocument): Generator<PDFDict> {
  for (const [, object] of document.context.enumerateIndirectObjects()) yield* dictsIn(object, 0)
}

function* dictsIn (object: PDFObject, depth: number): Generator<PDFDict> {
  if (depth > depthMax * 2 || object instanceof PDFRef) return
  const dict = dictOf(object)
  if (dict !== undefined) yield dict
  const inner = dict?.values() ?? (object instanceof PDFArray ? object.asArray() : [])
  for (const one of inner) yield* dictsIn(one, depth + 1)
}
