import type { TemplateRule } from '@dueline/contracts'
import { createThreads, programBeside, ThreadLimitError, type ThreadsOptions } from '@dueline/runtime/threads'
import type { DefinitionFault, Issue, Source } from '../domain/template-version.ts'
import type { UploadFault } from '../domain/upload.ts'

/** A file to be read, or a questionnaire with its rules to be checked. */
export type ReadingTask =
  | { kind: 'file', contentType: string, bytes: Uint8Array }
  | { kind: 'check', questionnaire: Record<string, unknown>, rules: readonly TemplateRule[] }

/** A questionnaire without faults to be written as a file, a page of a PDF form to be drawn, or one to be filled in. */
export type WritingTask =
  | { kind: 'write', format: 'xlsx' | 'fhir' | 'html', questionnaire: Record<string, unknown>, language?: string }
  | { kind: 'draw', bytes: Uint8Array, page: number, widthPx: number }
  | { kind: 'fill', bytes: Uint8Array, questionnaire: Record<string, unknown>, answers: Record<string, unknown> }

export type Task = ReadingTask | WritingTask

export interface Refused {
  refused: UploadFault
}

/** What has come of reading. */
export type Converted =
  | Refused
  | {
    kind: Source['kind'],
    questionnaire: Record<string, unknown>,
    issues: Issue[],
    faults: readonly DefinitionFault[]
  }

/** What has come of writing. */
export type Written = Refused | {
  bytes: Uint8Array
}

type ResultOf<T extends Task> = T extends ReadingTask ? Converted : Written

/** Reads, checks and writes files in worker threads: what a file does there, it does to nobody else. */
export interface Converter {
  /**
   * Refused when it takes more time or memory than it may.
   * @throws when the reader of the file fails, and when `signal` is aborted, which ends the thread
   */
  run<T extends Task>(task: T, signal?: AbortSignal): Promise<ResultOf<T>>
}

export type ConverterOptions = Omit<ThreadsOptions, 'program'> & Partial<Pick<ThreadsOptions, 'program'>>

/** Makes a converter. No thread is there before the first task. */
export function createConverter (options: ConverterOptions): Converter {
  const program = programBeside(import.meta.url, 'convert-worker')
  const threads = createThreads<Task, Converted | Written>({ program, ...options })
  return {
    async run<T extends Task> (task: T, signal?: AbortSignal) {
      const result = await threads.run(task, signal).catch((error: unknown): Refused => {
        if (!(error instanceof ThreadLimitError)) throw error
        const code = error.limit === 'time' ? 'too_slow' : 'too_large'
        return { refused: { code, message: `the file ${error.message}`, details: [] } }
      })
      return result as ResultOf<T>
    }
  }
}
