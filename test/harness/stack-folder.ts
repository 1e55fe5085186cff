import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readMigrations } from '@dueline/postgres'
import { silentLogger } from '@dueline/testkit'
import { prepareDatabase } from '../../infra/embedded/src/database.ts'
import { schemaPlans } from '../../infra/embedded/src/services.ts'
import { temporaryFolder } from './temporary-folder.ts'

const templates = fileURLToPath(new URL('../../.dueline/stack-templates', import.meta.url))
const templatesMax = 3

/**
 * A folder for one test in which a stack has its database already, as its first start makes it, and nothing else: a
 * copy (0.2 s) of one that is made once per set of migrations. Whoever tests the first start itself takes a
 * `temporaryFolder`.
 */
export async function stackFolder (t: Parameters<typeof temporaryFolder>[0]): Promise<string> {
  const folder = await temporaryFolder(t)
  // keeps the owner of the data, who is another user where this is root
  await promisify(execFile)('cp', ['-a', `${await template()}/.`, folder])
  return folder
}

async function template (): Promise<string> {
  const migrations = await Promise.all(
    schemaPlans.map(async ({ schema, sources }) => [schema, await readMigrations(sources)])
  )
  const name = createHash('sha256').update(JSON.stringify(migrations)).digest('hex').slice(0, 24)
  const finished = join(templates, name)
  if (existsSync(finished)) return finished
  await mkdir(templates, { recursive: true })
  const folder = await mkdtemp(join(templates, 'unfinished-'))
  const watcher = { ended: () => false, restarted: () => {}, failed: () => {} }
  const parts = { adminUrl: undefined, signal: undefined, logger: silentLogger, watcher }
  await (await prepareDatabase({ folder, plans: schemaPlans, ...parts })).stop()
  // every copy chooses its own
  await rm(join(folder, 'postgres', 'port'))
  // another test file may have been first
  await rename(folder, finished).catch(async () => await rm(folder, { recursive: true, force: true }))
  await removeOld()
  return finished
}

async function removeOld (): Promise<void> {
  const names = (await readdir(templates)).filter((name) => !name.startsWith('unfinished-'))
  const made = await Promise.all(names.map(async (name) => ({ name, ms: (await stat(join(templates, name))).mtimeMs })))
  for (const { name } of made.sort((a, b) => b.ms - a.ms).slice(templatesMax)) {
    await rm(join(templates, name), { recursive: true, force: true })
  }
}
