import type { PeopleNamed } from '@dueline/contracts'
import { idOfExternal } from '@dueline/service'
import { testEvent } from '@dueline/testkit'
import t from 'tap'
import { startDirectory, tenant } from './harness.ts'

type Mention = Partial<PeopleNamed['people'][number]> & { externalId: string }

/** The event with which an import names people. */
function named (mentions: readonly Mention[], tenantid = tenant) {
  const people = mentions.map(({ externalId, ...more }) => ({
    id: idOfExternal(tenantid, externalId),
    externalId,
    name: null,
    role: 'customer' as const,
    ...more
  }))
  return testEvent('dueline.people.named.v1', { people }, { tenantid, partitionkey: tenantid, historical: true })
}

t.test('whom an import names is added, once, and published', async (t) => {
  const { call, consuming, outbox } = await startDirectory(t)
  const deliver = await consuming()
  const event = named([{ externalId: 'Caller 1', name: 'Caller One' }, { externalId: 'Resolver 9', role: 'agent' }])
  await deliver(event, named([{ externalId: 'Caller 1' }], 'globex'))
  await deliver(named([{ externalId: 'Caller 1' }]))
  const { items } = (await call('GET', '/people')).body
  t.match(items, [
    { externalId: 'Caller 1', role: 'customer', name: 'Caller One', screenName: 'Caller One', version: 1 },
    { externalId: 'Resolver 9', role: 'agent', name: 'Resolver 9', version: 1 }
  ])
  t.equal((await call('GET', '/people', { tenant: 'globex' })).body.items.length, 1)
  const sent = (await outbox()).filter(({ tenantid }) => tenantid === tenant)
  t.same(
    sent.map(({ type, sequence, historical, data: { person } }) => [type, sequence, historical, person.id]).sort(),
    items.map(({ id }: any) => ['dueline.person.changed.v1', 1, true, id]).sort()
  )
})

t.test('who is an agent, and by which name, does not depend on the order', async (t) => {
  const mentions: Mention[][] = [
    [{ externalId: 'x' }],
    [{ externalId: 'x', role: 'agent' }],
    [{ externalId: 'x', name: 'The Name' }]
  ]
  const orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]]
  for (const order of orders) {
    const { call, consuming, outbox } = await startDirectory(t)
    const deliver = await consuming()
    for (const index of order) await deliver(named(mentions[index]!))
    const [person] = (await call('GET', '/people')).body.items
    t.match(person, { role: 'agent', name: 'The Name', screenName: 'The Name', externalId: 'x' }, order.join())
    const versions = (await outbox()).map(({ sequence }) => sequence)
    t.same(versions, Array.from({ length: person.version }, (_, i) => i + 1), 'each version is published once')
  }
})

t.test('whom somebody has entered stays as he is', async (t) => {
  const { call, consuming, outbox } = await startDirectory(t)
  const deliver = await consuming()
  const made = await call('POST', '/people', { body: { role: 'customer', name: 'Entered', externalId: 'x' } })
  await deliver(named([{ externalId: 'x', role: 'agent', name: 'Imported' }]))
  t.match((await call('GET', `/people/${made.body.id}`)).body, { role: 'customer', name: 'Entered', version: 1 })
  t.equal((await outbox()).length, 1)
})

t.test('whom an import has added and somebody has changed since stays as he is', async (t) => {
  const { call, consuming, outbox } = await startDirectory(t)
  const deliver = await consuming()
  await deliver(named([{ externalId: 'x' }, { externalId: 'y' }]))
  const [x, y] = ['x', 'y'].map((externalId) => idOfExternal(tenant, externalId))
  const changed = await call('PATCH', `/people/${x}`, { body: { role: 'customer' }, ifMatch: '"1"' })
  t.match(changed, { status: 200, etag: '"2"' }, 'a change to what he is already is somebody’s word too')
  const again = await call('PATCH', `/people/${x}`, { body: { role: 'customer' }, ifMatch: '"2"' })
  t.match(again, { status: 200, etag: '"2"' })
  await deliver(named(['x', 'y'].map((externalId) => ({ externalId, role: 'agent' as const, name: 'Imported' }))))
  t.match((await call('GET', `/people/${x}`)).body, { role: 'customer', name: 'x', version: 2 })
  t.match((await call('GET', `/people/${y}`)).body, { role: 'agent', name: 'Imported', version: 2 })
  const sent = (await outbox()).filter(({ subject }) => subject === `person/${x}`)
  t.same(sent.map(({ sequence, historical }) => [sequence, historical]), [[1, true], [2, false]])
})

t.test('who becomes an agent by an import is no contact of a company any more', async (t) => {
  const { call, consuming, outbox } = await startDirectory(t)
  const deliver = await consuming()
  await deliver(named([{ externalId: 'x' }, { externalId: 'y' }, { externalId: 'z' }]))
  const [x, y, z] = ['x', 'y', 'z'].map((externalId) => idOfExternal(tenant, externalId))
  const made = await call('POST', '/customers', { body: { name: 'Globex', contactIds: [y, x, z] } })
  t.equal(made.status, 201)
  const path = `/customers/${made.body.id}`
  const agent = { externalId: 'x', role: 'agent' as const }
  await deliver(named([agent, { externalId: 'y', name: 'The Name' }]))
  t.match((await call('GET', `/people/${x}`)).body, { role: 'agent', version: 2 })
  t.match(await call('GET', path), { status: 200, etag: '"2"', body: { contactIds: [y, z], version: 2 } })
  await deliver(named([agent]))
  t.match((await call('GET', path)).body, { version: 2 }, 'again changes nothing')
  const sent = (await outbox()).filter(({ type }) => type === 'dueline.customer.changed.v1')
  t.same(sent.map(({ sequence, data: { customer } }) => [sequence, customer.contactIds]), [[1, [y, x, z]], [2, [y, z]]])
})

t.test('a contact is added and made an agent at once: never a contact of the staff', async (t) => {
  const { call, consuming } = await startDirectory(t)
  const deliver = await consuming()
  for (let round = 0; round < 10; round++) {
    const externalId = `both ${round}`
    const id = idOfExternal(tenant, externalId)
    await deliver(named([{ externalId }]))
    const [made] = await Promise.all([
      call('POST', '/customers', { body: { name: externalId, contactIds: [id] } }),
      deliver(named([{ externalId, role: 'agent' }]))
    ])
    t.ok([201, 400].includes(made.status), String(made.status))
    t.equal((await call('GET', `/people/${id}`)).body.role, 'agent')
    t.same((await call('GET', `/customers?contactId=${id}`)).body.items, [])
  }
})

t.test('an external id that somebody else has: both are there, and nothing is lost', async (t) => {
  const { call, consuming, ids } = await startDirectory(t)
  const deliver = await consuming()
  const holder = ids.next()
  await call('POST', '/people', { body: { id: holder, role: 'agent', name: 'Holder', externalId: 'x' } })
  await deliver(named([{ externalId: 'x', name: 'Imported' }, { externalId: 'y' }]))
  t.match((await call('GET', `/people/${holder}`)).body, { externalId: 'x', name: 'Holder' })
  t.match((await call('GET', `/people/${idOfExternal(tenant, 'x')}`)).body, { externalId: null, name: 'Imported' })
  t.match((await call('GET', `/people/${idOfExternal(tenant, 'y')}`)).body, { externalId: 'y' })
})

t.test('entered and named at once, there is one person, in whichever order', async (t) => {
  const { call, consuming } = await startDirectory(t)
  const deliver = await consuming()
  for (let round = 0; round < 10; round++) {
    const externalId = `both ${round}`
    const [made] = await Promise.all([
      call('POST', '/people', { body: { role: 'customer', name: 'Entered', externalId } }),
      deliver(named([{ externalId }]))
    ])
    t.ok([201, 409].includes(made.status), String(made.status))
    const { items } = (await call('GET', `/people?externalId=${encodeURIComponent(externalId)}`)).body
    t.match(items, [{ id: idOfExternal(tenant, externalId) }])
    t.equal(items.length, 1)
  }
})
