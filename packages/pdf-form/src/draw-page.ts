import type { Canvas } from '@napi-rs/canvas'
import { AnnotationMode } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { placed } from './field-boxes.ts'
import { pdfLimits, type PdfLimits, reasonOf, refused } from './limits.ts'
import { withPdf } from './open.ts'
import { fieldsOf, flag, isUnseen, loadObjects } from './structure.ts'

export interface DrawnPage {
  png: Uint8Array
  widthPx: number
  heightPx: number
  /** How many pages there are. */
  pages: number
}

const widthPxDefault = 900
/** As programs for people show where to write. */
const highlight = { fill: 'rgba(120, 160, 255, 0.22)', line: 'rgba(60, 100, 220, 0.8)' }

/**
 * One page, counted from 1, as a PNG with the values that its fields have; each field that can be filled in is
 * highlighted. Throws FileRefused as `readForm` does, and with the code `no_such_page`.
 */
export async function drawPage (
  bytes: Uint8Array,
  page: number,
  { limits = pdfLimits, widthPx = widthPxDefault }: { limits?: PdfLimits, widthPx?: number } = {}
): Promise<DrawnPage> {
  return await withPdf(bytes, limits, async (pdf) => {
    const pages = pdf.document.numPages
    if (!Number.isInteger(page) || page < 1 || page > pages) throw refused('no_such_page', `has ${pages} pages`)
    const proxy = await pdf.page(page)
    const { width, height } = proxy.getViewport({ scale: 1 })
    // A page may say that it is kilometres long.
    const scale = Math.min(widthPx / width, Math.sqrt(limits.pixels / (width * height)))
    const viewport = proxy.getViewport({ scale })
    const factory = pdf.document.canvasFactory as { create(width: number, height: number): Drawing }
    const drawing = factory.create(Math.max(1, Math.ceil(viewport.width)), Math.max(1, Math.ceil(viewport.height)))
    const { canvas, context } = drawing
    try {
      await proxy.render({ canvas: canvas as never, viewport, annotationMode: AnnotationMode.ENABLE })['promise']
    } catch (error) {
      throw refused('broken', `has a page that cannot be drawn: ${page} (${reasonOf(error)})`)
    }
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.fillStyle = highlight.fill
    context.strokeStyle = highlight.line
    for (const { box } of placed(await fillable(bytes, limits), page, proxy).filter((one) => !isUnseen(one))) {
      const place = [box.left, box.top, box.right - box.left, box.bottom - box.top] as const
      const [x, y, wide, tall] = place.map((points) => points * scale) as [number, number, number, number]
      context.fillRect(x, y, wide, tall)
      context.strokeRect(x, y, wide, tall)
    }
    return { png: await canvas.encode('png'), widthPx: canvas.width, heightPx: canvas.height, pages }
  })
}

interface Drawing {
  canvas: Canvas
  context: ReturnType<Canvas['getContext']>
}

async function fillable (bytes: Uint8Array, limits: PdfLimits) {
  const fields = fieldsOf(await loadObjects(bytes), limits)
  return fields.filter(({ type, flags }) => type !== 'button' || (flags & flag.pushButton) === 0)
}
