import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadIssuer } from '@dueline/demo'
import type { Role } from '@dueline/contracts'
import { systemClock, type CrashPoint } from '@dueline/runtime'

/** A stack that runs in another process. */
export interface StackProcess {
  readonly url: string
  readonly mailUrl: string
  readonly pid: number
  token(claims: { tenant: string, personId: string, roles: Role[] }): Promise<string>
  /** Resolves with the signal or exit code once the process is gone. */
  readonly exited: Promise<NodeJS.Signals | number | null>
  /** From here on it dies at this place; it must have been started with DUELINE_CRASH_POINTS=enabled. */
  dieAt(point: CrashPoint): void
  /** SIGKILL: nothing is cleaned up. */
  kill(): Promise<void>
  /** An orderly stop. */
  stop(): Promise<void>
}

export interface ForkOptions {
  folder: string
  adminUrl?: string
  /** Kafka as the bus. */
  kafkaBrokers?: readonly string[]
  /** Least severe log lines to print; `error` by default. */
  logLevel?: 'error' | 'fatal'
  /** Added to this process's environment. */
  env?: Record<string, string>
  /** Folder of another build of this repository, to run instead of this one. */
  build?: string | undefined
}

const here = fileURLToPath(new URL('../../', import.meta.url))

/** The Node that a person calls, which need not be the one that the runner has brought. */
export const calledNode = process.env['npm_node_execpath'] ?? process.execPath

/** Whether a build is run by this Node and from source, as this one is; an older one by what it was compiled to. */
function runsFromSource (build: string): boolean {
  return existsSync(join(build, 'tools/runner/toolchain.mjs'))
}

/** What every build gets when it is started for people. */
function concernsMemory (flag: string): boolean {
  return flag.startsWith('--max-semi-space-size')
}

/** Starts a stack in a child process; resolves when it answers. @throws Error when it exits before that */
export async function forkStack (
  { folder, adminUrl = '', kafkaBrokers = [], logLevel = 'error', env = {}, build = here }: ForkOptions
): Promise<StackProcess> {
  const child = fork(
    join(build, 'test/harness/stack-child.mjs'),
    [folder, adminUrl, logLevel, kafkaBrokers.join(',')],
    {
      cwd: build,
      ...(runsFromSource(build) ? {} : { execPath: calledNode, execArgv: process.execArgv.filter(concernsMemory) }),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc']
    }
  )
  const exited = once(child, 'exit').then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number | null)
  const ready = await Promise.race([
    once(child, 'message').then(([message]) => message as { url: string, mailUrl: string }),
    exited.then((how) => new Error(`the stack ended (${how}) before it was ready`))
  ])
  if (ready instanceof Error) throw ready
  const issuer = await loadIssuer(folder, systemClock)
  return {
    ...ready,
    pid: child.pid ?? 0,
    exited,
    token: (claims) => issuer.token(claims, 3_600),
    // When it is gone already, `exited` says so.
    dieAt: (point) => {
      child.send({ dieAt: point }, () => {})
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.send('stop')
      await exited
    }
  }
}
