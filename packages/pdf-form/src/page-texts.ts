import { AnnotationMode, OPS, type PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'

/** In points from the page's left and top, as it is seen. */
export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}
/** Texts that stand together on one line. */
export interface Segment extends Box {
  text: string
}

const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}]/u

/** The texts of a page, parted where a gap or a field is between them. Text that is turned is left out. */
export async function segmentsOf (page: PDFPageProxy, fields: Box[]): Promise<Segment[]> {
  const { transform } = page.getViewport({ scale: 1 })
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = transform as number[]
  const { items } = await page.getTextContent({ disableNormalization: false })
  const words = items.some((item) => 'str' in item && rightToLeft.test(item.str)) ? await wordsOf(page) : undefined
  const pieces: Segment[] = []
  for (const item of items) {
    if (!('str' in item) || item.str.trim() === '') continue
    const [p = 1, q = 0, r = 0, s = 1, x = 0, y = 0] = item.transform as number[]
    const height = Math.hypot(a * r + c * s, b * r + d * s)
    const slope = b * p + d * q
    if (Math.abs(slope) > 0.1 * Math.abs(a * p + c * q) || height === 0) continue
    const left = a * x + c * y + e
    const base = b * x + d * y + f
    pieces.push({
      text: words === undefined ? item.str : item.str.replace(/\S+/g, (word) => words.get(word) ?? word),
      left,
      right: left + item.width,
      top: base - height * 0.8,
      bottom: base + height * 0.2
    })
  }
  return joined(pieces, fields)
}

/**
 * What words are meant where the library has turned a sign of two letters round with the word: of `لا`, one sign in
 * most fonts, it makes `ال`. By the word as the library gives it; words that it gives in two meanings are left out.
 */
async function wordsOf (page: PDFPageProxy): Promise<Map<string, string>> {
  const { fnArray, argsArray } = await page.getOperatorList({ annotationMode: AnnotationMode.DISABLE })
  const meant = new Map<string, string>()
  for (const [index, operation] of fnArray.entries()) {
    if (operation !== OPS.showText) continue
    const signs = (argsArray[index] as [({ unicode?: unknown } | number | null)[]])[0]
      .flatMap((sign) => typeof sign === 'object' && typeof sign?.unicode === 'string' ? [sign.unicode] : [])
    for (const word of wordsIn(signs)) {
      const given = [...word.join('')].reverse().join('')
      const right = word.toReversed().join('')
      meant.set(given, (meant.get(given) ?? right) === right ? right : given)
    }
  }
  return meant
}

function wordsIn (signs: string[]): string[][] {
  const words: string[][] = [[]]
  for (const sign of signs) {
    if (sign.trim() === '') words.push([])
    else words.at(-1)?.push(sign)
  }
  return words.filter((word) => rightToLeft.test(word.join('')))
}

function joined (pieces: Segment[], fields: Box[]): Segment[] {
  const lines: Segment[][] = []
  for (const piece of pieces.sort((one, other) => one.top - other.top)) {
    const height = piece.bottom - piece.top
    const line = lines.findLast((pieces) => Math.abs((pieces[0]?.bottom ?? 0) - piece.bottom) < height * 0.4)
    if (line === undefined) lines.push([piece])
    else line.push(piece)
  }
  return lines.flatMap((line) => {
    const segments: Segment[] = []
    for (const piece of line.sort((one, other) => one.left - other.left)) {
      const before = segments.at(-1)
      if (before === undefined || isParted(before, piece, fields)) segments.push({ ...piece })
      else {
        const isBack = rightToLeft.test(before.text + piece.text)
        const space = piece.left - before.right > (piece.bottom - piece.top) * 0.15 ? ' ' : ''
        before.text = isBack ? `${piece.text}${space}${before.text}` : `${before.text}${space}${piece.text}`
        before.right = Math.max(before.right, piece.right)
      }
    }
    return segments.map((segment) => ({ ...segment, text: labelText(segment.text) }))
  }).filter(({ text }) => /[\p{L}\p{N}]/u.test(text))
}

function isParted (before: Segment, after: Segment, fields: Box[]): boolean {
  const height = after.bottom - after.top
  if (after.left - before.right > height * 1.2) return true
  return fields.some(({ left, right, top, bottom }) =>
    left >= before.right - 2 && right <= after.left + 2 && top < after.bottom && bottom > after.top
  )
}

/** Without the dots and lines that lead to a field, and the colon before it. */
function labelText (text: string): string {
  return text.normalize('NFKC').replace(/\s+/g, ' ').replace(/[\s.…_:：]*[._…]{2,}[\s.…_:：]*/g, ' ')
    .replace(/\s*[:：]\s*$/, '').trim().slice(0, 500)
}
