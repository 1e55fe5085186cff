import t from 'tap'
import { patchOf, startScim } from './scim-support.ts'

t.test('a group is a team: made, read, patched, replaced, deleted, each time as the API has it', async (t) => {
  const { scim, call, person, outbox } = await startScim(t)
  const [ann, bob] = [await person(), await person({ active: false })]
  const made = await scim('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Printers',
    externalId: 'g-1',
    members: [{ value: ann }]
  })
  const { id } = made.body
  const path = `/Groups/${id}`
  t.match(made, {
    status: 201,
    etag: 'W/"1"',
    headers: { location: `/scim/v2${path}` },
    body: {
      displayName: 'Printers',
      externalId: 'g-1',
      members: [{ value: ann, $ref: `/scim/v2/Users/${ann}`, type: 'User' }],
      meta: { resourceType: 'Group', version: 'W/"1"', location: `/scim/v2${path}` }
    }
  })
  t.same((await scim('GET', path)).body, made.body)
  t.match((await call('GET', `/teams/${id}`)).body, { name: 'Printers', memberIds: [ann], version: 1 })

  const calendar = await call('PATCH', `/teams/${id}`, { body: { leadId: ann }, ifMatch: '"1"' })
  t.equal(calendar.status, 200)
  const add = patchOf({ op: 'Add', path: 'members', value: [{ value: bob }, { value: ann }] })
  const patched = await scim('PATCH', path, add)
  t.match(patched, { status: 200, etag: 'W/"3"' })
  t.match(
    (await call('GET', `/teams/${id}`)).body,
    { memberIds: [ann, bob], leadId: ann },
    'who is inactive stays in it'
  )
  t.match(await scim('PATCH', path, add), { status: 200, etag: 'W/"3"' }, 'again changes nothing')
  const put = await scim('PUT', path, { displayName: 'Scanners' }, { headers: { 'if-match': 'W/"3"' } })
  t.match(put, { status: 200, etag: 'W/"4"', body: { displayName: 'Scanners' } })
  t.same([put.body.members, put.body.externalId], [undefined, undefined], 'what is not there is gone')
  t.match(await scim('PUT', path, { displayName: 'X' }, { headers: { 'if-match': 'W/"3"' } }), {
    status: 412,
    body: { status: '412' }
  })
  t.equal((await scim('GET', path, undefined, { headers: { 'if-none-match': 'W/"4"' } })).status, 304)
  t.equal((await scim('DELETE', path)).status, 204)
  t.equal((await scim('GET', path)).status, 404)
  t.equal((await scim('DELETE', path)).status, 404)
  t.same((await outbox()).map(({ data }) => [data.team.version, data.deleted]), [
    [1, false],
    [2, false],
    [3, false],
    [4, false],
    [5, true]
  ])
})

t.test('names and external ids are taken once, and members must be people of the staff', async (t) => {
  const { scim, person, call, ids, tokenOf } = await startScim(t)
  const made = await scim('POST', '/Groups', { displayName: 'Printers', externalId: 'g-1' })
  const taken = { status: 409, body: { status: '409', scimType: 'uniqueness' } }
  t.match(await scim('POST', '/Groups', { displayName: 'PRINTERS' }), taken)
  t.match(await scim('POST', '/Groups', { displayName: 'Other', externalId: 'g-1' }), taken)
  t.equal((await scim('GET', '/Groups')).body.totalResults, 1, 'nothing was half done')
  const by = await tokenOf('globex')
  t.equal((await scim('POST', '/Groups', { displayName: 'Printers', externalId: 'g-1' }, { by })).status, 201)
  t.equal((await scim('GET', `/Groups/${made.body.id}`, undefined, { by })).status, 404, 'of another tenant')

  const elsewhere = await person({ tenantId: 'globex' })
  const refused: Array<[string, unknown]> = [
    ['there is no such user', { value: ids.next() }],
    ['there is no such user', { value: elsewhere }],
    ['there is no such user', { value: 'ann' }],
    ['customers cannot be members', { value: await person({ role: 'customer' }) }],
    ['a group cannot be', { value: made.body.id }],
    ['a group cannot be', { value: ids.next(), type: 'Group' }],
    ['a group cannot be', { value: ids.next(), $ref: '/scim/v2/Groups/x' }],
    ['each member needs', { type: 'User' }]
  ]
  for (const [detail, member] of refused) {
    const answer = await scim(
      'PATCH',
      `/Groups/${made.body.id}`,
      patchOf({ op: 'add', path: 'members', value: [member] })
    )
    t.match(answer, { status: 400, body: { scimType: 'invalidValue', detail: new RegExp(`^${detail}`) } }, detail)
  }
  t.same((await call('GET', `/teams/${made.body.id}`)).body.memberIds, [])
})

t.test('lists are filtered by index or one by one, sorted, and paged', async (t) => {
  const { scim, person } = await startScim(t)
  const ann = await person()
  for (const name of ['Printers', 'scanners', 'Keys']) {
    await scim('POST', '/Groups', {
      displayName: name,
      ...(name === 'Keys' ? { externalId: 'k', members: [{ value: ann }] } : {})
    })
  }
  const names = async (query: string) => {
    const { body } = await scim('GET', `/Groups?${query}`)
    return [body.totalResults, ...(body.Resources ?? []).map((each: any) => each.displayName)]
  }
  const filter = (text: string) => `filter=${encodeURIComponent(text)}`
  t.same(await names(''), [3, 'Printers', 'scanners', 'Keys'])
  t.same(await names(filter('displayName eq "PRINTERS"')), [1, 'Printers'])
  t.same(await names(filter('externalId eq "k" and members pr')), [1, 'Keys'])
  t.same(await names(filter('externalId eq "K"')), [0])
  t.same(await names(filter('displayName co "ERS"')), [2, 'Printers', 'scanners'])
  t.same(await names(filter(`members[value eq "${ann}"]`)), [1, 'Keys'])
  t.same(await names(filter('id eq "x"')), [0])
  t.same(await names('sortBy=displayName'), [3, 'Keys', 'Printers', 'scanners'])
  t.same(await names('sortBy=displayName&sortOrder=descending&count=2'), [3, 'scanners', 'Printers'])
  t.same(await names('startIndex=2&count=1'), [3, 'scanners'])
  t.same(await names('startIndex=0&count=1'), [3, 'Printers'])
  t.same(await names('startIndex=9'), [3])
  t.same(await names('count=0'), [3])
  t.same(await names(`count=-5&${filter('displayName sw "p"')}`), [1])
  const { body: { Resources: [keys] } } = await scim(
    'GET',
    `/Groups?attributes=displayName&${filter('externalId eq "k"')}`
  )
  t.same(Object.keys(keys).sort(), ['displayName', 'id', 'schemas'])
  const search = await scim('POST', '/Groups/.search', {
    filter: 'displayName eq "keys"',
    excludedAttributes: ['members']
  })
  t.match(search.body, { totalResults: 1, Resources: [{ displayName: 'Keys', members: undefined }] })
})

t.test('ten thousand members come in one PATCH and go in another', async (t) => {
  const { scim, call, person, database, ids } = await startScim(t)
  const people = Array.from({ length: 10_000 }, () => ids.next())
  await database.pool.query(
    `insert into person select (jsonb_populate_record(p, jsonb_build_object('id', added))).*
      from person p, unnest($1::uuid[]) as added where p.id = $2`,
    [people, await person()]
  )
  const { body: { id } } = await scim('POST', '/Groups', { displayName: 'All' })
  const value = people.map((each) => ({ value: each }))
  t.equal((await scim('PATCH', `/Groups/${id}`, patchOf({ op: 'Add', path: 'members', value }))).status, 200)
  t.equal((await call('GET', `/teams/${id}`)).body.memberIds.length, 10_000)
  const gone = value.slice(1)
  const answer = await scim('PATCH', `/Groups/${id}`, patchOf({ op: 'Remove', path: 'members', value: gone }))
  t.same(answer.body.members.map((each: any) => each.value), [people[0]])
})

t.test('a bulk request makes, names by bulkId, and stops after failures', async (t) => {
  const { scim, person } = await startScim(t)
  const ann = await person()
  const { status, body } = await scim('POST', '/Bulk', {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations: [
      { method: 'POST', path: '/Groups', bulkId: 'g', data: { displayName: 'Printers' } },
      {
        method: 'PATCH',
        path: '/Groups/bulkId:g',
        version: 'W/"1"',
        data: patchOf({ op: 'add', path: 'members', value: [{ value: ann }] })
      },
      { method: 'PUT', path: '/Groups/bulkId:none', data: { displayName: 'X' } },
      { method: 'POST', path: '/Shoes', bulkId: 's', data: {} },
      { method: 'DELETE', path: '/Groups/bulkId:g' }
    ]
  })
  t.equal(status, 200)
  t.match(body.Operations, [
    { status: '201', bulkId: 'g', version: 'W/"1"', location: /^\/scim\/v2\/Groups\// },
    { status: '200', version: 'W/"2"' },
    { status: '400', response: { scimType: 'invalidValue' } },
    { status: '400', response: { scimType: 'invalidPath' } },
    { status: '204' }
  ])
  const stopped = await scim('POST', '/Bulk', {
    failOnErrors: 1,
    Operations: [{ method: 'DELETE', path: '/Groups/x' }, { method: 'POST', path: '/Groups', bulkId: 'a', data: {} }]
  })
  t.equal(stopped.body.Operations.length, 1)
  const many = Array.from({ length: 1_001 }, () => ({ method: 'DELETE', path: '/Groups/x' }))
  t.match(await scim('POST', '/Bulk', { Operations: many }), { status: 413, body: { status: '413' } })
  t.match(await scim('POST', '/Bulk', {}), { status: 400, body: { scimType: 'invalidSyntax' } })
})
