import { baseErrors, problem } from '@dueline/http'
import type { Logger } from '@dueline/runtime'
import {
  createThreads,
  programBeside,
  ThreadLimitError,
  ThreadsBusyError,
  type ThreadsOptions
} from '@dueline/runtime/threads'
import type { Pages } from './pages.ts'
import type { FileFormat } from './sheet-file.ts'
import type { Findings, TableAnswer, TableFile, TableTask } from './table-tasks.ts'

/**
 * Reads and writes files and looks through tables in worker threads, so that the service answers others meanwhile.
 * Each ends with Problem 503 where its thread ends, and where too many wait.
 */
export interface TableThreads {
  /** `columns` are the names of columns. @throws Problem 400 for what is no such file, or takes too much to read */
  read(format: FileFormat, bytes: Uint8Array, columns: readonly string[]): Promise<TableFile>
  /** The first of `rows` holds the names of columns. @throws Problem 503 also for what takes too much */
  workbook(name: string, rows: Pages): Promise<Buffer>
  /** Instants in microseconds. @throws Problem 503 also for what takes too much */
  findings(table: Omit<Extract<TableTask, { kind: 'findings' }>, 'kind'>): Promise<Findings>
}

export type TableThreadsOptions =
  & Pick<ThreadsOptions, 'timeoutMs' | 'memoryMb'>
  & Partial<ThreadsOptions>
  & { readonly logger: Logger }

/** Each of these holds a file meanwhile; whoever comes then is asked to come again. */
const waitingMax = 6

/** Makes them. No thread is there before the first task. */
export function createTableThreads ({ logger, ...options }: TableThreadsOptions): TableThreads {
  const program = programBeside(import.meta.url, 'table-worker')
  const threads = createThreads<TableTask, TableAnswer>({ program, waitingMax, ...options })

  async function answerOf (task: TableTask): Promise<TableAnswer> {
    try {
      return await threads.run(task)
    } catch (error) {
      if (error instanceof ThreadsBusyError) return later('too many files are read and written at the moment')
      if (!(error instanceof ThreadLimitError)) {
        logger.error({ err: error, task: task.kind }, 'a thread for tables has ended')
        return later('it failed on the way; nothing was stored')
      }
      if (task.kind === 'read') return { refused: `${error.message} to read` }
      const advice = task.kind === 'workbook' ? '; ask for CSV, or for fewer rows' : ''
      return later(`the table is too large: it ${error.message}${advice}`)
    }
  }

  return {
    async read (format, bytes, columns) {
      const answer = await answerOf({ kind: 'read', format, bytes, columns })
      return 'refused' in answer ? refuseFile(answer.refused) : (answer as { read: TableFile }).read
    },
    async workbook (name, rows) {
      const { workbook } = await answerOf({ kind: 'workbook', name, rows }) as { workbook: Uint8Array }
      return Buffer.from(workbook.buffer, workbook.byteOffset, workbook.byteLength)
    },
    async findings (table) {
      return (await answerOf({ kind: 'findings', ...table }) as { looked: Findings }).looked
    }
  }
}

function refuseFile (message: string): never {
  return problem(baseErrors.validation_failed, { detail: `the file ${message}`, faults: [{ pointer: '', message }] })
}

function later (detail: string): never {
  return problem(baseErrors.unavailable, { detail, headers: { 'retry-after': '5' } })
}
