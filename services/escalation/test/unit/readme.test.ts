import { readdir, readFile } from 'node:fs/promises'
import { describeConfig } from '@dueline/runtime'
import t from 'tap'
import { ConfigSchema } from '../../src/config.ts'
import { clockEventTypes } from '../../src/consumers/on-clock-changed.ts'
import { ticketEventTypes } from '../../src/consumers/on-ticket-changed.ts'
import { escalationEvents, eventTypes, publisherOf } from '@dueline/contracts'

const folder = new URL('../../', import.meta.url)
const readme = await readFile(new URL('README.md', folder), 'utf8')

t.test('the README says what is so', async (t) => {
  t.ok(readme.includes(describeConfig(ConfigSchema)), 'the configuration, as generated')
  for (const type of Object.keys(escalationEvents)) {
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

t.test('every event of clocks, tickets and people is handled', async (t) => {
  const handled = [...clockEventTypes, ...ticketEventTypes, 'dueline.person.changed.v1']
  t.same(eventTypes.filter((type) => ['clock', 'ticket'].includes(publisherOf[type]) && !handled.includes(type)), [])
  t.same(handled.filter((type) => !eventTypes.includes(type as never)), [])
})
