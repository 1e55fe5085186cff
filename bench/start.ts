import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { quantile } from './measure.ts'
import { cpuSeconds, memoryMb } from './process-cost.ts'
import type { Options, Result } from './scenario.ts'

/** One start of one build. */
interface Started {
  child: ChildProcess
  readySeconds: number
  /** Of the stack and its Postgres, until it was ready. */
  readyCpuSeconds: number
}

/**
 * `npm start`, installed: from the command to "ready" on an existing data folder, and what the idle stack with its
 * Postgres costs. Memory is proportional set size, so that pages which several processes share count once. Beside
 * another build, by turns: medians. Linux only (reads /proc).
 */
export async function run ({ quick, beside }: Options): Promise<Result> {
  const builds = [{ name: '', root: '.' }, ...(beside === undefined ? [] : [{ name: 'beside_', root: beside }])]
  const folders = await Promise.all(builds.map(async () => await mkdtemp(join(tmpdir(), 'dueline-bench-'))))
  try {
    const places = builds.map((build, index) => ({ ...build, folder: folders[index] ?? '', starts: [] as Started[] }))
    const figures: Record<string, number> = {}
    for (const { name, root, folder } of places) {
      const first = await start(root, folder)
      figures[`${name}first_start_seconds`] = first.readySeconds
      await stop(first.child)
    }
    for (let round = 0; round < (quick ? 1 : 5); round++) {
      for (const { root, folder, starts } of places) {
        const started = await start(root, folder)
        starts.push(started)
        await stop(started.child)
      }
    }
    for (const { name, root, folder, starts } of places) {
      figures[`${name}ready_seconds`] = quantile(starts.map(({ readySeconds }) => readySeconds), 0.5)
      figures[`${name}ready_cpu_seconds`] = quantile(starts.map(({ readyCpuSeconds }) => readyCpuSeconds), 0.5)
      Object.assign(figures, await idle({ name, root, folder, seconds: quick ? 5 : 20 }))
    }
    const targets = { ready_seconds: { atMost: 3 }, idle_cpu_percent: { atMost: 2.5 }, memory_mb: { atMost: 220 } }
    return { figures, targets }
  } finally {
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
  }
}

/** What a stack costs to which nothing is asked. */
async function idle ({ name, root, folder, seconds }: {
  name: string,
  root: string,
  folder: string,
  seconds: number
}): Promise<Record<string, number>> {
  const { child } = await start(root, folder)
  await pause(seconds * 750)
  const stack = stackOf(child.pid ?? 0, folder)
  const before = cpuSeconds(stack)
  await pause(seconds * 1_000)
  const figures = {
    [`${name}idle_cpu_percent`]: (cpuSeconds(stack) - before) / seconds * 100,
    [`${name}memory_mb`]: stack.reduce((sum, pid) => sum + memoryMb(pid), 0),
    [`${name}command_memory_mb`]: memoryMb(child.pid ?? 0)
  }
  await stop(child)
  return figures
}

/** Starts the build in `root` as npm does, by the Node that a person calls. */
async function start (root: string, folder: string): Promise<Started> {
  const node = process.env['npm_node_execpath'] ?? process.execPath
  const env = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_)/.test(name))
  const begunMs = performance.now()
  const child = spawn(node, ['tools/run.mjs', 'start', '--port', '0', '--no-demo', '--folder', folder], {
    cwd: root,
    env: Object.fromEntries(env),
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true
  })
  let text = ''
  // what it prints afterwards must still find a reader
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    if (text.includes('Dueline is ready')) break
  }
  if (!text.includes('Dueline is ready')) throw new Error(`${root} did not start: ${text}`)
  const readySeconds = (performance.now() - begunMs) / 1_000
  child.stdout.resume()
  return { child, readySeconds, readyCpuSeconds: cpuSeconds(stackOf(child.pid ?? 0, folder)) }
}

/** The whole group: an older build's command passes no signal on. */
async function stop (child: ChildProcess): Promise<void> {
  process.kill(-(child.pid ?? 0), 'SIGTERM')
  await once(child, 'close')
}

/** What the command with this id has started, and the Postgres of the folder with all its backends. */
function stackOf (command: number, folder: string): number[] {
  const stats = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const commandLine = readFileSync(`/proc/${name}/cmdline`, 'utf8')
      return [{ pid: Number(name), parent: parentOf(Number(name)), commandLine }]
    } catch {
      return []
    }
  })
  const servers = stats.filter(({ commandLine }) => commandLine.includes(join(folder, 'postgres'))).map(({ pid }) =>
    pid
  )
  const tree = new Set([command, ...servers])
  for (let size = 0; size !== tree.size;) {
    size = tree.size
    for (const { pid, parent } of stats) if (tree.has(parent)) tree.add(pid)
  }
  tree.delete(command)
  return [...tree]
}

function parentOf (pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[1])
}
