import type { Questionnaire } from '../format.ts'

/** Where in a file: the sheet by its name, rows from 1, the column by its letters. */
export interface Cell {
  sheet: string
  row?: number
  column?: string
}

/** What a file has that could not be read as it is meant. */
export interface ImportIssue extends Cell {
  /**
   * `error`: something is missing in the result and a person must decide; `guess`: read in a way that a person should
   * confirm; `warning`: read, with less than the file says.
   */
  severity: 'error' | 'guess' | 'warning'
  code: string
  message: string
}

export interface Imported {
  /** What could be read; null when nothing could. With errors among the issues it is a draft. */
  questionnaire: Questionnaire | null
  issues: ImportIssue[]
}

/** A file that is not read at all: not what it says, too large, or dangerous. */
export class FileRefused extends Error {
  readonly code: string

  constructor (code: string, message: string) {
    super(message)
    this.name = 'FileRefused'
    this.code = code
  }
}

/** 0 is `A`, 26 is `AA`. */
export function columnName (index: number): string {
  const rest = Math.floor(index / 26) - 1
  return (rest >= 0 ? columnName(rest) : '') + String.fromCharCode(65 + index % 26)
}
