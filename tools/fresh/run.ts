import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { npmOf, type Place } from './places.ts'

/** An npm command that runs in a place, in a process group of its own, as a terminal would start it. */
export interface Running {
  child: ChildProcess
  /** All that it and whatever it started have written, on both streams. */
  said(): string
  /** Waits for `text`. @throws Error with what it said when it ends before that */
  says(text: string): Promise<void>
  /** How npm ended. */
  ended: Promise<number | NodeJS.Signals>
  /** Once nobody can write any more: whatever it started has ended too, or let go of the output. */
  closed: Promise<unknown>
}

const running = new Map<ChildProcess, Promise<unknown>>()

/** Ends all that runs, as Ctrl-C would. */
export async function stopRunning (): Promise<void> {
  for (const { pid } of running.keys()) signalGroup(pid, 'SIGINT')
  await Promise.all(running.values())
}

export function signalGroup (pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // It has ended.
  }
}

/** Runs `npm …` in the place's clone, as its user, under its umask. */
export function npmIn (place: Place, args: readonly string[]): Running {
  const { node, file } = npmOf()
  const child = spawn('/bin/sh', ['-c', 'umask "$1"; shift; exec "$@"', 'sh', place.umask, node, file, ...args], {
    cwd: place.folder,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...place.user
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      child.emit('heard')
    })
  }
  const closed = once(child, 'close').then(() => running.delete(child))
  running.set(child, closed)
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals)
  return {
    child,
    said: () => text,
    async says (wanted) {
      const gone = closed.then(() => {
        if (!text.includes(wanted)) throw new Error(`npm ${args.join(' ')} ended:\n${text}`)
      })
      while (!text.includes(wanted)) await Promise.race([once(child, 'heard'), gone])
    },
    ended,
    closed
  }
}
