// Teams and responsibilities that an earlier release has copied, or still copies beside this one.
import { cp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findDirectoryCopies, directoryCopyRow, saveDirectoryCopies } from '@dueline/service'
import { asOwner, testDatabase } from '@dueline/testkit'
import t from 'tap'
import { migrations, schema } from '../../src/app.ts'

const [desk, old, own, lead] = ['b1', 'b2', 'c1', 'a1'].map((last) => `01900000-0000-7000-8000-0000000000${last}`) as [
  string,
  string,
  string,
  string
]

t.test('copies of the release before are taken over, and what it still writes', async (t) => {
  const folder = t.testdir({})
  await cp(fileURLToPath(new URL('../../migrations', import.meta.url)), folder, { recursive: true })
  const file = join(folder, '0045_one_copy_of_the_directory.sql')
  const sql = await readFile(file, 'utf8')
  // those after it build on it
  for (const name of await readdir(folder)) if (name >= '0045') await rm(join(folder, name))
  const before = migrations.map((source) =>
    source.name === 'ticket' ? { ...source, directory: new URL(`file://${folder}/`) } : source
  )
  const { database } = await testDatabase(t, { schema, sources: before })
  const save = (id: string, version: number, name: string, deleted = false): string =>
    `insert into team (tenant_id, id, name, lead_id, member_ids, product_ids, module_ids, active, deleted, version)
     values ('acme', '${id}', '${name}', '${lead}', '{${lead}}', '{}', '{}', ${!deleted}, ${deleted}, ${version})
     on conflict (tenant_id, id) do update set name = excluded.name, version = excluded.version`
  await asOwner(database, save(desk, 3, 'Desk'))
  await asOwner(database, save(old, 2, 'Old', true))
  await asOwner(
    database,
    `insert into responsibility (tenant_id, id, product_id, team_id, deleted, version)
     values ('acme', '${own}', '${old}', '${desk}', false, 1)`
  )
  await asOwner(database, sql)
  const { read } = database.forTenant('acme')
  const teams = async () => Object.fromEntries(await findDirectoryCopies(read, 'acme', 'team', [desk, old]))
  const none = { calendarId: null, productIds: [], moduleIds: [] }
  const team = { ...none, id: desk, name: 'Desk', leadId: lead, memberIds: [lead], active: true, version: 3 }
  t.same(await teams(), {
    [desk]: { ...team, deleted: false },
    [old]: { ...team, id: old, name: 'Old', active: false, version: 2, deleted: true }
  })
  t.same((await findDirectoryCopies(read, 'acme', 'responsibility', [own])).get(own), {
    id: own,
    productId: old,
    moduleId: null,
    personId: null,
    teamId: desk,
    version: 1,
    deleted: false
  })

  await asOwner(database, save(desk, 4, 'Helpdesk'))
  t.match(await teams(), { [desk]: { name: 'Helpdesk', version: 4 } }, 'a replica of the release before writes on')
  await saveDirectoryCopies(read, [directoryCopyRow('acme', 'team', { ...team, name: 'Service desk', version: 6 })])
  await asOwner(database, save(desk, 5, 'Late'))
  t.match(await teams(), { [desk]: { name: 'Service desk' } }, 'and does not bring back what is old')
})
