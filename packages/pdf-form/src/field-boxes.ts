import type { PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import type { Box } from './page-texts.ts'
import type { Field, Widget } from './structure.ts'

/** A widget with its place on the page as it is seen: a turned page is turned. */
export interface PlacedWidget extends Widget {
  field: Field
  box: Box
}

export function placed (fields: Field[], number: number, page: PDFPageProxy): PlacedWidget[] {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = page.getViewport({ scale: 1 }).transform as number[]
  return fields.flatMap((field) =>
    field.widgets.filter((widget) => widget.page === number).map((widget) => {
      const [x1, y1, x2, y2] = widget.rect
      const across = [a * x1 + c * y1 + e, a * x2 + c * y2 + e] as const
      const down = [b * x1 + d * y1 + f, b * x2 + d * y2 + f] as const
      const box = {
        left: Math.min(...across),
        right: Math.max(...across),
        top: Math.min(...down),
        bottom: Math.max(...down)
      }
      return { ...widget, field, box }
    })
  )
}

/** In the order of reading: lines from the top, in a line from the left, or from the right. */
export function inReadingOrder<T extends { box: Box }> (all: T[], isRightToLeft: boolean): T[] {
  const lines: T[][] = []
  for (const one of [...all].sort((a, b) => a.box.top - b.box.top)) {
    const first = lines.at(-1)?.[0]?.box
    const middle = (one.box.top + one.box.bottom) / 2
    const isOnLine = first !== undefined &&
      (middle < first.bottom || one.box.top < first.top + Math.min(6, (first.bottom - first.top) / 2))
    if (isOnLine) lines.at(-1)?.push(one)
    else lines.push([one])
  }
  const start = ({ box }: T) => isRightToLeft ? -box.right : box.left
  return lines.flatMap((line) => line.sort((a, b) => start(a) - start(b)))
}

/** In the order of the first widget of each. */
export function byField (widgets: PlacedWidget[]): Map<Field, PlacedWidget[]> {
  const fields = new Map<Field, PlacedWidget[]>()
  for (const widget of widgets) {
    const own = fields.get(widget.field)
    if (own === undefined) fields.set(widget.field, [widget])
    else own.push(widget)
  }
  return fields
}
