import { readdir, readFile } from 'node:fs/promises'
import { describeConfig } from '@dueline/runtime'
import t from 'tap'
import { ConfigSchema } from '../../src/config.ts'
import { directoryEvents } from '@dueline/contracts'

const folder = new URL('../../', import.meta.url)
const readme = await readFile(new URL('README.md', folder), 'utf8')

t.test('the README says what is so', async (t) => {
  t.ok(readme.includes(describeConfig(ConfigSchema)), 'the configuration, as generated')
  for (const type of Object.keys(directoryEvents)) {
    t.ok(readme.includes(`\`${type.replace(/^dueline\.|\.v1$/g, '')}\``), type)
  }
  const tables = new Set<string>()
  for (const file of (await readdir(new URL('migrations/', folder))).sort()) {
    const sql = await readFile(new URL(`migrations/${file}`, folder), 'utf8')
    for (const [, verb, table] of sql.matchAll(/^(create|drop) table (\w+)/gm)) {
      if (verb === 'create') tables.add(table!)
      else tables.delete(table!)
    }
    for (const [, before, after] of sql.matchAll(/alter table (\w+) rename to (\w+)/g)) {
      tables.delete(before!)
      tables.add(after!)
    }
  }
  for (const table of tables) t.ok(readme.includes(`\`${table}\``), `table ${table}`)
})
