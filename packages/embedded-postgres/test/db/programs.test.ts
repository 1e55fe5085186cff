// Postgres refuses to run as root, and the user it then runs as cannot read what lies below a folder of root's.
import { chmod, cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { spawnSync } from 'node:child_process'
import t, { type Test } from 'tap'
import { ServerFault } from '../../src/fault.ts'
import { installedFolder, serverPrograms } from '../../src/programs.ts'
import { serverUser } from '../../src/server-user.ts'
import { closedFolder } from './temporary-folder.ts'

const user = serverUser()
const onlyAsRoot = user === undefined ? { skip: 'only root has a server user of its own' } : {}

/** The installed programs once more, below a folder that only root may enter. */
async function closedInstallation (t: Test): Promise<string> {
  const installed = join(await closedFolder(t), 'package', 'native')
  await cp(await installedFolder(), installed, { recursive: true, verbatimSymlinks: true })
  await cp(join(dirname(await installedFolder()), 'package.json'), join(dirname(installed), 'package.json'))
  return installed
}

t.test('what can be read is used where it is', async (t) => {
  const { postgres, initdb, major } = await serverPrograms(undefined)
  t.match(postgres, await installedFolder())
  t.match(initdb, /bin.initdb/)
  t.match(major, /^\d\d$/)
})

t.test(
  'what is closed to the server user is copied once, for everybody to read, under any umask',
  onlyAsRoot,
  async (t) => {
    const installed = await closedInstallation(t)
    const places = { installed, copies: join(await openFolder(t), 'copies') }
    const before = process.umask(0o077)
    const made = await Promise.all([serverPrograms(user, places), serverPrograms(user, places)]).finally(() =>
      process.umask(before)
    )
    t.same(made[0], made[1], 'two that start at once get the same')
    t.match(made[0]?.postgres, places.copies)
    t.equal((await readdir(places.copies)).length, 1, 'nothing else is left behind')
    t.equal(
      spawnSync(made[0]?.initdb ?? '', ['--version'], { ...user, cwd: '/' }).status,
      0,
      'the server user can run it'
    )
    const { ino } = await stat(made[0]?.postgres ?? '')
    t.equal((await stat((await serverPrograms(user, places)).postgres)).ino, ino, 'the next start uses the copy')
  }
)

t.test('without any place for a copy it says who cannot read what, and what to do', onlyAsRoot, async (t) => {
  const installed = await closedInstallation(t)
  const file = join(await openFolder(t), 'file')
  await writeFile(file, '')
  const fault = await serverPrograms(user, { installed, copies: file }).then(() => undefined, (error: unknown) => error)
  t.ok(fault instanceof ServerFault)
  t.match(
    (fault as ServerFault).message,
    /user "postgres" can neither read .*native nor a copy in .*file .*: run this as another user$/
  )
  t.equal((fault as ServerFault).kind, 'folder')
})

async function openFolder (t: Test): Promise<string> {
  const folder = await closedFolder(t)
  await chmod(folder, 0o755)
  await mkdir(join(folder, 'empty'))
  return folder
}
