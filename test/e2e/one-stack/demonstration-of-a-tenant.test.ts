// The demonstration in a tenant that works with Dueline already: what is not its own it neither publishes nor changes.
import type { BodyOf } from '@dueline/client'
import { adminAccess, cast, demoAccess, DemoRefused, seedDemo, seedPeople } from '@dueline/demo'
import { startStack } from '@dueline/embedded'
import { silentLogger } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { runProgram } from '../../harness/service-process.ts'
import { stackFolder } from '../../harness/stack-folder.ts'

const own = 'Demonstration agreement'
const targets = { resolution: 'PT4H' }

const folder = await stackFolder(t)
const stack = await startStack({ folder, port: 0, logger: silentLogger, unlimited: true })
t.teardown(() => stack.stop())
const access = await demoAccess(stack.url, stack.token)
const { admin, manager, sales } = access.as

/** Numbers of the published versions, and the names of the rows that hold. */
async function published (): Promise<{ version: number, names: string[] }> {
  const { data: { items: [newest] } } = await sales.get('/v1/policy-versions')
  if (newest === undefined) return { version: 0, names: [] }
  const path = { version: newest.version }
  const { data: { version, rows } } = await sales.get('/v1/policy-versions/{version}', { path })
  return { version, names: rows.map(({ name }) => name).sort() }
}

const makeRow = async (name: string) => (await sales.post('/v1/sla-rows', { body: { name, targets } })).data

const publish = async (): Promise<void> => {
  await sales.post('/v1/policy-versions', { body: { effect: 'new_tickets' } })
}

async function deleteOwnRow (): Promise<void> {
  for await (const { name, id } of sales.paginate('/v1/sla-rows')) {
    if (name !== own) continue
    const path = { slaRowId: id }
    const { etag = '' } = await sales.get('/v1/sla-rows/{slaRowId}', { path })
    await sales.delete('/v1/sla-rows/{slaRowId}', { path, headers: { 'If-Match': etag } })
  }
}

async function changeRow (rowId: string, body: BodyOf<'updateSlaRow'>): Promise<void> {
  const path = { slaRowId: rowId }
  const { etag = '' } = await sales.get('/v1/sla-rows/{slaRowId}', { path })
  await sales.patch('/v1/sla-rows/{slaRowId}', { path, headers: { 'If-Match': etag }, body })
}

async function refuses (t: Test, names: string, what: string): Promise<void> {
  const before = await published()
  const message =
    `an SLA table without unpublished changes: to publish "${own}" would publish those of ${names} too; ` +
    'publish them yourself (POST /v1/policy-versions) or take them back, then run the demonstration again'
  await t.rejects(seedDemo(access), new DemoRefused(message), what)
  t.same(await published(), before, `${what}: nothing is published`)
}

t.test('its people are made once, and what the tenant has set of them stays', async (t) => {
  await seedPeople(access)
  const path = { personId: cast.agent.id }
  await manager.put('/v1/people/{personId}/capacity', { path, body: { capacityPoints: 7 } })
  const { etag = '' } = await admin.get('/v1/people/{personId}', { path: { personId: cast.manager.id } })
  const away = { path: { personId: cast.manager.id }, headers: { 'If-Match': etag }, body: { active: false } }
  await admin.patch('/v1/people/{personId}', away)
  await seedPeople(access)
  for (const { id: personId, role } of Object.values(cast)) {
    const { data } = await admin.get('/v1/people/{personId}', { path: { personId } })
    t.match(data, { role, active: personId !== cast.manager.id })
  }
  await admin.change('/v1/people/{personId}', { path: { personId: cast.manager.id } }, () => ({ active: true }))
})

t.test('a demonstration publishes its own row only', async (t) => {
  const first = await makeRow('DRAFT one')
  await refuses(t, '"DRAFT one"', 'a table that was never published')
  t.same((await sales.get('/v1/products')).data.items, [], 'nothing is made')
  t.same((await sales.get('/v1/sla-rows')).data.items.map(({ name }) => name), ['DRAFT one'])
  const program = runProgram('infra/embedded/src/demo-main.ts', {
    env: {},
    args: ['--url', stack.url, '--token', access.tokens.admin]
  })
  t.equal(await program.exited, 1, 'the command fails')
  t.match(program.stdout(), /^The demonstration lacks:\n {2}an SLA table without unpublished changes: .*"DRAFT one"/m)

  await publish()
  const seed = await seedDemo(access)
  const path = { personId: cast.agent.id }
  const { data: { capacityPoints } } = await manager.get('/v1/people/{personId}/capacity', { path })
  t.equal(capacityPoints, 7, 'a capacity that was set stays')
  t.same(await published(), { version: 2, names: ['DRAFT one', own] }, 'beside what is published it publishes')

  await makeRow('DRAFT two')
  await deleteOwnRow()
  t.same(await seedDemo(access), seed, 'what holds need not be published again')
  t.same(await published(), { version: 2, names: ['DRAFT one', own] })

  await publish()
  t.same(await published(), { version: 3, names: ['DRAFT one', 'DRAFT two'] })
  await changeRow(first.id, { targets: { resolution: 'PT5H' } })
  await refuses(t, '"DRAFT one"', 'a row that was changed')
  await changeRow(first.id, { targets, active: false })
  await refuses(t, '"DRAFT one"', 'a row that was taken away')
  await changeRow(first.id, { active: true })
  const { data: settings, etag = '' } = await sales.get('/v1/sla-policy-settings')
  const set = async (defaults: object, ifMatch: string) =>
    (await sales.put('/v1/sla-policy-settings', {
      headers: { 'If-Match': ifMatch },
      body: { forbidOverlap: settings.forbidOverlap, defaults }
    })).etag ?? ''
  const changed = await set({ P0: { targets, calendarId: null } }, etag)
  await refuses(t, 'the defaults', 'defaults that were set')
  await set({}, changed)
  t.same(await seedDemo(access), seed, 'with every change taken back it publishes again')
  t.same(await published(), { version: 4, names: ['DRAFT one', 'DRAFT two', own] })
})

t.test('it takes nothing of a tenant for its own, and gives no role that it does not need', async (t) => {
  const token = await stack.token({ tenant: 'other', personId: cast.admin.id, roles: ['admin'] })
  const other = adminAccess(stack.url, token)
  const { data: product } = await other.as.sales.post('/v1/products', { body: { name: 'Printers' } })
  const { data: module } = await other.as.sales.post('/v1/modules', {
    body: { name: 'Quick agreements', productId: product.id }
  })
  const { data: question } = await other.as.sales.post('/v1/questions', {
    body: { name: 'Something is broken', moduleId: module.id }
  })
  t.not((await seedDemo(other)).questionId, question.id, 'a question of the tenant that is called alike is not taken')
  const people = (await other.as.admin.get('/v1/people')).data.items
  t.same(people.map(({ role }) => role).sort(), ['agent', 'ceo', 'customer', 'manager'])
})
