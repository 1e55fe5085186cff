import { execFileSync, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { temporaryFolder } from '../harness/temporary-folder.ts'

/** Of the form of a token and made here, so that none stands in this file. */
const token = `ghp_${Array.from({ length: 36 }, (_, at) => String.fromCharCode(97 + (at * 7) % 26)).join('')}`

interface Repository {
  folder: string
  commit: (message: string) => void
}

async function repository (t: Test): Promise<Repository> {
  const folder = await temporaryFolder(t)
  const person = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com']
  const git = (...args: string[]): unknown => execFileSync('git', [...person, ...args], { cwd: folder })
  git('init', '--quiet')
  await writeFile(join(folder, '.gitignore'), 'ignored.txt\n')
  const commit = (message: string): void => {
    git('add', '--all')
    git('commit', '--quiet', '--allow-empty', '--message', message)
  }
  commit('Begin')
  return { folder, commit }
}

function scan (folder: string): { status: number | null, said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('tools/secrets.ts')], {
    cwd: folder,
    encoding: 'utf8'
  })
  return { status, said: stdout + stderr }
}

t.test('nothing is found where there is nothing, and a file that git ignores is not read', async (t) => {
  const { folder } = await repository(t)
  await writeFile(join(folder, 'ignored.txt'), token)
  t.same(scan(folder), { status: 0, said: '1 files and 2 contents of the history: 0 secrets\n' })
})

t.test('a secret in a file that is not yet added is named by file and line, and not repeated', async (t) => {
  const { folder } = await repository(t)
  await writeFile(join(folder, 'settings.ts'), `// one\nconst token = '${token}'\n`)
  const { status, said } = scan(folder)
  t.equal(status, 1)
  t.match(said, /^secrets: settings\.ts:2: /m)
  t.notMatch(said, token)
})

t.test('a secret that a later commit removed is found in the history', async (t) => {
  const { folder, commit } = await repository(t)
  await writeFile(join(folder, 'settings.ts'), `const token = '${token}'\n`)
  commit('Add it')
  await rm(join(folder, 'settings.ts'))
  commit('Remove it')
  const { status, said } = scan(folder)
  t.equal(status, 1)
  t.match(said, /^secrets: blob [0-9a-f]{12} \(settings\.ts\):1: /m)
})

t.test('a secret in the message of a commit is found', async (t) => {
  const { folder, commit } = await repository(t)
  commit(`Use ${token}`)
  const { status, said } = scan(folder)
  t.equal(status, 1)
  t.match(said, /^secrets: commit [0-9a-f]{12}:/m)
})

t.test('private keys and passwords in addresses are secrets; made-up ones of old tests are none', async (t) => {
  const { folder } = await repository(t)
  const address = (password: string): string => `export const url = 'postgres://role:${password}@db.example:5432/x'\n`
  await writeFile(join(folder, 'old.ts'), address('hidden'))
  t.equal(scan(folder).status, 0)
  await writeFile(join(folder, 'new.ts'), address(token.slice(4, 20)))
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await writeFile(join(folder, 'key.txt'), privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const { status, said } = scan(folder)
  t.equal(status, 1)
  t.match(said, /^secrets: new\.ts:1: /m)
  t.match(said, /^secrets: key\.txt:1: /m)
})
