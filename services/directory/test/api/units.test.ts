import t from 'tap'
import { faultsOf, startDirectory } from './harness.ts'

const idOf = ({ id }: { id: string }) => id

t.test('a tree of units, its branches, and the people in it', async (t) => {
  const { call, person, outbox } = await startDirectory(t)
  const [head, ann] = [await person({ role: 'manager' }), await person()]
  const add = async (body: object) => (await call('POST', '/units', { body })).body
  const site = await add({ name: ' North ', kind: 'site', headId: head })
  t.match(site, { name: 'North', kind: 'site', parentId: null, headId: head, active: true, version: 1 })
  const ward = await add({ name: 'Cardiology', kind: 'department', parentId: site.id })
  const room = await add({ name: 'Room 1', parentId: ward.id })
  const other = await add({ name: 'South' })
  const namesake = await add({ name: 'Cardiology', parentId: other.id })
  t.match(namesake, { version: 1 }, 'a name may come back elsewhere in the tree')
  const ids = async (query: string) => (await call('GET', `/units?${query}`, { as: 'agent' })).body.items.map(idOf)
  t.same(await ids(`within=${site.id}`), [site.id, ward.id, room.id])
  t.same(await ids(`within=${ward.id}&q=ROOM`), [room.id])
  t.same(await ids('parentId=none'), [site.id, other.id])
  t.same(await ids(`parentId=${site.id}`), [ward.id])
  t.same(await ids(`headId=${head}&active=true`), [site.id])
  const page = await call('GET', `/units?within=${site.id}&limit=2`)
  t.same((await call('GET', `/units?within=${site.id}&limit=2&cursor=${page.body.nextCursor}`)).body.items.map(idOf), [
    room.id
  ])
  t.same((await call('GET', `/units?within=${site.id}`, { tenant: 'globex' })).body.items, [])

  const moved = await call('PATCH', `/units/${ward.id}`, { body: { parentId: null }, ifMatch: '"1"' })
  t.match(moved, { status: 200, etag: '"2"', body: { parentId: null } })
  t.same(await ids(`within=${site.id}`), [site.id], 'a unit moves with its parts')

  const put = await call('PATCH', `/people/${ann}`, { body: { unitId: room.id }, ifMatch: '*' })
  t.match(put, { status: 200, body: { unitId: room.id } })
  t.same((await call('GET', `/people?unitId=${room.id}`)).body.items.map((each: any) => each.id), [ann])
  for (const [id, holds] of [[ward.id, 'parts'], [room.id, 'people']] as const) {
    t.match(await call('DELETE', `/units/${id}`), {
      status: 409,
      body: { code: 'unit_in_use', detail: `the unit has ${holds}` }
    })
  }
  await call('PATCH', `/people/${ann}`, { body: { unitId: ward.id }, ifMatch: '*' })
  t.match(await call('DELETE', `/units/${ward.id}`), { body: { detail: 'the unit has parts and people' } })
  await call('PATCH', `/people/${ann}`, { body: { unitId: null }, ifMatch: '*' })
  t.equal((await call('DELETE', `/units/${room.id}`)).status, 204)
  t.match(await call('GET', `/units/${room.id}`), {
    status: 404,
    body: { detail: 'there is no such unit, or you may not see it' }
  })
  const last = (await outbox()).filter(({ type }) => type === 'dueline.unit.changed.v1').at(-1)
  t.match(last, { subject: `unit/${room.id}`, sequence: 2, data: { unit: { active: false }, deleted: true } })
})

t.test('what cannot be is refused', async (t) => {
  const { call, person, ids } = await startDirectory(t)
  const add = async (body: object, tenant?: string) =>
    await call('POST', '/units', { body, ...(tenant === undefined ? {} : { tenant }) })
  const top = (await add({ name: 'Top' })).body.id as string
  const part = (await add({ name: 'Part', parentId: top })).body.id as string
  const elsewhere = (await add({ name: 'Top' }, 'globex')).body.id as string
  const faults = async (body: object) => faultsOf(await add({ name: 'X', ...body }))
  t.same(await faults({ parentId: ids.next() }), ['/parentId no such unit'])
  t.same(await faults({ parentId: elsewhere }), ['/parentId no such unit'])
  t.same(await faults({ headId: await person({ role: 'customer' }) }), ['/headId is a customer'])
  t.match(await faults({ name: '' }), [/^\/name /])
  t.match(await faults({ parent: top }), [/parent/], 'an unknown field')
  t.match(await add({ name: 'PART', parentId: top }), {
    status: 409,
    body: { code: 'name_taken', detail: 'another one is named PART already', errors: [{ pointer: '/name' }] }
  })
  t.match(await add({ name: 'top' }), { status: 409, body: { code: 'name_taken' } })
  const move = async (id: string, parentId: string) =>
    faultsOf(await call('PATCH', `/units/${id}`, { body: { parentId }, ifMatch: '*' }))
  t.same([await move(top, part), await move(top, top)], [
    ['/parentId is the unit itself, or a part of it'],
    ['/parentId is the unit itself, or a part of it']
  ])
  const ann = await person()
  for (const unitId of [ids.next(), elsewhere]) {
    t.same(faultsOf(await call('PATCH', `/people/${ann}`, { body: { unitId }, ifMatch: '*' })), [
      '/unitId no such unit'
    ])
  }
  await call('PATCH', `/units/${part}`, { body: { active: false }, ifMatch: '*' })
  t.same(faultsOf(await call('PATCH', `/people/${ann}`, { body: { unitId: part }, ifMatch: '*' })), [
    '/unitId is not active'
  ])
})

t.test('whoever moves units at once, no cycle comes of it', async (t) => {
  const { call, database } = await startDirectory(t)
  const units: string[] = []
  for (let i = 0; i < 5; i++) units.push((await call('POST', '/units', { body: { name: `U${i}` } })).body.id)
  const found: number[] = []
  for (let round = 0; round < 20; round++) {
    const step = 1 + round % (units.length - 1)
    const answers = await Promise.all(
      units.map(async (id, index) =>
        await call('PATCH', `/units/${id}`, { body: { parentId: units[(index + step) % units.length] }, ifMatch: '*' })
      )
    )
    found.push(...answers.map(({ status }) => status))
    const { rows } = await database.pool.query(`
      with recursive up (start, at) as (
        select id, parent_id from unit where parent_id is not null
        union select up.start, u.parent_id from up join unit u on u.id = up.at where u.parent_id is not null
      ) select start from up where start = at`)
    t.same(rows, [], `no cycle after round ${round}`)
  }
  t.same([...new Set(found)].sort(), [200, 400])
})
