// Work that would hold up the event loop, in worker threads with limits. Programs of threads load this file alone.
import { parentPort, Worker } from 'node:worker_threads'

export { inTurns } from './turns.ts'

/** Runs tasks in worker threads: what a task does there, it does to nobody else. */
export interface Threads<Task, Result> {
  /**
   * Task and result are copied as by `structuredClone`, which the event loop waits for: pack what is large into bytes.
   * @throws ThreadLimitError when the task takes more time or memory than it may
   * @throws ThreadsBusyError when too many wait already
   * @throws when the task fails, when its thread ends, and when `signal` is aborted, which ends the thread
   */
  run(task: Task, signal?: AbortSignal): Promise<Result>
}

export interface ThreadsOptions {
  /** The module of a thread, which calls `answerTasks`. */
  readonly program: URL
  /** Longest time for one task, in milliseconds. */
  readonly timeoutMs: number
  /** Most memory of one task on its heap, in MB; the bytes of files are beside it. */
  readonly memoryMb: number
  /** How many tasks run at once; the others wait. */
  readonly threads?: number
  /** How many wait at most. */
  readonly waitingMax?: number
}

/** A task was ended because it took more than it may. */
export class ThreadLimitError extends Error {
  readonly limit: 'time' | 'memory'
  constructor (limit: ThreadLimitError['limit'], message: string) {
    super(message)
    this.limit = limit
  }
}

/** So many tasks wait already that this one was not begun. */
export class ThreadsBusyError extends Error {}

/** The program beside a module, which source and build have each in its own language. */
export function programBeside (moduleUrl: string, name: string): URL {
  return new URL(`./${name}${moduleUrl.slice(-3)}`, moduleUrl)
}

/** An idle thread ends after so long, and what it has loaded goes with it. */
const idleMs = 10_000

/** A thread that waits for its next task. */
interface Idle {
  readonly worker: Worker
  readonly end: NodeJS.Timeout
}

type ThreadAnswer<Result> = { result: Result } | { error: string }

/** Makes threads for tasks. None is there before the first task. */
export function createThreads<Task, Result> (options: ThreadsOptions): Threads<Task, Result> {
  const { threads = 2, waitingMax = Infinity } = options
  const waiting: (() => void)[] = []
  const idle: Idle[] = []
  let free = threads

  async function turn (): Promise<void> {
    if (free > 0) free--
    else if (waiting.length >= waitingMax) throw new ThreadsBusyError(`${waitingMax} tasks wait already`)
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
    async run (task, signal) {
      await turn()
      try {
        signal?.throwIfAborted()
        const worker = woken()
        const end = (): void => void worker.terminate()
        signal?.addEventListener('abort', end)
        const result = await resultOf<Result>(worker, task, options)
          .finally(() => signal?.removeEventListener('abort', end))
        rest(worker)
        return result
      } finally {
        endTurn()
      }
    }
  }
}

function started ({ memoryMb, program }: ThreadsOptions): Worker {
  const worker = new Worker(program, {
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32 },
    // what a library prints is no line of the service's log
    stdout: true,
    stderr: true
  })
  // once its task is answered it may fail as it likes
  return worker.on('error', () => {})
}

/** The result of one task. Unless it is given, the thread takes no other task. */
async function resultOf<Result> (
  worker: Worker,
  task: unknown,
  { timeoutMs, memoryMb }: ThreadsOptions
): Promise<Result> {
  return await new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer)
      for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener)
    }
    const fail = (error: Error): void => {
      end()
      void worker.terminate()
      reject(error)
    }
    const timer = setTimeout(
      () => fail(new ThreadLimitError('time', `takes more than ${timeoutMs / 1_000} seconds`)),
      timeoutMs
    )
    const listeners = {
      message (answer: ThreadAnswer<Result>): void {
        if ('error' in answer) return fail(new Error(answer.error))
        end()
        resolve(answer.result)
      },
      error (error: NodeJS.ErrnoException): void {
        const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        fail(isMemory ? new ThreadLimitError('memory', `takes more than ${memoryMb} MB of memory`) : error)
      },
      exit: (code: number): void => fail(new Error(`the thread has ended with ${code}`))
    }
    for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener)
    worker.postMessage(task)
  })
}

/** In the program of a thread: answers each task with what `work` makes of it. What it throws fails the task. */
export function answerTasks<Task, Result> (work: (task: Task) => Promise<Result>): void {
  parentPort?.on('message', (task: Task) => {
    const answer = (answer: ThreadAnswer<Result>): void => parentPort?.postMessage(answer)
    work(task).then((result) => answer({ result }), (error: unknown) => answer({ error: String(error) }))
  })
}
