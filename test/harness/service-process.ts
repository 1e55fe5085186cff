import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { eventually } from '@dueline/testkit'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** How a process ended: its exit code, or the signal that killed it. */
export type Ending = number | NodeJS.Signals | null

/** A program of this repository, from source, in a process of its own. */
export interface ServiceProcess {
  readonly pid: number
  /** Everything it has written so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  readonly exited: Promise<Ending>
  readonly running: () => boolean
  /** SIGTERM. @returns how it ended and after how many milliseconds */
  terminate(): Promise<{ ending: Ending, ms: number }>
  /** SIGKILL: nothing is cleaned up. */
  kill(): Promise<void>
}

/** What Node needs to run a program of this repository from source: what this process was given for it. */
export const fromSource = process.execArgv.filter((flag) => /^--(conditions|import)=/.test(flag))
const { PATH = '', NODE_COMPILE_CACHE } = process.env
const inherited = { PATH, ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }) }

const children = new Set<ChildProcess>()
// Whoever runs them is going: nobody would ever stop them.
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** Runs `file` (from the repository's root) with exactly this environment beside the path. */
export function runProgram (
  file: string,
  { env, args = [] }: { env: Record<string, string>, args?: string[] }
): ServiceProcess {
  const child = spawn(process.execPath, [...fromSource, file, ...args], {
    cwd: root,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout = tailOf(output.stdout + chunk.toString())
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr = tailOf(output.stderr + chunk.toString())
  })
  const exited = once(child, 'close').then(([code, signal]) => (signal ?? code) as Ending)
  children.add(child)
  void exited.then(() => children.delete(child))
  return {
    pid: child.pid ?? 0,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    exited,
    running: () => child.exitCode === null && child.signalCode === null,
    terminate: async () => {
      const begunMs = performance.now()
      child.kill('SIGTERM')
      return { ending: await exited, ms: performance.now() - begunMs }
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    }
  }
}

/** Runs a job to its end. @throws Error with what it said when its exit code is not 0 */
export async function runJob (
  file: string,
  options: { env: Record<string, string>, args?: string[] }
): Promise<string> {
  const job = runProgram(file, options)
  const ending = await job.exited
  if (ending !== 0) throw new Error(`${file} ended with ${ending}: ${job.stderr()}${job.stdout()}`)
  return job.stdout()
}

/**
 * Waits until `url` answers that it is ready; a busy machine takes its time.
 * @throws Error with what the process said when it ends before that
 */
export async function untilReady (started: ServiceProcess, url: string, deadlineMs = 120_000): Promise<void> {
  const gone = started.exited.then((ending) => {
    throw new Error(`ended with ${ending} before it was ready: ${started.stderr()}${started.stdout().slice(-2_000)}`)
  })
  gone.catch(() => {})
  await Promise.race([
    gone,
    eventually(async () => (await fetch(`${url}/health/ready`)).ok, { deadlineMs, everyMs: 50 })
  ])
}

function tailOf (text: string): string {
  return text.slice(-200_000)
}
