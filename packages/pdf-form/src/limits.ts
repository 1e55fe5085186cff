import { FileRefused } from '@dueline/questionnaire/import'

/** The most that a PDF may hold, and that one call may cost; all are refused beyond. */
export interface PdfLimits {
  bytes: number
  pages: number
  fields: number
  /** Of all streams together, unpacked: a small file may claim to hold gigabytes. */
  unpackedBytes: number
  /** Of one drawn page. */
  pixels: number
}

export const pdfLimits: PdfLimits = {
  bytes: 20_000_000,
  pages: 200,
  fields: 2_000,
  unpackedBytes: 200_000_000,
  pixels: 4_000_000
}

/** What a PDF has that is not read as it is meant. */
export interface PdfIssue {
  /**
   * `error`: something is missing in the result and a person must decide; `guess`: read in a way that a person should
   * confirm; `warning`: read, with less than the file says.
   */
  severity: 'error' | 'guess' | 'warning'
  code: string
  message: string
  /** The page, from 1. */
  page?: number
  /** The field by its name in the PDF. */
  field?: string
  /** The question by its name. */
  question?: string
}

export function refused (code: string, message: string, cause?: unknown): FileRefused {
  return Object.assign(new FileRefused(code, message), cause === undefined ? {} : { cause })
}

/** What a library throws for a file is a fault of the file; what is thrown is among the causes. */
export async function orRefused<T> (work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof FileRefused ? error : refused('broken', `cannot be read (${reasonOf(error)})`, error)
  }
}

/** In one short line. */
export function reasonOf (error: unknown): string {
  return String((error as Error | undefined)?.message ?? error).replace(/\s+/g, ' ').slice(0, 200)
}
