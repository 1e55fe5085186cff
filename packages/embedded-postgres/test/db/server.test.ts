import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '@dueline/testkit'
import pg from 'pg'
import t, { type Test } from 'tap'
import { ServerFault } from '../../src/fault.ts'
import { markOf, runs } from '../../src/processes.ts'
import { acquireServer, removeServer, type EmbeddedServer } from '../../src/server.ts'
import { closedFolder } from './temporary-folder.ts'

const root = process.getuid?.() === 0
const settings = { fsync: 'off' }

async function acquire (t: Test, folder: string): Promise<EmbeddedServer> {
  const server = await acquireServer(folder, settings)
  t.teardown(async () => await server.release())
  return server
}

async function ask (url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<unknown[]>({ text: statement, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

function pidOf (folder: string): number {
  return (JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8')) as { pid: number }).pid
}

async function faultOf (work: Promise<unknown>): Promise<ServerFault> {
  const fault = await work.then(() => undefined, (error: unknown) => error)
  if (!(fault instanceof ServerFault)) throw new Error(`not a ServerFault: ${String(fault)}`)
  return fault
}

/** Replaces what the process takes from its environment, and puts it back. */
async function with077 (t: Test, work: () => Promise<void>): Promise<void> {
  const [umask, temporary] = [process.umask(0o077), process.env['TMPDIR']]
  process.env['TMPDIR'] = await closedFolder(t)
  try {
    await work()
  } finally {
    process.umask(umask)
    if (temporary === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = temporary
  }
}

t.test('as root too: below a closed folder, with blanks and other scripts, umask 077, a closed TMPDIR', async (t) => {
  if (!root) t.comment('not root: the server runs as this user')
  const folder = join(await closedFolder(t), 'Ünï çode عربي', 'postgres')
  await with077(t, async () => {
    const server = await acquire(t, folder)
    t.ok(server.fresh)
    t.same(await ask(server.socketUrl, 'select 1'), [1], 'over the socket')
    await ask(server.url, 'create table kept as select 7 as seven')
    t.pass('over TCP')
    t.same(readdirSync(process.env['TMPDIR'] ?? ''), [], 'no password is left in the temporary folder')
    await server.release()
    t.notOk(existsSync(join(folder, 'server.json')))
    const again = await acquire(t, folder)
    t.same(await ask(again.url, 'select seven from kept'), [7], 'the data stay')
    t.equal(again.url, server.url, 'and so do port and password')
  })
})

t.test('a folder that is closed itself, and one below a folder of mode 0750', async (t) => {
  const closed = await closedFolder(t)
  t.same(await ask((await acquire(t, closed)).url, 'select 1'), [1])
  const half = await closedFolder(t)
  await chmod(half, 0o750)
  t.same(await ask((await acquire(t, join(half, 'postgres'))).url, 'select 1'), [1])
})

t.test('nobody else on the machine gets in: a random password, kept where only its owner reads', async (t) => {
  const folder = await closedFolder(t)
  const server = await acquire(t, folder)
  const { password } = new URL(server.url)
  t.match(password, /^[0-9a-f]{48}$/)
  t.equal((await stat(folder)).mode & 0o777, 0o700)
  for (const name of ['password', 'server.json', 'server.log']) {
    t.equal((await stat(join(folder, name))).mode & 0o077, 0, `${name} is for its owner`)
  }
  const guess = new URL(server.url)
  guess.password = 'postgres'
  await t.rejects(ask(guess.href, 'select 1'), { code: '28P01' })
  guess.searchParams.set('host', join(folder, 'data'))
  await t.rejects(ask(guess.href, 'select 1'), { code: '28P01' }, 'nor over the socket')
  t.same(await ask(server.url, "select rolpassword like 'SCRAM-SHA-256$%' from pg_authid where rolname = 'postgres'"), [
    true
  ])
})

t.test('data of an older release, with the password that all had, get their own at the next start', async (t) => {
  const folder = await closedFolder(t)
  const before = await acquire(t, folder)
  await ask(before.url, "alter role postgres password 'postgres'")
  await before.release()
  await rm(join(folder, 'password'))
  await writeFile(join(folder, 'data', 'pg_hba.conf'), 'local all all password\nhost all all 127.0.0.1/32 trust\n')
  const after = await acquire(t, folder)
  t.same(await ask(after.url, 'select 1'), [1])
  const guess = new URL(after.url)
  guess.password = 'postgres'
  await t.rejects(ask(guess.href, 'select 1'), { code: '28P01' })
})

t.test('several start at once in one folder: one server, which the last to leave stops', async (t) => {
  const folder = await closedFolder(t)
  const [first, second] = await Promise.all([acquireServer(folder, settings), acquireServer(folder, settings)])
  t.same([first.fresh, second.fresh].sort(), [false, true])
  t.equal(first.url, second.url)
  const pid = pidOf(folder)
  await first.release()
  await second.release()
  t.notOk(runs(pid), 'it is gone')
})

t.test('data that are not ours to use are refused, and left as they are', async (t) => {
  const other = await closedFolder(t)
  await (await acquire(t, other)).release()
  await writeFile(join(other, 'data', 'PG_VERSION'), '9\n')
  const version = await faultOf(acquireServer(other, settings))
  t.match(
    version.message,
    /are of PostgreSQL 9, and this release runs \d\d: choose another folder, forget the data with --reset, or/
  )
  t.equal(version.kind, 'folder')

  const strange = await closedFolder(t)
  await mkdir(join(strange, 'data'))
  await writeFile(join(strange, 'data', 'thesis.txt'), 'precious')
  const files = await faultOf(acquireServer(strange, settings))
  t.match(files.message, /holds files that are not of Postgres: choose another folder, or remove them/)
  t.equal(await readFile(join(strange, 'data', 'thesis.txt'), 'utf8'), 'precious')
  t.same((await readdir(strange)).filter((name) => name.startsWith('lock')), [], 'no lock is left')
})

t.test(
  'data of another user are refused',
  root ? {} : { skip: 'only root can make a file that is not its own' },
  async (t) => {
    const folder = await closedFolder(t)
    await (await acquire(t, folder)).release()
    execFileSync('chown', ['12345', join(folder, 'data')])
    t.match(
      (await faultOf(acquireServer(folder, settings))).message,
      /belong to the user with the id 12345: run this as that user, or choose another folder/
    )
  }
)

t.test('a server that cannot start says why, in one sentence that names its log', async (t) => {
  const folder = await closedFolder(t)
  const fault = await faultOf(acquireServer(folder, { shared_buffers: 'much' }))
  t.match(
    fault.message,
    /^Postgres did not start: invalid value for parameter "shared_buffers": "much" \(all it said: .*server\.log\)$/
  )
  t.equal(fault.kind, 'server')
})

t.test('a start that is stopped leaves nothing that runs', async (t) => {
  const folder = await closedFolder(t)
  for (const afterMs of [0, 150, 600, 1_200]) {
    await acquireServer(folder, settings, { signal: AbortSignal.timeout(afterMs) }).then(
      async (server) => {
        await server.release()
      },
      (error: Error) => {
        t.equal(error.name, 'TimeoutError')
      }
    )
    t.same(processesIn(folder), [], `stopped after ${afterMs} ms`)
  }
  await (await acquire(t, folder)).release()
  t.pass('and the next start goes on from there')
})

t.test("a lock and users whose processes have died stand in nobody's way, nor do ids in use again", async (t) => {
  const folder = await closedFolder(t)
  await mkdir(join(folder, 'users'))
  await writeFile(join(folder, 'users', '999999999'), '')
  // this process, as it was before a restart of the machine
  await writeFile(join(folder, 'users', String(process.ppid)), '1')
  await writeFile(join(folder, 'lock'), `${process.ppid} 1`)
  const server = await acquire(t, folder)
  t.same(server.others, markOf(process.pid) === '' ? [process.ppid] : [])
})

t.test('a watched server that is killed runs again by itself, where it was, with all that was committed', async (t) => {
  const folder = await closedFolder(t)
  const server = await acquire(t, folder)
  await ask(server.url, 'create table kept (n int)')
  const reports: string[] = []
  server.watch({
    ended: () => reports.push('ended') > 0,
    restarted: () => {
      reports.push('restarted')
    },
    failed: (fault) => {
      reports.push(fault.message)
    }
  })
  for (let times = 1; times <= 2; times++) {
    await ask(server.url, `insert into kept values (${times})`)
    const killed = pidOf(folder)
    process.kill(killed, 'SIGKILL')
    const begunMs = performance.now()
    await eventually(async () =>
      (await ask(server.socketUrl, 'select count(*)::int from kept'))[0] === times && pidOf(folder) !== killed
    )
    t.comment(`away for ${((performance.now() - begunMs) / 1_000).toFixed(1)} s`)
  }
  await eventually(() => reports.length === 4)
  t.same(reports, ['ended', 'restarted', 'ended', 'restarted'])
  const last = pidOf(folder)
  await server.release()
  t.notOk(runs(last), 'the new one is stopped as the first would have been')
})

t.test('a watched server whose data are removed is lost, and does not run on', async (t) => {
  const folder = join(await closedFolder(t), 'postgres')
  const server = await acquire(t, folder)
  const pid = pidOf(folder)
  const lost = new Promise<ServerFault>((resolve) => {
    server.watch({ ended: () => true, restarted: () => {}, failed: resolve })
  })
  await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  t.match((await lost).message, /the data in .* are gone: start again/)
  await server.release()
  await eventually(() => !runs(pid))
})

t.test('a folder in use is not removed, and who uses it is named; what a killed process left is', async (t) => {
  const folder = await closedFolder(t)
  const server = await acquire(t, folder)
  t.match((await faultOf(removeServer(folder))).message, `is used by process ${process.pid}: stop that first`)
  t.same(await ask(server.url, 'select 1'), [1], 'it goes on')
  await rm(join(folder, 'users', String(process.pid)))
  const pid = pidOf(folder)
  await removeServer(folder)
  t.notOk(runs(pid), 'the server that nobody uses is stopped')
  t.notOk(existsSync(folder))
  await removeServer(folder)
  t.pass('and once more changes nothing')
})

/** Processes whose command line or working folder lies in `folder`. */
function processesIn (folder: string): string[] {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n').filter((line) =>
    line.includes(folder) && line.includes('postgres')
  )
}
