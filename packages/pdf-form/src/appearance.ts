// What a widget looks like, as a stream of drawing operations: every viewer shows it as it is.
import { PDFArray, type PDFDict, PDFName } from '@cantoo/pdf-lib'
import { dictIn, elements, entry, numberIn, textOf } from './objects.ts'
import { type EmbeddedFont, hex, utf16 } from './embedded-font.ts'
import { type Line, shapeLine } from './shape-text.ts'
import { inherited, type Widget } from './structure.ts'

export interface Look {
  isMultiline: boolean
  /** Cells of one letter each. */
  cells?: number
}
export interface Drawn {
  /** It is cut off at the field's end, as small as it is written. */
  isCut: boolean
  missing: string[]
}

const sizeDefault = 12
const sizeLeast = 5
const padding = 2

/** The widget's normal appearance with a text. */
export function drawText (widget: Widget, text: string, look: Look, font: EmbeddedFont): Drawn {
  const frame = frameOf(widget)
  const { width, height } = frame
  const wanted = fontSizeOf(widget.dict)
  const most = wanted === 0 ? Math.max(sizeLeast, Math.min(sizeDefault, height * 0.62)) : wanted
  const inner = width - padding * 2
  const lines = text.split('\n')
  const laidOut = fitting(lines, inner, height - padding * 2, most, look.isMultiline)
  const { size } = laidOut
  const cell = look.cells === undefined || [...text].length > look.cells ? undefined : width / look.cells
  const drawn = cell === undefined ? laidOut.lines : []
  const lineHeight = size * 1.35
  const first = look.isMultiline ? height - padding - size * 1.05 : height / 2 - size * 0.33
  const content = drawn.map((line, index) => {
    const free = inner - line.width * size / 1000
    const x = padding + Math.max(0, free) * alignment(widget.dict, line)
    return lineOperations(line, x, first - index * lineHeight, size)
  })
  if (cell !== undefined) content.push(...cellOperations(text, cell, first, size))
  for (const line of drawn) font.use(line.signs)
  if (cell !== undefined) { for (const letter of text) font.use(shapeLine(letter).signs) }
  frame.write(
    `/Tx BMC q 1 1 ${width - 2} ${height - 2} re W n BT ${colourOf(widget.dict)} ${content.join(' ')} ET Q EMC`,
    font
  )
  const isTooWide = drawn.some((line) => line.width * size / 1000 > inner + 1)
  const isTooTall = drawn.length * lineHeight > height + lineHeight * 0.5 && look.isMultiline
  return { isCut: isTooWide || isTooTall, missing: [...new Set(laidOut.lines.flatMap(({ missing }) => missing))] }
}

/** A list with its chosen lines marked. */
export function drawList (widget: Widget, labels: string[], chosen: Set<number>, font: EmbeddedFont): Drawn {
  const frame = frameOf(widget)
  const { width, height } = frame
  const size = fontSizeOf(widget.dict) || Math.min(sizeDefault, height * 0.62)
  const lineHeight = size * 1.35
  const shown = Math.max(1, Math.floor((height - 2) / lineHeight))
  const from = Math.max(0, Math.min(Math.min(...chosen), labels.length - shown))
  const start = Number.isFinite(from) ? from : 0
  const missing: string[] = []
  const content = labels.slice(start, start + shown).map((label, index) => {
    const line = shapeLine(label)
    font.use(line.signs)
    missing.push(...line.missing)
    const top = height - 1 - index * lineHeight
    const mark = chosen.has(start + index)
      ? `0.6 0.75 0.86 rg 1 ${top - lineHeight} ${width - 2} ${lineHeight} re f `
      : ''
    const free = Math.max(0, width - padding * 2 - line.width * size / 1000)
    const x = padding + free * alignment(widget.dict, line)
    return `${mark}BT ${colourOf(widget.dict)} ${lineOperations(line, x, top - size * 1.05, size)} ET`
  })
  frame.write(`/Tx BMC q 1 1 ${width - 2} ${height - 2} re W n ${content.join(' ')} Q EMC`, font)
  return { isCut: false, missing }
}

function fitting (texts: string[], width: number, height: number, most: number, isMultiline: boolean) {
  for (let size = most;; size -= 0.5) {
    const lines = isMultiline
      ? texts.flatMap((text) => wrapped(text, width * 1000 / size))
      : [shapeLine(texts.join(' '))]
    const fits = isMultiline
      ? lines.length * size * 1.35 <= height + size * 0.4
      : lines.every((line) => line.width * size / 1000 <= width)
    if (fits || size - 0.5 < sizeLeast) return { lines, size }
  }
}

/** In lines of at most this width, broken between words; a word that is wider stands alone. */
function wrapped (text: string, width: number): Line[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    const longer = `${last} ${word}`
    if (last !== undefined && shapeLine(longer).width <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines.map(shapeLine)
}

/** 0 is left, 1 is right: as the field says, else as the text is read. */
function alignment (dict: PDFDict, line: Line): number {
  const quadding = Number(String(inherited(dict, 'Q')))
  return quadding === 1 ? 0.5 : quadding === 2 || line.isRightToLeft ? 1 : 0
}

function lineOperations (line: Line, x: number, y: number, size: number): string {
  const places = line.signs.map((sign) =>
    `1 0 0 1 ${short(x + sign.x * size / 1000)} ${short(y + sign.y * size / 1000)} Tm <${hex(sign.glyph)}> Tj`
  )
  return `/F ${short(size)} Tf /Span << /ActualText <FEFF${utf16(line.text)}> >> BDC ${places.join(' ')} EMC`
}

function cellOperations (text: string, cell: number, y: number, size: number): string[] {
  return [...text].map((letter, index) => {
    const line = shapeLine(letter)
    return lineOperations(line, cell * (index + 0.5) - line.width * size / 2000, y, size)
  })
}

/** The size in the field's default appearance; 0 stands for one that fits. */
function fontSizeOf (dict: PDFDict): number {
  const size = Number(/([\d.]+)\s+Tf/.exec(textOf(inherited(dict, 'DA')) ?? '')?.[1] ?? 0)
  return size > 0 && size < 200 ? size : 0
}

function colourOf (dict: PDFDict): string {
  const number = '[\\d.]+'
  const colours = new RegExp(`(?:${number}\\s+){3}rg|${number}\\s+g\\b|(?:${number}\\s+){4}k\\b`)
  return colours.exec(textOf(inherited(dict, 'DA')) ?? '')?.[0] ?? '0 g'
}

/** The widget's own ground and border, in its own directions: a turned widget is drawn upright and then turned. */
function frameOf (widget: Widget) {
  const [x1, y1, x2, y2] = widget.rect
  const characteristics = dictIn(widget.dict, 'MK')
  const turned = characteristics === undefined ? 0 : ((numberIn(characteristics, 'R') ?? 0) % 360 + 360) % 360
  const [wide, tall] = [short(x2 - x1), short(y2 - y1)]
  const [width, height] = turned % 180 === 90 ? [tall, wide] : [wide, tall]
  const matrix = { 90: [0, 1, -1, 0, wide, 0], 180: [-1, 0, 0, -1, wide, tall], 270: [0, -1, 1, 0, 0, tall] }[turned]
  const style = dictIn(widget.dict, 'BS')
  const border = style === undefined ? 1 : numberIn(style, 'W') ?? 1
  const ground = colourIn(characteristics, 'BG', 'g', 'rg', 'k')
  const line = colourIn(characteristics, 'BC', 'G', 'RG', 'K')
  const drawnGround = ground === '' ? '' : `${ground} 0 0 ${width} ${height} re f `
  const edge = border / 2
  const drawnLine = line === '' || border === 0
    ? ''
    : `${line} ${border} w ${edge} ${edge} ${width - border} ${height - border} re S `
  return {
    width,
    height,
    write (content: string, font: EmbeddedFont): void {
      const { context } = widget.dict
      const stream = context.flateStream(`q ${drawnGround}${drawnLine}Q ${content}`, {
        Type: 'XObject',
        Subtype: 'Form',
        BBox: [0, 0, width, height],
        ...(matrix === undefined ? {} : { Matrix: matrix }),
        Resources: { Font: { F: font.reference } }
      })
      widget.dict.set(PDFName.of('AP'), context.obj({ N: context.register(stream) }))
    }
  }
}

function colourIn (dict: PDFDict | undefined, name: string, grey: string, red: string, cyan: string): string {
  const value = dict === undefined ? undefined : entry(dict, name)
  const parts = value instanceof PDFArray ? elements(value).map((one) => Number(String(one))) : []
  const operator = { 1: grey, 3: red, 4: cyan }[parts.length]
  return operator === undefined || parts.some(Number.isNaN) ? '' : `${parts.join(' ')} ${operator}`
}

function short (number: number): number {
  return Math.round(number * 100) / 100
}
