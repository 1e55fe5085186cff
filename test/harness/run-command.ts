import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { temporaryFolder } from './temporary-folder.ts'

/** A command of `tools/run.mjs` that runs. */
export interface Command {
  child: ChildProcess
  /** Everything it has written so far, on both streams. */
  said(): string
  /** Waits until it has written `text`. @throws Error when it ends before that */
  says(text: string): Promise<void>
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>
}

/** What a fresh clone has of it that the runner looks at: no packages, nothing installed. */
export async function freshClone (t: Test, more: readonly string[] = []): Promise<string> {
  const folder = await temporaryFolder(t)
  for (const parent of ['packages', 'services', 'infra']) await mkdir(join(folder, parent))
  for (const part of ['tools', 'package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...more]) {
    await cp(part, join(folder, part), { recursive: true, filter: (source) => !/node_modules|dist$/.test(source) })
  }
  return folder
}

export interface CommandOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Pretends that this is the version of Node. */
  nodeVersion?: string
  uid?: number
}

/** Runs `node tools/run.mjs …` of the folder `cwd`, as a shell without npm would. */
export function runCommand (
  t: Test,
  args: readonly string[],
  { cwd = '.', env = {}, nodeVersion, uid }: CommandOptions = {}
): Command {
  const { npm_lifecycle_event: _event, npm_execpath: _npm, ...inherited } = process.env
  const pretend = nodeVersion === undefined
    ? []
    : ['--import', `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${nodeVersion}'})`]
  const identity = uid === undefined ? {} : { uid, gid: uid }
  return watch(
    t,
    spawn(process.execPath, [...pretend, 'tools/run.mjs', ...args], { cwd, env: { ...inherited, ...env }, ...identity })
  )
}

export function watch (t: Test, child: ChildProcess): Command {
  let text = ''
  const onOutput = (): void => {
    child.emit('output')
  }
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      onOutput()
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals)
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await ended
  })
  return {
    child,
    said: () => text,
    async says (wanted) {
      const gone = ended.then((how) => {
        if (!text.includes(wanted)) throw new Error(`it ended with ${how}: ${text}`)
      })
      while (!text.includes(wanted)) await Promise.race([once(child, 'output'), gone])
    },
    ended
  }
}

/** What was brought to `.dueline/tools`, finished or not. */
export async function broughtTo (folder: string): Promise<string[]> {
  return await readdir(join(folder, '.dueline', 'tools')).catch(() => [])
}
