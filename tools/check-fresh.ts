// What a newcomer does: a fresh clone, `npm start`, the curl that it prints, Ctrl-C, `npm test`; in places and as
// users that are easily forgotten. One line per place; exit code 1 at the first thing that is wrong.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { eventually } from '@dueline/testkit'
import { exposed, filesBelow, filesOutside, processesIn } from './fresh/leftovers.ts'
import { closedPlace, removeOutsider, spacedPlace, outsidersPlace, type Place } from './fresh/places.ts'
import { npmIn, signalGroup, stopRunning, type Running } from './fresh/run.ts'

const usage = `npm run check-fresh -- [options]
  --whole       every test in each place, not only a few
  --caches DIR  kept for the other user's npm and pnpm (a temporary folder): what is in it need not be fetched again
`
/** One file without a database, one with. */
const someTests = ['infra/embedded/test/unit', 'packages/postgres/test/db/migrate']

const root = fileURLToPath(new URL('../', import.meta.url))
const { whole, caches } = options()
const base = realpathSync(mkdtempSync(join(tmpdir(), 'dueline-fresh-')))
chmodSync(base, 0o711)
let interrupted: NodeJS.Signals | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted ??= signal
    void stopRunning()
  })
}

let failed = false
try {
  if (git('status', '--porcelain') !== '') console.log('what is not committed is not checked')
  const place = { base, root, caches: caches ?? join(base, 'caches') }
  for (const make of [closedPlace, outsidersPlace, spacedPlace]) {
    if (interrupted !== undefined) break
    await check(make(place))
  }
} catch (error) {
  failed = interrupted === undefined
  if (failed) console.error(`${(error as Error).message}\nwhat is there: ${base}`)
} finally {
  await stopRunning()
  for (const left of processesIn(base)) signalEach(left)
  removeOutsider()
  if (!failed) rmSync(base, { recursive: true, force: true, maxRetries: 5 })
}
process.exit(interrupted !== undefined ? 128 + constants.signals[interrupted] : failed ? 1 : 0)

async function check (place: Place | string): Promise<void> {
  if (typeof place === 'string') {
    console.log(`skipped  another user: ${place}`)
    return
  }
  const begunMs = performance.now()
  try {
    const first = await useStack(place, [], async ({ child, closed }) => {
      const mails = eventually(() => filesBelow(join(place.folder, '.dueline', 'stack', 'mail')).length > 0)
      await Promise.race([mails, closed])
      child.kill('SIGTERM')
      return 143
    })
    const second = await useStack(place, ['--no-demo'], async ({ child }) => {
      signalGroup(child.pid, 'SIGINT')
      return 130
    })
    const tests = await runTests(place)
    nothing(exposed(place))
    nothing(filesOutside(place).map((file) => `${file} was left outside the clone`))
    const seconds = ((performance.now() - begunMs) / 1_000).toFixed(0)
    console.log(
      `ok  ${place.name}: first ticket after ${first} s, second start ${second} s, ${tests}; ${seconds} s in all`
    )
  } catch (error) {
    throw new Error(`FAIL  ${place.name}: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * Starts the stack, opens a ticket, and stops it by what `stop` does.
 * @returns seconds from the command to the ticket
 */
async function useStack (place: Place, more: string[], stop: (stack: Running) => Promise<number>): Promise<string> {
  const begunMs = performance.now()
  const stack = npmIn(place, ['start', '--', '--port', '0', ...more])
  await stack.says("}'\n")
  await openTicket(stack.said())
  const seconds = ((performance.now() - begunMs) / 1_000).toFixed(1)
  const wanted = await stop(stack)
  const ending = await stack.ended
  if (ending !== wanted) throw new Error(`npm start ended with ${ending} and not with ${wanted}:\n${stack.said()}`)
  await stack.closed
  if (!stack.said().endsWith('\nstopped\n')) throw new Error(`"stopped" is not its last word:\n${stack.said()}`)
  nothing(processesIn(base).map((left) => `a process was left: ${left}`))
  return seconds
}

/** By the printed curl; its clocks have to be there too. */
async function openTicket (printed: string): Promise<void> {
  const command = /curl -sS[^]*?}'\n/.exec(printed)?.[0].trimEnd() ?? ''
  const answer = execFileSync('bash', ['-c', `${command} -w '\\n%{http_code}'`], { encoding: 'utf8' }).split('\n')
  if (answer.pop() !== '201') throw new Error(`the printed curl was answered: ${answer.join('\n')}`)
  const { id, version } = JSON.parse(answer.join('\n')) as { id: string, version: number }
  const url = /https?:\/\/[^/]+/.exec(command)?.[0] ?? ''
  const authorization = /authorization: ([^'"]+)/i.exec(command)?.[1] ?? ''
  await eventually(async () => {
    const response = await fetch(`${url}/v1/clocks?ticketId=${id}&waitFor=${version}`, { headers: { authorization } })
    const { items = [] } = await response.json() as { items?: { dueAt: string }[] }
    return response.ok && items.length >= 2 && items.every(({ dueAt }) => !Number.isNaN(Date.parse(dueAt)))
  })
}

/** @returns its last line */
async function runTests (place: Place): Promise<string> {
  const tests = npmIn(place, ['test', ...(whole ? [] : ['--', ...someTests])])
  const ending = await tests.ended
  await tests.closed
  if (ending !== 0) throw new Error(`npm test ended with ${ending}:\n${tests.said()}`)
  nothing(processesIn(base).map((left) => `a process was left: ${left}`))
  return tests.said().trimEnd().split('\n').at(-1) ?? ''
}

function nothing (wrong: string[]): void {
  if (wrong.length > 0) throw new Error(wrong.slice(0, 20).join('\n'))
}

function signalEach (left: string): void {
  try {
    process.kill(Number.parseInt(left), 'SIGKILL')
  } catch {
    // It has ended.
  }
}

function git (...args: string[]): string {
  return execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim()
}

function options (): { whole: boolean, caches: string | undefined } {
  try {
    const { values } = parseArgs({
      options: {
        whole: { type: 'boolean', default: false },
        caches: { type: 'string' },
        help: { type: 'boolean', default: false }
      }
    })
    if (values.help) {
      process.stdout.write(usage)
      process.exit(0)
    }
    return { whole: values.whole, caches: values.caches === undefined ? undefined : resolve(values.caches) }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}`)
    process.exit(64)
  }
}
