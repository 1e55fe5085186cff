import { Worker } from 'node:worker_threads'
import type { TemplateRule } from '@dueline/contracts'
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

export interface ConverterOptions {
  /** Longest time for one task, in milliseconds. */
  readonly timeoutMs: number
  /** Most memory of one task besides the bytes of its file, in MB. */
  readonly memoryMb: number
  /** How many tasks run at once; the others wait. */
  readonly threads?: number
  /** The program of a thread. */
  readonly program?: URL
}

/** Source and build have it beside this file, in their own language. */
const ownProgram = new URL(`./convert-worker${import.meta.url.slice(-3)}`, import.meta.url)
/** An idle thread ends after so long, and what it has loaded goes with it. */
const idleMs = 10_000

/** A thread that waits for its next task. */
interface Idle {
  readonly worker: Worker
  readonly end: NodeJS.Timeout
}

/** Makes a converter. No thread is there before the first task. */
export function createConverter (options: ConverterOptions): Converter {
  const { threads = 2 } = options
  const waiting: (() => void)[] = []
  const idle: Idle[] = []
  let free = threads

  async function turn (): Promise<void> {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function endTurn (): void {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }

  function rest (worker: Worker): void {
    // it keeps no process alive
    worker.unref()
    const end = setTimeout(() => {
      idle.splice(idle.findIndex((one) => one.worker === worker), 1)
      void worker.terminate()
    }, idleMs).unref()
    idle.push({ worker, end })
  }

  function woken (): Worker {
    const next = idle.pop()
    if (next === undefined) return started(options)
    clearTimeout(next.end)
    next.worker.ref()
    return next.worker
  }

  return {
    async run<T extends Task> (task: T, signal?: AbortSignal) {
      await turn()
      try {
        signal?.throwIfAborted()
        const worker = woken()
        const end = (): void => void worker.terminate()
        signal?.addEventListener('abort', end)
        const { result, isWhole } = await resultOf(worker, task, options)
          .finally(() => signal?.removeEventListener('abort', end))
        if (isWhole) rest(worker)
        return result as ResultOf<T>
      } finally {
        endTurn()
      }
    }
  }
}

function started ({ memoryMb, program = ownProgram }: ConverterOptions): Worker {
  const worker = new Worker(program, {
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32 },
    // what a library prints is no line of the service's log
    stdout: true,
    stderr: true
  })
  // once its task is answered it may fail as it likes
  return worker.on('error', () => {})
}

/** What a thread answers: what has come of its task, or the text of what its reader threw. */
export type ThreadAnswer = { result: Converted | Written } | { error: string }

/** `isWhole`: the thread can take another task. */
async function resultOf (
  worker: Worker,
  task: Task,
  { timeoutMs, memoryMb }: ConverterOptions
): Promise<{ result: Converted | Written, isWhole: boolean }> {
  return await new Promise((resolve, reject) => {
    const end = (answer: () => void): void => {
      clearTimeout(timer)
      for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener)
      answer()
    }
    const refused = (code: string, message: string): void =>
      end(() => resolve({ result: { refused: { code, message, details: [] } }, isWhole: false }))
    const timer = setTimeout(() => {
      refused('too_slow', `the file takes more than ${timeoutMs / 1_000} seconds of work`)
      void worker.terminate()
    }, timeoutMs)
    const listeners = {
      message (answer: ThreadAnswer): void {
        if ('result' in answer) return end(() => resolve({ ...answer, isWhole: true }))
        void worker.terminate()
        end(() => reject(new Error(answer.error)))
      },
      error (error: NodeJS.ErrnoException): void {
        if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return end(() => reject(error))
        refused('too_large', `the file takes more than ${memoryMb} MB of memory`)
      },
      exit: (code: number): void => end(() => reject(new Error(`the thread has ended with ${code}`)))
    }
    for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener)
    worker.postMessage(task)
  })
}
