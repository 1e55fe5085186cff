import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '@dueline/testkit'
import { runProgram, type ServiceProcess } from './service-process.ts'

interface Test {
  teardown(fn: () => Promise<void>): unknown
}

/** What `npm start` runs, in a process of its own. */
export interface EmbeddedProgram extends ServiceProcess {
  /** Waits until it has printed `text`. @throws Error with what it said when it ends before that */
  prints(text: string): Promise<void>
  /** Waits for its end. @returns exit code and what it said on standard error */
  ends(): Promise<{ code: number | NodeJS.Signals | null, said: string }>
}

export function startEmbedded (t: Test, args: string[], env: Record<string, string> = {}): EmbeddedProgram {
  const program = runProgram('infra/embedded/src/main.ts', { env, args })
  t.teardown(async () => {
    if (program.running()) await program.terminate()
  })
  return {
    ...program,
    async prints (text) {
      await eventually(() => {
        if (program.stdout().includes(text)) return true
        if (!program.running()) throw new Error(`it ended: ${program.stdout()}${program.stderr()}`)
        return false
      }, { deadlineMs: 120_000, everyMs: 20 })
    },
    ends: async () => ({ code: await program.exited, said: program.stderr() })
  }
}

/** The process of the embedded Postgres of a stack's folder; undefined while there is none. */
export function postgresOf (folder: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(join(folder, 'postgres', 'server.json'), 'utf8')) as { pid: number }).pid
  } catch {
    return undefined
  }
}
