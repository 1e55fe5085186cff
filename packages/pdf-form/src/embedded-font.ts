import { type PDFContext, PDFHexString, type PDFRef } from '@cantoo/pdf-lib'
import { fontBytes, type Sign } from './shape-text.ts'

const name = 'NotoSansArabic-Regular'

/** The font of what is filled in, in the document once. Widths and letters are those of the signs that were used. */
export class EmbeddedFont {
  readonly reference: PDFRef
  readonly #context: PDFContext
  readonly #used = new Map<number, { advance: number, text: string }>()

  constructor (context: PDFContext) {
    this.#context = context
    this.reference = context.nextRef()
  }

  use (signs: Sign[]): void {
    for (const { glyph, advance, text } of signs) {
      const before = this.#used.get(glyph)
      if (before === undefined || before.text === '') this.#used.set(glyph, { advance, text })
    }
  }

  /** Writes the font into the document, if it was used. */
  write (): void {
    if (this.#used.size === 0) return
    const context = this.#context
    const bytes = fontBytes()
    const descriptor = context.obj({
      Type: 'FontDescriptor',
      FontName: name,
      Flags: 4,
      FontBBox: [-600, -700, 2100, 1200],
      ItalicAngle: 0,
      Ascent: 1000,
      Descent: -400,
      CapHeight: 714,
      StemV: 80,
      FontFile2: context.register(context.flateStream(bytes, { Length1: bytes.length }))
    })
    const glyphs = [...this.#used].sort(([one], [other]) => one - other)
    const descendant = context.obj({
      Type: 'Font',
      Subtype: 'CIDFontType2',
      BaseFont: name,
      CIDSystemInfo: {
        Registry: PDFHexString.fromText('Adobe'),
        Ordering: PDFHexString.fromText('Identity'),
        Supplement: 0
      },
      FontDescriptor: context.register(descriptor),
      DW: 600,
      W: glyphs.flatMap(([glyph, { advance }]) => [glyph, [Math.round(advance)]]),
      CIDToGIDMap: 'Identity'
    })
    context.assign(
      this.reference,
      context.obj({
        Type: 'Font',
        Subtype: 'Type0',
        BaseFont: name,
        Encoding: 'Identity-H',
        DescendantFonts: [context.register(descendant)],
        ToUnicode: context.register(context.flateStream(this.#toUnicode()))
      })
    )
  }

  #toUnicode (): string {
    const lines = [...this.#used].filter(([, { text }]) => text !== '')
      .map(([glyph, { text }]) => `<${hex(glyph)}> <${utf16(text)}>`)
    const blocks: string[] = []
    // A block has at most a hundred lines.
    for (let from = 0; from < lines.length; from += 100) {
      const block = lines.slice(from, from + 100)
      blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`)
    }
    return '/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n' +
      '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n' +
      `/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n${blocks.join('\n')}\n` +
      'endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend'
  }
}

export function hex (glyph: number): string {
  return glyph.toString(16).toUpperCase().padStart(4, '0')
}

export function utf16 (text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()
}
