import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { getDocument, type PDFDocumentProxy, type PDFPageProxy, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { orRefused, type PdfLimits, reasonOf, refused } from './limits.ts'
import { guardBytes } from './stream-guard.ts'

const library = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))
const folder = (name: string) => `${join(library, name)}/`

export interface OpenPdf {
  document: PDFDocumentProxy
  /** A page by its number, from 1. Throws FileRefused when it cannot be read. */
  page(number: number): Promise<PDFPageProxy>
}

/**
 * Opens a PDF within the limits, gives it to `use`, and lets go of it. Scripts are never run, and nothing is fetched.
 * Throws FileRefused, with a code and a text: too large, no PDF, broken, protected by a password.
 */
export async function withPdf<T> (bytes: Uint8Array, limits: PdfLimits, use: (pdf: OpenPdf) => Promise<T>): Promise<T> {
  guardBytes(bytes, limits)
  const task = getDocument({
    // A copy: the library takes the bytes away from their owner.
    data: new Uint8Array(bytes),
    verbosity: VerbosityLevel.ERRORS,
    enableXfa: false,
    useSystemFonts: false,
    useWorkerFetch: false,
    maxImageSize: limits.pixels * 10,
    canvasMaxAreaInBytes: limits.pixels * 40,
    standardFontDataUrl: folder('standard_fonts'),
    cMapUrl: folder('cmaps'),
    wasmUrl: folder('wasm'),
    iccUrl: folder('iccs')
  })
  try {
    const document = await task['promise'].catch((error: unknown) => {
      throw faultOf(error)
    })
    if (document.numPages > limits.pages) throw refused('too_many_pages', `has more than ${limits.pages} pages`)
    const page = (number: number) =>
      document.getPage(number).catch((error: unknown) => {
        throw refused('broken', `has a page that cannot be read: ${number} (${reasonOf(error)})`)
      })
    return await orRefused(async () => await use({ document, page }))
  } finally {
    await task.destroy()
  }
}

function faultOf (error: unknown): Error {
  const name = (error as Error).name
  if (name === 'PasswordException') return refused('encrypted', 'is protected by a password')
  return refused('broken', `is a PDF that cannot be read (${reasonOf(error)})`)
}
