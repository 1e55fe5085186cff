// What stands in front of every command: the right Node, packages, signals, and a sentence for what is wrong.
import { spawn } from 'node:child_process'
import { accessSync, chmodSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { eventually } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { causeOf } from '../../tools/runner/causes.mjs'
import { postgresOf } from '../harness/embedded-program.ts'
import { broughtTo, freshClone, runCommand, watch } from '../harness/run-command.ts'
import { stackFolder } from '../harness/stack-folder.ts'
import { temporaryFolder } from '../harness/temporary-folder.ts'

const root = process.getuid?.() === 0
const otherUserId = 65_534

/** Nothing that this machine has already: neither npm's cache nor its settings. */
async function alone (t: Test, env: NodeJS.ProcessEnv = {}): Promise<NodeJS.ProcessEnv> {
  const none = { HTTPS_PROXY: undefined, https_proxy: undefined, HTTP_PROXY: undefined, http_proxy: undefined }
  return { ...none, npm_config_cache: await temporaryFolder(t), npm_config_userconfig: '/dev/null', ...env }
}

function isGone (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

t.test('without a command, or with one that is not there, it lists them: exit code 64', async (t) => {
  const [none, unknown, help] = [runCommand(t, []), runCommand(t, ['strat']), runCommand(t, ['--help'])]
  t.same([await none.ended, await unknown.ended, await help.ended], [64, 64, 0])
  for (const each of [none, unknown, help]) t.match(each.said(), /npm start .*\n[^]*npm run drill/)
  t.match(unknown.said(), 'there is no command "strat"')
  const inherited = runCommand(t, ['toString'])
  t.equal(await inherited.ended, 64)
})

t.test('a command of several programs has a help, and refuses what it would not pass on', async (t) => {
  for (const name of ['lint', 'types', 'check-document']) {
    const [help, wrong] = [runCommand(t, [name, '--help']), runCommand(t, [name, 'services'])]
    t.same([await help.ended, await wrong.ended], [0, 64], name)
    t.match(help.said(), new RegExp(`^npm run ${name}\nIt is there to check [^\n]+\n$`))
    t.match(wrong.said(), '"services" is not known')
  }
})

t.test('every script of package.json is a command; where there is no exec, the file of this name is it', async (t) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  t.same(Object.entries(scripts), Object.keys(scripts).map((name) => [name, `exec node tools/run.mjs ${name}`]))
  const overview = runCommand(t, ['--help'])
  await overview.ended
  const listed = [...overview.said().matchAll(/^ {2}npm (?:run )?([\w-]+) /gm)].map(([, name]) => name)
  t.same(listed.sort(), Object.keys(scripts).sort())
  t.match(readFileSync('exec.cmd', 'utf8'), /^(?:@rem [^\n]*\n)+@%\*\n$/)
})

t.test('a Node that is too old gets a sentence', async (t) => {
  const old = runCommand(t, ['start'], { nodeVersion: '16.20.2' })
  t.equal(await old.ended, 1)
  t.equal(
    old.said(),
    'dueline: this is Node 16.20.2. Install Node 18 or newer (24 is best) and run the command again.\n'
  )
})

t.test('the options of npm start are listed on a fresh clone without installing anything', async (t) => {
  const cwd = await freshClone(t, ['infra/embedded'])
  const help = runCommand(t, ['start', '--help'], { cwd })
  t.equal(await help.ended, 0)
  t.match(help.said(), /^npm start -- \[options\]\n {2}--port N/)
  t.notOk(existsSync(join(cwd, 'node_modules')))
  const wrong = runCommand(t, ['start', '--port', 'abc', '--help'], { cwd })
  t.equal(await wrong.ended, 0, 'whatever else stands there')
})

t.test('without the registry there is one sentence with the cause, and nothing half made', async (t) => {
  const cwd = await freshClone(t)
  const env = await alone(t, { npm_config_registry: 'http://127.0.0.1:1' })
  const older = runCommand(t, ['build'], { cwd, env, nodeVersion: '20.19.0' })
  t.equal(await older.ended, 1)
  t.match(
    older.said(),
    /^dueline: bringing Node 24[^\n]*\ndueline: [^\n]*ECONNREFUSED: the npm registry cannot be reached\. [^\n]*\n$/
  )
  const same = runCommand(t, ['build'], { cwd, env })
  t.equal(await same.ended, 1)
  t.match(
    same.said(),
    /^dueline: bringing pnpm [^\n]*\ndueline: [^\n]*ECONNREFUSED: the npm registry cannot be reached\. [^\n]*\n$/
  )
  t.same(await broughtTo(cwd), [])
})

t.test('a proxy that is not there is named, without its password', async (t) => {
  const password = 'secret'
  const proxy = `http://somebody:${password}@127.0.0.1:1`
  const env = await alone(t, { HTTPS_PROXY: proxy, npm_config_registry: 'https://registry.invalid' })
  const command = runCommand(t, ['build'], { cwd: await freshClone(t), env })
  t.equal(await command.ended, 1)
  t.match(command.said(), 'ECONNREFUSED: the npm registry cannot be reached through the proxy 127.0.0.1:1.')
  t.notMatch(command.said(), password)
})

t.test('another file than the one that is pinned is refused', async (t) => {
  const cwd = await freshClone(t)
  const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8')) as { packageManager: string }
  const version = /@([^+]+)/.exec(packageManager)?.[1] ?? ''
  const registry = createServer((request, response) => {
    const tarball = `http://${String(request.headers.host)}/pnpm/-/pnpm-${version}.tgz`
    if (request.url?.endsWith('.tgz') === true) response.end('not what was pinned')
    else {response.end(
        JSON.stringify({ name: 'pnpm', versions: { [version]: { name: 'pnpm', version, dist: { tarball } } } })
      )}
  }).listen(0, '127.0.0.1')
  t.teardown(() => registry.close())
  await once(registry, 'listening')
  const env = await alone(t, { npm_config_registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}` })
  const command = runCommand(t, ['build'], { cwd, env })
  t.equal(await command.ended, 1)
  t.match(
    command.said(),
    'EINTEGRITY: the registry sent another file than the one that the lock names. Nothing of it was kept.'
  )
  t.same(await broughtTo(cwd), [])
})

t.test('a folder that cannot be written to is named', { skip: foreignNode() }, async (t) => {
  const cwd = await freshClone(t)
  chmodSync(cwd, 0o555)
  t.teardown(() => chmodSync(cwd, 0o755))
  const command = runCommand(t, ['build'], { cwd, env: await alone(t), ...(root ? { uid: otherUserId } : {}) })
  t.equal(await command.ended, 1)
  t.match(
    command.said(),
    `EACCES: this needs to write to ${cwd}/, and cannot. Make the folder writable, or copy it to one that is.`
  )
})

/** Root writes everywhere, so the test needs somebody else, who must be able to run this Node. */
function foreignNode (): string | false {
  const parents = process.execPath.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/') || '/')
  return root && parents.some((parent) => (statSync(parent).mode & 0o1) === 0) ? 'nobody else may run this Node' : false
}

t.test('what installers say becomes a sentence', async (t) => {
  const sentences: [string, RegExp][] = [
    ["Error: EROFS: read-only file system, mkdir '/x'", /^EROFS: this needs to write to \/clone/],
    ['ERR_PNPM_ENOSPC  ENOSPC: no space left on device', /^ENOSPC: the disk of \/clone is full/],
    ['npm error code EAI_AGAIN', /^EAI_AGAIN: the npm registry cannot be reached/],
    [
      'reason: unable to verify: UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      /^UNABLE_TO_GET_ISSUER_CERT_LOCALLY: the certificate/
    ],
    [' ERR_PNPM_FETCH_403  GET: Forbidden', /^ERR_PNPM_FETCH_403: the npm registry refuses/],
    [' ERR_PNPM_OUTDATED_LOCKFILE  Cannot install', /^ERR_PNPM_OUTDATED_LOCKFILE: pnpm-lock.yaml does not fit/],
    ['one\nsomething else\n', /^something else$/],
    ['', /^it did not say why\.$/]
  ]
  for (const [text, sentence] of sentences) t.match(causeOf(text, '/clone'), sentence)
})

for (const [signal, code] of [['SIGTERM', 143], ['SIGINT', 130], ['SIGHUP', 129]] as const) {
  t.test(`${signal} while packages are brought ends everything with ${code}`, async (t) => {
    const { cwd, env, installer } = await slowInstaller(t)
    const command = runCommand(t, ['start'], { cwd, env })
    const pid = await installer()
    command.child.kill(signal)
    t.equal(await command.ended, code)
    t.match(command.said(), /stopped\n$/, 'and nothing after it')
    t.ok(isGone(pid))
    t.same(await broughtTo(cwd), [], 'nothing is left')
  })
}

t.test('the end of npm ends what it has begun, though its shell passes nothing on', async (t) => {
  const { cwd, env, installer } = await slowInstaller(t)
  const script = `${process.execPath} tools/run.mjs start; true`
  const shell = spawn('sh', ['-c', script], { cwd, env: { ...process.env, ...env, npm_lifecycle_event: 'start' } })
  const { ended } = watch(t, shell)
  const pid = await installer()
  shell.kill('SIGKILL')
  await ended
  await eventually(() => isGone(pid))
  await eventually(async () => (await broughtTo(cwd)).length === 0)
})

/** A fresh clone whose npm never ends; `installer` waits for its process. */
async function slowInstaller (
  t: Test
): Promise<{ cwd: string, env: NodeJS.ProcessEnv, installer: () => Promise<number> }> {
  const cwd = await freshClone(t)
  const npm = join(await temporaryFolder(t), 'npm-cli.js')
  const pidFile = join(await temporaryFolder(t), 'pid')
  writeFileSync(
    npm,
    `require('fs').writeFileSync(${JSON.stringify(pidFile)}, process.pid + '\\n'); setInterval(() => {}, 1000)`
  )
  const installer = async (): Promise<number> =>
    await eventually(() => {
      const text = existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : ''
      return text.endsWith('\n') && Number(text)
    })
  return { cwd, env: { npm_execpath: npm }, installer }
}

t.test('SIGTERM to npm start stops the stack and its Postgres, SIGTERM to the runner exits with 143', async (t) => {
  accessSync('node_modules', constants.R_OK)
  const folder = await stackFolder(t)
  const args = ['start', '--', '--port', '0', '--no-demo', '--folder', folder]
  const npm = watch(t, spawn('npm', args))
  await npm.says("}'\n")
  const postgres = postgresOf(folder) ?? 0
  t.notOk(isGone(postgres))
  npm.child.kill('SIGTERM')
  t.equal(await npm.ended, 143, 'npm waits for it')
  t.ok(isGone(postgres))
  t.match(npm.said(), /stopped\n$/, 'the last word')

  const runner = runCommand(t, ['start', ...args.slice(2)])
  await runner.says("}'\n")
  const second = postgresOf(folder) ?? 0
  runner.child.kill('SIGTERM')
  t.equal(await runner.ended, 143)
  t.match(runner.said(), /stopped\n$/)
  t.ok(isGone(second), 'when it has ended, everything has')
})
