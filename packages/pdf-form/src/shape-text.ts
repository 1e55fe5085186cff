// Text as the signs of a font in the order in which they are drawn: Arabic letters joined, numbers and Latin words in
// it from left to right.
import { readFileSync } from 'node:fs'
import bidiFactory from 'bidi-js'
import * as harfbuzz from 'harfbuzzjs'

/** A sign at its place, in thousandths of the font's size. */
export interface Sign {
  glyph: number
  x: number
  y: number
  /** How far the next is from it. */
  advance: number
  /** The letters that it stands for. */
  text: string
}
export interface Line {
  text: string
  signs: Sign[]
  width: number
  isRightToLeft: boolean
  /** Letters that the font has not. */
  missing: string[]
}

// Its types say that the function is the module’s default; Node gives the function itself.
const bidi = (bidiFactory as unknown as typeof bidiFactory.default)()
let loaded: { font: harfbuzz.Font, bytes: Uint8Array, unit: number } | undefined

/** Latin and Arabic letters, under the SIL Open Font License. */
export function fontBytes (): Uint8Array {
  return fontOf().bytes
}

function fontOf () {
  if (loaded === undefined) {
    const bytes = readFileSync(
      new URL(import.meta.resolve('@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf'))
    )
    const face = new harfbuzz.Face(new harfbuzz.Blob(bytes))
    loaded = { font: new harfbuzz.Font(face), bytes, unit: 1000 / face.upem }
  }
  return loaded
}

/** One line. `text` has no line ends. */
export function shapeLine (text: string): Line {
  const { levels, paragraphs } = bidi.getEmbeddingLevels(text, 'auto')
  const line: Line = { text, signs: [], width: 0, isRightToLeft: (paragraphs[0]?.level ?? 0) % 2 === 1, missing: [] }
  for (const { start, end, level } of inOrderOfDrawing(runsOf(levels))) addRun(line, text.slice(start, end), level)
  return line
}

interface Run {
  start: number
  end: number
  level: number
}

function runsOf (levels: Uint8Array): Run[] {
  const runs: Run[] = []
  levels.forEach((level, index) => {
    const last = runs.at(-1)
    if (last?.level === level) last.end = index + 1
    else runs.push({ start: index, end: index + 1, level })
  })
  return runs
}

/** Rule L2 of the Unicode bidirectional algorithm. */
function inOrderOfDrawing (runs: Run[]): Run[] {
  const order = [...runs]
  for (let level = Math.max(0, ...runs.map((run) => run.level)); level > 0; level--) {
    for (let from = 0; from < order.length; from++) {
      let to = from
      while (to < order.length && (order[to]?.level ?? 0) >= level) to++
      if (to > from) order.splice(from, to - from, ...order.slice(from, to).reverse())
      from = Math.max(from, to)
    }
  }
  return order
}

function addRun (line: Line, text: string, level: number): void {
  const { font, unit } = fontOf()
  const buffer = new harfbuzz.Buffer()
  buffer.addText(text)
  buffer.guessSegmentProperties()
  buffer.setDirection(level % 2 === 1 ? harfbuzz.Direction.RTL : harfbuzz.Direction.LTR)
  harfbuzz.shape(font, buffer)
  const infos = buffer.getGlyphInfos()
  const positions = buffer.getGlyphPositions()
  const starts = [...new Set(infos.map(({ cluster }) => cluster)), text.length].sort((one, other) => one - other)
  const done = new Set<number>()
  infos.forEach(({ codepoint: glyph, cluster }, index) => {
    const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[index] ?? {}
    const letters = text.slice(cluster, starts.find((start) => start > cluster))
    if (glyph === 0) line.missing.push(letters)
    line.signs.push({
      glyph,
      x: line.width + xOffset * unit,
      y: yOffset * unit,
      advance: xAdvance * unit,
      text: done.has(cluster) ? '' : letters
    })
    done.add(cluster)
    line.width += xAdvance * unit
  })
}
