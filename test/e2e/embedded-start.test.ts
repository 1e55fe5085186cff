// What `npm start` runs: how it refuses, stops in each phase, and shares its folder. Every refusal is one sentence.
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { choosePorts, startStack } from '@dueline/embedded'
import { acquireServer } from '@dueline/embedded-postgres'
import { eventually, silentLogger, startTestPostgres } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { postgresOf, startEmbedded, type EmbeddedProgram } from '../harness/embedded-program.ts'
import { stackFolder } from '../harness/stack-folder.ts'
import { takenPort } from '../harness/taken-port.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

async function refuses (t: Test, program: EmbeddedProgram, code: number, said: RegExp): Promise<void> {
  const end = await program.ends()
  t.equal(end.code, code, `exit code ${code}`)
  t.match(end.said, said)
  t.match(end.said, /^dueline: [^\n]+\n$/, 'one sentence')
  t.equal(program.stdout(), '', 'and nothing else')
}

function isGone (pid: number | undefined): boolean {
  try {
    return pid === undefined || !process.kill(pid, 0)
  } catch {
    return true
  }
}

t.test('what cannot be done is refused in one sentence', async (t) => {
  const folder = await temporaryFolder(t)
  await refuses(t, startEmbedded(t, ['--prot', '1']), 78, /--prot is no option \(did you mean --port\?\)/)
  const unreachable = 'postgres://nobody@127.0.0.1:1/nothing'
  await refuses(
    t,
    startEmbedded(t, ['--port', '0', '--folder', folder, '--database-url', unreachable]),
    1,
    /no database answers at 127\.0\.0\.1:1 \(connect ECONNREFUSED 127\.0\.0\.1:1\): start it, or correct --database-url$/m
  )
  const file = join(folder, 'file')
  await writeFile(file, '')
  await refuses(
    t,
    startEmbedded(t, ['--port', '0', '--folder', file]),
    78,
    /file is no folder: choose another --folder/
  )
})

t.test('a database that refuses', async (t) => {
  const postgres = await startTestPostgres()
  t.teardown(() => postgres.stop())
  const url = new URL(postgres.url)
  url.pathname = '/missing'
  const program = startEmbedded(t, ['--port', '0', '--folder', await temporaryFolder(t), '--database-url', url.href])
  await refuses(
    t,
    program,
    78,
    /the database at \S+ refuses \(database "missing" does not exist\): correct --database-url/
  )
})

t.test('a port that is taken is named with its use, before anything has started', async (t) => {
  const port = await takenPort(t)
  const folder = join(await temporaryFolder(t), 'stack')
  await refuses(
    t,
    startEmbedded(t, ['--port', String(port - 3), '--folder', folder]),
    78,
    new RegExp(`${port} \\(mails by SMTP\\)`)
  )
  t.notOk(existsSync(folder), 'no folder is left behind')
})

t.test('a free port that another takes before it is used is given up for another one', async (t) => {
  const folder = await temporaryFolder(t)
  const [last = 0] = await choosePorts(0, 1)
  const starting = startStack({ folder, port: 0, logger: silentLogger })
  await eventually(() => existsSync(join(folder, 'postgres')))
  // Taken by somebody else by now, it does as well.
  const other = createServer().on('error', () => {}).listen(last + 1, '127.0.0.1')
  t.teardown(() => {
    other.close()
  })
  const stack = await starting
  t.teardown(() => stack.stop())
  t.not(new URL(stack.url).port, String(last + 1))
  t.ok((await fetch(`${stack.url}/health/ready`)).ok)
})

t.test('data of another release of Postgres are refused and stay', async (t) => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'postgres', 'data'), { recursive: true })
  await writeFile(join(folder, 'postgres', 'data', 'PG_VERSION'), '9\n')
  await refuses(
    t,
    startEmbedded(t, ['--port', '0', '--folder', folder]),
    78,
    /the data in .* are of PostgreSQL 9, and this release runs \d\d: choose another folder, forget the data with --reset, or/
  )
  t.ok(existsSync(join(folder, 'postgres', 'data', 'PG_VERSION')))
})

/** How far a start has come, as seen from outside. */
const phases: Record<string, (folder: string, program: EmbeddedProgram) => boolean> = {
  'the first moment': (folder) => existsSync(join(folder, 'dueline.log')),
  'making the data': (folder) => existsSync(join(folder, 'postgres', 'data.new', 'base')),
  'the start of the database': (folder) => existsSync(join(folder, 'postgres', 'password')),
  migrations: (folder) => postgresOf(folder) !== undefined,
  'the start of the services': (folder) => existsSync(join(folder, 'webhook-secret-key')),
  'the start of the demonstration': (_folder, program) => program.stdout().includes('Demonstration, in real time:'),
  'the demonstration': (_folder, program) => program.stdout().includes('clock.started')
}
for (const [index, [phase, reached]] of Object.entries(phases).entries()) {
  const signal = (['SIGTERM', 'SIGINT', 'SIGHUP'] as const)[index % 3]
  t.test(`${signal} in ${phase} ends all of it, and nothing is printed after that`, async (t) => {
    const folder = await temporaryFolder(t)
    const program = startEmbedded(t, ['--port', '0', '--folder', folder])
    await eventually(() => reached(folder, program), { deadlineMs: 60_000, everyMs: 5 })
    const postgres = postgresOf(folder)
    process.kill(program.pid, signal)
    const { code, said } = await program.ends()
    t.equal(code, 0, 'a clean stop')
    t.equal(said, '')
    t.match(program.stdout(), /(^|\n)stopped\n$/, 'the last word')
    t.notMatch(program.stdout(), /lacks/)
    await eventually(() => isGone(postgres))
    t.notOk(existsSync(join(folder, 'postgres', 'server.json')), 'no Postgres is left')
  })
}

t.test('a second signal ends it at once, and its Postgres too', async (t) => {
  const folder = await stackFolder(t)
  const program = startEmbedded(t, ['--port', '0', '--no-demo', '--folder', folder])
  await program.prints('Dueline is ready')
  const postgres = postgresOf(folder)
  // While it stands still, so does every stop that needs it.
  process.kill(postgres ?? 0, 'SIGSTOP')
  process.kill(program.pid, 'SIGINT')
  // The same signal again within half a second is an echo: a terminal sends it to all, and each passes it on.
  process.kill(program.pid, 'SIGINT')
  await pause(1_000)
  t.ok(program.running(), 'an echo is no second signal')
  process.kill(program.pid, 'SIGINT')
  t.equal((await program.ends()).code, 130, 'without the patience of a clean stop, which ends with 1')
  process.kill(postgres ?? 0, 'SIGCONT')
  await eventually(() => isGone(postgres))
})

t.test('a second start on the folder joins as a replica; a reset under both names them and does nothing', async (t) => {
  const folder = await stackFolder(t)
  const first = startEmbedded(t, ['--port', '0', '--no-demo', '--folder', folder])
  await first.prints('Dueline is ready')
  const second = startEmbedded(t, ['--port', '0', '--no-demo', '--folder', folder])
  await second.prints('Dueline is ready')
  t.match(second.stdout(), `Process ${first.pid} runs on this folder too: this one is a replica, and both answer.`)
  const reset = startEmbedded(t, ['--port', '0', '--no-demo', '--reset', '--folder', folder])
  await refuses(
    t,
    reset,
    1,
    new RegExp(`is used by process (${first.pid} and ${second.pid}|${second.pid} and ${first.pid}): stop that first`)
  )
  t.equal((await first.terminate()).ending, 0)
  t.notOk(isGone(postgresOf(folder)), 'Postgres stays for the other')
  t.equal((await second.terminate()).ending, 0)
  await rm(folder, { recursive: true, force: true })
  t.notOk(existsSync(folder))
})

t.test('a reset after a crash ends what was left running, and starts anew', async (t) => {
  const folder = await stackFolder(t)
  const killed = startEmbedded(t, ['--port', '0', '--no-demo', '--folder', folder])
  await killed.prints('Dueline is ready')
  const left = postgresOf(folder)
  await killed.kill()
  t.notOk(isGone(left), 'Postgres outlives a killed program')
  const next = startEmbedded(t, ['--port', '0', '--no-demo', '--reset', '--folder', folder])
  await next.prints('Dueline is ready')
  t.ok(isGone(left))
  t.not(postgresOf(folder), left)
  await next.terminate()
  await (await acquireServer(join(folder, 'postgres'), {})).release()
})
