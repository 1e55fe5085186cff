// Signals to npm alone and to its whole process group, in each phase that lies before or around the program: what it
// has started ends, nothing is left, "stopped" is the last word. The phases of the program itself are in
// embedded-start.test.ts.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { eventually } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { filesBelow, processesIn } from '../../tools/fresh/leftovers.ts'
import { postgresOf } from '../harness/embedded-program.ts'
import { broughtTo, freshClone, watch, type Command } from '../harness/run-command.ts'
import { stackFolder } from '../harness/stack-folder.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
type Signal = typeof signals[number]
type Target = 'npm alone' | 'its group'
const all: [Signal, Target][] = signals.flatMap((signal) =>
  [[signal, 'npm alone'], [signal, 'its group']] satisfies [Signal, Target][]
)

/** npm passes on SIGTERM and SIGINT and waits; SIGHUP ends npm at once, and what it has started notices. */
const endings: Record<Signal, number | Signal> = { SIGTERM: 143, SIGINT: 130, SIGHUP: 'SIGHUP' }

/** As a terminal starts it: a process group of its own. */
function npmStart (t: Test, cwd: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): Command {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))
  return watch(
    t,
    spawn('npm', ['start', '--', ...args], { cwd, detached: true, env: { ...Object.fromEntries(inherited), ...env } })
  )
}

/** @returns how npm ended, once nobody writes to its output any more */
async function send (npm: Command, signal: Signal, target: Target): Promise<number | NodeJS.Signals> {
  const pid = npm.child.pid ?? 0
  process.kill(target === 'its group' ? -pid : pid, signal)
  return await npm.ended
}

for (const [signal, target] of all) {
  t.test(`${signal} to ${target} while a tool is brought`, async (t) => {
    const cwd = await freshClone(t)
    let asked = false
    // It takes the request and says nothing.
    const registry = createServer(() => {
      asked = true
    }).listen(0, '127.0.0.1')
    await once(registry, 'listening')
    t.teardown(() => {
      registry.closeAllConnections()
      registry.close()
    })
    const npm = npmStart(t, cwd, [], {
      npm_config_registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}`,
      npm_config_cache: await temporaryFolder(t)
    })
    await eventually(() => asked).catch((error) => {
      throw new Error(npm.said(), { cause: error })
    })
    t.equal(await send(npm, signal, target), endings[signal])
    t.match(npm.said(), /stopped\n$/, 'the last word')
    t.same(processesIn(cwd), [], 'nothing runs')
    t.same(await broughtTo(cwd), [], 'nothing is left')
  })

  t.test(`${signal} to ${target} while packages are installed`, async (t) => {
    const cwd = await freshClone(t)
    const pidFile = await installerThatStarts(cwd)
    const npm = npmStart(t, cwd)
    await eventually(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'))
    t.equal(await send(npm, signal, target), endings[signal])
    t.match(npm.said(), /stopped\n$/, 'the last word')
    t.same(processesIn(cwd), [], 'neither the installer runs nor what it has started')
    t.same(filesBelow(join(cwd, 'node_modules')), [], 'and it will be done again')
  })
}

/**
 * A pnpm that has been brought already, works without end, and has others work for it, who take longer to end.
 * @returns where it says that it does
 */
async function installerThatStarts (clone: string): Promise<string> {
  const { packageManager } = JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8')) as { packageManager: string }
  const bin = join(
    clone,
    '.dueline',
    'tools',
    `pnpm-${/@([^+]+)/.exec(packageManager)?.[1]}`,
    'node_modules',
    'pnpm',
    'bin'
  )
  await mkdir(bin, { recursive: true })
  await mkdir(join(clone, 'node_modules'))
  const pidFile = join(clone, 'pid')
  const endless = 'setInterval(() => {}, 1_000)'
  // It outlives the one that has started it.
  const slow = `for (const signal of ${JSON.stringify(signals)}) {
    process.on(signal, () => setTimeout(() => process.exit(), 300))
  }
  `
  writeFileSync(
    join(bin, 'pnpm.cjs'),
    `
    const worker = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(slow + endless)}], {
      stdio: 'ignore'
    })
    worker.on('spawn', () => require('fs').writeFileSync(${JSON.stringify(pidFile)}, worker.pid + '\\n'))
    ${endless}`
  )
  return pidFile
}

const phases: Record<string, [string[], (folder: string, npm: Command) => boolean, Signal, Target][]> = {
  'data are made': [
    [['--no-demo'], (folder) => existsSync(join(folder, 'postgres', 'data.new', 'base')), 'SIGINT', 'its group'],
    [['--no-demo'], (folder) => existsSync(join(folder, 'postgres', 'data.new', 'base')), 'SIGTERM', 'npm alone']
  ],
  'tables are made': [[['--no-demo'], (folder) => postgresOf(folder) !== undefined, 'SIGHUP', 'npm alone']],
  'it runs': [
    [['--no-demo'], (_folder, npm) => npm.said().includes("}'\n"), 'SIGINT', 'its group'],
    [['--no-demo'], (_folder, npm) => npm.said().includes("}'\n"), 'SIGHUP', 'its group']
  ],
  'the demonstration runs': [[[], (_folder, npm) => npm.said().includes('clock.started'), 'SIGTERM', 'its group']]
}
for (const [phase, cases] of Object.entries(phases)) {
  for (const [args, reached, signal, target] of cases) {
    t.test(`${signal} to ${target} while ${phase}`, async (t) => {
      const folder = phase.endsWith('made') ? await temporaryFolder(t) : await stackFolder(t)
      const npm = npmStart(t, '.', ['--port', '0', '--folder', folder, ...args])
      await eventually(() => reached(folder, npm), { everyMs: 5 })
      t.equal(await send(npm, signal, target), endings[signal])
      t.match(npm.said(), /\nstopped\n$/, 'the last word')
      t.same(processesIn(folder), [], 'nothing runs')
      t.notOk(existsSync(join(folder, 'postgres', 'server.json')))
    })
  }
}
