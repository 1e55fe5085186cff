import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { cpuSeconds, memoryMb } from './process-cost.ts'
import type { Result } from './scenario.ts'

/**
 * `npm start`, installed: from the command to "ready" on an existing data folder, and what the idle stack costs. Memory
 * is proportional set size, so that the pages which Postgres processes share count once. Linux only (reads /proc).
 */
export async function run ({ quick }: { quick: boolean }): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-bench-'))
  try {
    const first = await start(folder)
    await stop(first.child)
    const { child, readySeconds } = await start(folder)
    await pause(quick ? 3_000 : 15_000)
    const tree = processTree(child.pid ?? 0, folder)
    const before = cpuSeconds(tree)
    const seconds = quick ? 5 : 20
    await pause(seconds * 1_000)
    const figures = {
      first_start_seconds: first.readySeconds,
      ready_seconds: readySeconds,
      idle_cpu_percent: (cpuSeconds(tree) - before) / seconds * 100,
      memory_mb: tree.reduce((sum, pid) => sum + memoryMb(pid), 0),
      node_memory_mb: memoryMb(child.pid ?? 0)
    }
    await stop(child)
    return {
      figures,
      targets: { ready_seconds: { atMost: 5 }, idle_cpu_percent: { atMost: 3 }, memory_mb: { atMost: 220 } }
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function start (folder: string): Promise<{ child: ChildProcess, readySeconds: number }> {
  const begunMs = performance.now()
  // Benchmarks run with the options that Node gets for `npm start`.
  const program = [...process.execArgv, 'infra/embedded/src/main.ts', '--port', '0', '--no-demo', '--folder', folder]
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  // what it prints afterwards must still find a reader
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    if (text.includes('Dueline is ready')) break
  }
  child.stdout.resume()
  return { child, readySeconds: (performance.now() - begunMs) / 1_000 }
}

async function stop (child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** The stack's own process and its Postgres with all its backends. */
function processTree (pid: number, folder: string): number[] {
  const stats = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      return [{
        pid: Number(name),
        parent: parentOf(Number(name)),
        command: readFileSync(`/proc/${name}/cmdline`, 'utf8')
      }]
    } catch {
      return []
    }
  })
  const roots = [
    pid,
    ...stats.filter(({ command }) => command.includes(join(folder, 'postgres'))).map((each) => each.pid)
  ]
  const tree = new Set(roots)
  for (let size = 0; size !== tree.size;) {
    size = tree.size
    for (const each of stats) if (tree.has(each.parent)) tree.add(each.pid)
  }
  return [...tree]
}

function parentOf (pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[1])
}
