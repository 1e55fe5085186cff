import t from 'tap'
import { patchOf, startScim } from './scim-support.ts'

const zero = '\\u0000'
const nora = {
  userName: 'nora@acme.example',
  externalId: 'e-1',
  name: { givenName: 'Nora', familyName: 'Original' },
  displayName: 'Nora S.',
  emails: [{ value: 'nora@acme.example', type: 'work', primary: true }],
  phoneNumbers: [{ value: '+49 30 1', type: 'work' }],
  timezone: 'Asia/Riyadh'
}

t.test('PUT changes what it names, and nothing else', async (t) => {
  const { scim, call } = await startScim(t)
  const { body: { id } } = await scim('POST', '/Users', nora)
  const read = async () => (await call('GET', `/people/${id}`)).body
  const screen = await call('PATCH', `/people/${id}`, { body: { screenName: 'Desk 1' }, ifMatch: '*' })
  t.equal(screen.status, 200)
  const { userName, name } = nora
  t.equal((await scim('PUT', `/Users/${id}`, { userName, name })).status, 200)
  const stays = { externalId: 'e-1', email: 'nora@acme.example', phone: '+49 30 1', timeZone: 'Asia/Riyadh' }
  t.match(await read(), { ...stays, screenName: 'Desk 1', name: 'Nora Original' })
  const emails: unknown[] = []
  t.equal((await scim('PUT', `/Users/${id}`, { userName, emails, timezone: null, displayName: 'N.' })).status, 200)
  t.match(await read(), { email: null, timeZone: null, screenName: 'N.', phone: '+49 30 1', externalId: 'e-1' })
  t.equal((await scim('PUT', `/Users/${id}`, { displayName: 'No name' })).status, 400, 'userName is needed')
})

t.test('nobody has the original name or an address as screen name', async (t) => {
  const { scim, call } = await startScim(t)
  const { displayName: _, ...rest } = nora
  const screenName = async (id: string) => (await call('GET', `/people/${id}`)).body.screenName
  for (const [language, neutral] of [['en', 'Our team'], ['ar', 'فريق الدعم']] as const) {
    const user = { ...rest, externalId: language, userName: `${language}@acme.example`, preferredLanguage: language }
    const made = await scim('POST', '/Users', user)
    t.equal(await screenName(made.body.id), neutral)
    t.equal(made.body.displayName, undefined)
    const path = `/Users/${made.body.id}`
    for (const displayName of ['', '\u200b', '\u200c']) {
      await scim('PATCH', path, patchOf({ op: 'replace', path: 'displayName', value: 'Shown' }))
      t.equal(await screenName(made.body.id), 'Shown')
      const change = patchOf({ op: 'replace', path: 'displayName', value: displayName })
      t.equal((await scim('PATCH', path, change)).status, 200)
      t.equal(await screenName(made.body.id), neutral)
    }
  }
  const alone = await scim('POST', '/Users', { userName: 'alone@acme.example' })
  t.equal(await screenName(alone.body.id), 'Our team')
})

t.test('who has no role of Dueline is an agent', async (t) => {
  const { scim, call } = await startScim(t)
  const level = 'urn:dueline:scim:schemas:extension:2.0:User:level'
  const ways = [
    { op: 'remove', path: 'roles[value eq "admin"]' },
    { op: 'remove', path: 'roles' },
    { op: 'replace', path: 'roles', value: [{ value: 'chief wizard' }] },
    { op: 'replace', path: 'roles', value: [] },
    { op: 'replace', path: 'roles[value eq "admin"].value', value: 'operator' },
    null
  ]
  for (const [index, way] of ways.entries()) {
    const userName = `u${index}`
    const { body: { id } } = await scim('POST', '/Users', { userName, roles: [{ value: 'admin', primary: true }] })
    t.equal((await call('GET', `/people/${id}`)).body.role, 'admin')
    const { status } = way === null
      ? await scim('PUT', `/Users/${id}`, { userName, roles: [] })
      : await scim('PATCH', `/Users/${id}`, patchOf(way))
    t.equal(status, 200)
    t.equal((await call('GET', `/people/${id}`)).body.role, 'agent', JSON.stringify(way))
  }
  const { body: { id } } = await scim('POST', '/Users', { userName: 'lead' })
  await scim('PATCH', `/Users/${id}`, patchOf({ op: 'add', path: level, value: 'manager' }))
  t.match((await call('GET', `/people/${id}`)).body, { role: 'manager', level: 'manager' })
  await scim('PATCH', `/Users/${id}`, patchOf({ op: 'remove', path: level }))
  t.match((await call('GET', `/people/${id}`)).body, { role: 'agent', level: null })
})

t.test('texts are cleaned and bounded where they come in', async (t) => {
  const { scim } = await startScim(t)
  const user = await scim('POST', '/Users', nora)
  const filters = ['userName eq', 'externalId eq', 'displayName eq', 'title co'].map((each) => `${each} "a${zero}"`)
  for (const filter of filters) {
    const refused = { status: 400, body: { scimType: 'invalidFilter' } }
    t.match(await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`), refused, filter)
    t.match(await scim('POST', '/Users/.search', { filter }), refused, filter)
    t.match(await scim('POST', '/.search', { filter }), refused, filter)
  }
  const inGroups = encodeURIComponent(`displayName eq "${zero}"`)
  t.equal((await scim('GET', `/Groups?filter=${inGroups}`)).status, 400)
  const path = `emails[type eq "${zero}"].value`
  t.equal(
    (await scim('PATCH', `/Users/${user.body.id}`, patchOf({ op: 'add', path, value: 'x@x.example' }))).status,
    400
  )
  const bounds: Array<[string, string, number]> = [
    ['/Users', 'externalId', 200],
    ['/Users', 'userName', 320],
    ['/Users', 'displayName', 200],
    ['/Groups', 'displayName', 200],
    ['/Groups', 'externalId', 200]
  ]
  for (const [at, name, most] of bounds) {
    const made = (text: string) =>
      scim('POST', at, { userName: `${name}@x.example`, displayName: `${at} ${name}`, [name]: text })
    const detail = new RegExp(`^${name} may have ${most} characters`)
    t.match(
      await made('ض'.repeat(most + 1)),
      { status: 400, body: { scimType: 'invalidValue', detail } },
      `${at} ${name}`
    )
    t.equal((await made('ض'.repeat(most))).status, 201, `${at} ${name}`)
  }
  for (const unseen of ['\u200b', '\u200c\u200d', ' \u2066', '\0']) {
    t.match(await scim('POST', '/Users', { userName: unseen }), { status: 400, body: { scimType: 'invalidValue' } })
    t.match(await scim('POST', '/Groups', { displayName: unseen }), { status: 400, body: { scimType: 'invalidValue' } })
  }
  const bulk = await scim('POST', '/Bulk', { Operations: [{ method: 'DELETE', path: '/Users/%zz' }] })
  t.match(bulk.body.Operations, [{ status: '400', response: { scimType: 'invalidPath' } }])
})

t.test('what others change of a person is what the directory reads', async (t) => {
  const { scim, call } = await startScim(t)
  const [one, two] = [
    await call('POST', '/units', { body: { name: 'One' } }),
    await call('POST', '/units', {
      body: { name: 'Two' }
    })
  ]
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
  const dueline = 'urn:dueline:scim:schemas:extension:2.0:User'
  const made = await scim('POST', '/Users', {
    userName: 'plain',
    preferredLanguage: 'fr',
    roles: [{ value: 'wizard' }]
  })
  t.match(made.body, { preferredLanguage: 'fr', roles: [{ value: 'wizard' }] }, 'it reads what it wrote')
  const { id } = made.body
  const change = { role: 'manager', languages: ['ar', 'en'], unitId: one.body.id, active: false }
  t.equal((await call('PATCH', `/people/${id}`, { body: change, ifMatch: '*' })).status, 200)
  t.match((await scim('GET', `/Users/${id}`)).body, {
    roles: [{ value: 'manager' }],
    preferredLanguage: 'ar',
    active: false,
    [dueline]: { unit: one.body.id, languages: 'ar, en' }
  })
  await scim('PATCH', `/Users/${id}`, patchOf({ op: 'add', path: 'title', value: 'Chief' }))
  t.match((await call('GET', `/people/${id}`)).body, change, 'nothing of it is changed by a change of something else')
  await scim('PATCH', `/Users/${id}`, patchOf({ op: 'remove', path: 'roles' }))
  t.equal((await call('GET', `/people/${id}`)).body.role, 'agent')

  const other = await scim('POST', '/Users', { userName: 'b', [enterprise]: { department: 'One' } })
  const path = `/people/${other.body.id}`
  await call('PATCH', path, { body: { unitId: two.body.id }, ifMatch: '*' })
  t.match((await scim('GET', `/Users/${other.body.id}`)).body, { [enterprise]: { department: 'Two' } })
  await scim('PATCH', `/Users/${other.body.id}`, patchOf({ op: 'add', path: `${enterprise}:department`, value: 'One' }))
  t.equal((await call('GET', path)).body.unitId, one.body.id)
})

t.test('ids have no case, values are bounded, and conflicts can be resolved', async (t) => {
  const { scim, call, person } = await startScim(t)
  const boss = await person({ role: 'manager' })
  const upper = boss.toUpperCase()
  const group = await scim('POST', '/Groups', { displayName: 'G', members: [{ value: boss }] })
  const at = `/Groups/${group.body.id}`
  const added = await scim('PATCH', at, patchOf({ op: 'add', path: 'members', value: [{ value: upper }] }))
  t.equal(added.body.members.length, 1)
  for (const way of [{ path: 'members', value: [{ value: upper }] }, { path: `members[value eq "${upper}"]` }]) {
    await scim('PUT', at, { displayName: 'G', members: [{ value: boss }] })
    t.equal((await scim('PATCH', at, patchOf({ op: 'remove', ...way }))).body.members, undefined)
  }
  const { body: { id } } = await scim('POST', '/Users', nora)
  const manager = patchOf({
    op: 'add',
    path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager',
    value: upper
  })
  t.equal((await scim('PATCH', `/Users/${id}`, manager)).status, 200)
  t.equal((await call('GET', `/people/${id}`)).body.managerId, boss)
  const emails = (count: number, from: number) =>
    patchOf({
      op: 'add',
      path: 'emails',
      value: Array.from({ length: count }, (_, i) => ({ value: `a${from + i}@x.example` }))
    })
  t.equal((await scim('PATCH', `/Users/${id}`, emails(99, 0))).status, 200)
  t.match(await scim('PATCH', `/Users/${id}`, emails(1, 99)), { status: 400, body: { scimType: 'invalidValue' } })
  await scim('DELETE', `/Users/${id}`)
  const member = patchOf({ op: 'add', path: 'members', value: [{ value: id }] })
  t.match(await scim('PATCH', at, member), { status: 400, body: { scimType: 'invalidValue' } }, 'who is deleted')

  const body = { role: 'customer', name: 'C', externalId: 'c-1' }
  const customer = (await call('POST', '/people', { body })).body.id
  const conflict = await scim('POST', '/Users', { userName: 'c', externalId: 'c-1' })
  t.match(conflict, {
    status: 409,
    body: { scimType: 'uniqueness', detail: new RegExp(`customer ${customer} .*PATCH`) }
  })
  await call('PATCH', `/people/${customer}`, { body: { role: 'agent' }, ifMatch: '*' })
  t.match((await scim('GET', `/Users?filter=${encodeURIComponent('externalId eq "c-1"')}`)).body, { totalResults: 1 })

  const twins = []
  for (const name of ['A', 'B']) {
    twins.push((await call('POST', '/people', { body: { role: 'agent', name, email: 'twin@x.example' } })).body.id)
  }
  for (const twin of [...twins, twins[1]]) {
    for (const active of [false, true]) {
      const answer = await scim('PATCH', `/Users/${twin}`, patchOf({ op: 'replace', path: 'active', value: active }))
      t.match(answer, { status: 200, body: { active, userName: 'twin@x.example' } })
    }
  }
  await scim('PATCH', `/Users/${twins[1]}`, patchOf({ op: 'replace', path: 'userName', value: 'own' }))
  const taken = await scim(
    'PATCH',
    `/Users/${twins[1]}`,
    patchOf({ op: 'replace', path: 'userName', value: 'TWIN@x.example' })
  )
  t.equal(taken.status, 409)
})
