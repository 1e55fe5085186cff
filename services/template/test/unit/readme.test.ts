import { readdir, readFile } from 'node:fs/promises'
import { describeConfig } from '@dueline/runtime'
import t from 'tap'
import { ConfigSchema } from '../../src/config.ts'
import { templateEvents } from '@dueline/contracts'

const folder = new URL('../../', import.meta.url)
const readme = await readFile(new URL('README.md', folder), 'utf8')

t.test('the README says what is so', async (t) => {
  t.ok(readme.includes(describeConfig(ConfigSchema)), 'the configuration, as generated')
  for (const type of Object.keys(templateEvents)) {
    t.ok(readme.includes(`\`${type.replace(/^dueline\.|\.v1$/g, '')}\``), type)
  }
  const tables = new Set<string>()
  for (const file of (await readdir(new URL('migrations/', folder))).sort()) {
    const sql = await readFile(new URL(`migrations/${file}`, folder), 'utf8')
    for (const [, table] of sql.matchAll(/create table (\w+)/g)) tables.add(table!)
    for (const [, before, after] of sql.matchAll(/alter table (\w+) rename to (\w+)/g)) {
      tables.delete(before!)
      tables.add(after!)
    }
  }
  for (const table of tables) t.ok(readme.includes(`\`${table}\``), `table ${table}`)
})
