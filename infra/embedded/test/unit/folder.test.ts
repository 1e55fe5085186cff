import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { logFile, makeFolder } from '../../src/folder.ts'
import { startFaultOf } from '../../src/known-faults.ts'
import { openLog } from '../../src/log-file.ts'
import { resetFolder } from '../../src/reset.ts'

async function temporaryFolder (t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-test-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}

async function modeOf (path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}

t.test('a folder is made with those above it, for its owner; one that is there stays as it is', async (t) => {
  const top = await temporaryFolder(t)
  const folder = join(top, 'a b', 'ü', 'stack')
  await makeFolder(folder)
  t.equal(await modeOf(folder), 0o700)
  await chmod(folder, 0o755)
  await makeFolder(folder)
  t.equal(await modeOf(folder), 0o755)
  const file = join(top, 'file')
  await writeFile(file, '')
  for (const path of [file, join(file, 'below')]) {
    const fault = startFaultOf(await makeFolder(path).catch((error: unknown) => error))
    t.match(fault, { exitCode: 78, message: `${path} is no folder: choose another --folder` })
  }
})

t.test('a reset forgets what a stack keeps, and nothing else that lies in the folder', async (t) => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'mail'))
  await writeFile(join(folder, 'mail', 'one.eml'), '')
  for (
    const name of ['issuer-key.json', 'role-password', 'webhook-secret-key', 'kafka-prefix', logFile, 'thesis.txt']
  ) await writeFile(join(folder, name), '')
  await resetFolder(folder)
  t.same(await readdir(folder), ['thesis.txt'])
  await rm(join(folder, 'thesis.txt'))
  await resetFolder(folder)
  t.notOk(await stat(folder).then(() => true, () => false), 'what is empty goes too')
  await resetFolder(folder)
})

t.test('the log is in the folder, for its owner, and goes on behind what is there until it is too long', async (t) => {
  const folder = join(await temporaryFolder(t), 'stack')
  for (const text of ['one', 'two']) (await openLog(folder, 'warn')).warn(text)
  const file = join(folder, logFile)
  t.equal(await modeOf(file), 0o600)
  const lines = (await readFile(file, 'utf8')).trim().split('\n').map((line) =>
    (JSON.parse(line) as { msg: string }).msg
  )
  t.same(lines, ['one', 'two'])
  await writeFile(file, Buffer.alloc(11 * 1024 * 1024))
  await openLog(folder, 'warn')
  t.equal((await stat(file)).size, 0)
  t.same((await readdir(folder)).sort(), [logFile, `${logFile}.old`])
})

t.test('faults of the file system name the path and the way out', async (t) => {
  const fault = (code: string, path: string) =>
    startFaultOf(Object.assign(new Error(code), { code, path, syscall: 'open' }))
  t.match(fault('EROFS', '/somewhere'), {
    exitCode: 78,
    message: /^\/somewhere cannot be written \(EROFS\): choose another --folder, or run this as the user/
  })
  t.match(fault('EACCES', '/somewhere'), { exitCode: 78, message: /^\/somewhere cannot be written \(EACCES\)/ })
  t.match(fault('ENOSPC', '/somewhere'), { exitCode: 1, message: /^there is no space left for \/somewhere: make some/ })
  t.equal(fault('EIO', '/somewhere'), undefined, 'what nobody expected is no sentence of ours')
})
