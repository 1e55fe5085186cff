import { readFile } from 'node:fs/promises'
import t from 'tap'
import { patchOf, startScim } from './scim-support.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const nora = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
  userName: 'Nora@acme.example',
  externalId: 'e-1',
  name: { givenName: 'Nora', familyName: 'Original' },
  displayName: 'Nora S.',
  emails: [{ value: 'nora@acme.example', type: 'work', primary: true }],
  phoneNumbers: [{ value: '+49 30 1', type: 'work' }],
  preferredLanguage: 'ar-SA',
  timezone: 'Asia/Riyadh',
  title: 'Printer whisperer'
}

t.test('a user is a person: made, read, patched, deactivated, deleted, and comes back', async (t) => {
  const { scim, call, outbox } = await startScim(t)
  const boss = await scim('POST', '/Users', { userName: 'boss', roles: [{ value: 'Manager' }] })
  t.match(boss, { status: 201, body: { userName: 'boss', active: true } })
  const manager = { value: boss.body.id, $ref: `/scim/v2/Users/${boss.body.id}` }
  const made = await scim('POST', '/Users', { ...nora, [enterprise]: { department: 'Support', manager } })
  const { id } = made.body
  t.match(made, { status: 201, headers: { location: `/scim/v2/Users/${id}` } })
  t.match(made.body, { ...nora, active: true, [enterprise]: { department: 'Support', manager } })
  t.match((await call('GET', `/people/${id}`)).body, {
    role: 'agent',
    name: 'Nora Original',
    screenName: 'Nora S.',
    email: 'nora@acme.example',
    phone: '+49 30 1',
    languages: ['ar'],
    timeZone: 'Asia/Riyadh',
    managerId: boss.body.id,
    externalId: 'e-1',
    active: true
  })
  t.same((await scim('GET', `/Users/${id}`)).body, made.body)

  const patched = await scim('PATCH', `/Users/${id}`, patchOf({ op: 'Replace', path: 'active', value: 'False' }))
  t.match(patched, { status: 200, body: { active: false } })
  t.equal((await call('GET', `/people/${id}`)).body.active, false)
  t.match(await scim('PATCH', `/Users/${id}`, patchOf({ op: 'Replace', path: 'active', value: 'False' })), {
    etag: patched.etag
  }, 'again changes nothing')
  const put = await scim('PUT', `/Users/${id}`, { ...nora, displayName: 'Nora T.' }, {
    headers: { 'if-match': patched.etag }
  })
  t.match(put, { status: 200, body: { displayName: 'Nora T.', title: 'Printer whisperer', active: false } })
  t.match((await call('GET', `/people/${id}`)).body, { screenName: 'Nora T.', managerId: boss.body.id, active: false })
  t.equal((await scim('PUT', `/Users/${id}`, nora, { headers: { 'if-match': patched.etag } })).status, 412)

  t.equal((await scim('DELETE', `/Users/${id}`)).status, 204)
  t.equal((await scim('GET', `/Users/${id}`)).status, 404)
  t.equal((await scim('GET', '/Users')).body.totalResults, 1)
  t.equal((await call('GET', `/people/${id}`)).status, 200, 'nobody is deleted')
  const back = await scim('POST', '/Users', { userName: 'nora2@acme.example', externalId: 'e-1' })
  t.match(back, { status: 201, body: { id, userName: 'nora2@acme.example', active: true } })
  const events = (await outbox()).filter(({ subject }) => subject === `person/${id}`)
  t.same(events.map(({ sequence, data }) => [sequence, data.person.active]), [
    [1, true],
    [2, false],
    [3, false],
    [4, true]
  ])
})

t.test('what others change of the person is shown, and what only the directory knows stays', async (t) => {
  const { scim, call } = await startScim(t)
  const { body: { id } } = await scim('POST', '/Users', nora)
  const change = {
    name: 'Nora New',
    screenName: 'N.',
    email: 'n@acme.example',
    timeZone: null,
    languages: ['en', 'ar']
  }
  t.equal((await call('PATCH', `/people/${id}`, { body: change, ifMatch: '*' })).status, 200)
  const { body } = await scim('GET', `/Users/${id}`)
  t.match(body, {
    userName: 'Nora@acme.example',
    title: 'Printer whisperer',
    name: { formatted: 'Nora New' },
    displayName: 'N.',
    emails: [{ value: 'n@acme.example', primary: true }],
    preferredLanguage: 'en'
  })
  t.equal(body.timezone, undefined)
  await scim('PATCH', `/Users/${id}`, patchOf({ op: 'add', path: 'nickName', value: 'No' }))
  t.match((await call('GET', `/people/${id}`)).body, change, 'a change of something else leaves them as they are')
})

t.test('names, external ids, managers and addresses are checked', async (t) => {
  const { scim, call, person, tokenOf, ids } = await startScim(t)
  const made = await scim('POST', '/Users', nora)
  const taken = { status: 409, body: { scimType: 'uniqueness', status: '409' } }
  t.match(await scim('POST', '/Users', { userName: 'NORA@ACME.example' }), taken)
  t.match(await scim('POST', '/Users', { userName: 'other', externalId: 'e-1' }), taken)
  const by = await tokenOf('globex')
  t.equal((await scim('POST', '/Users', nora, { by })).status, 201)
  t.equal((await scim('GET', `/Users/${made.body.id}`, undefined, { by })).status, 404)
  const elsewhere = await person({ tenantId: 'globex' })
  const invalid = { status: 400, body: { scimType: 'invalidValue' } }
  for (const value of [ids.next(), elsewhere, made.body.id, 'boss']) {
    const change = patchOf({ op: 'Add', path: `${enterprise}:manager`, value })
    t.match(await scim('PATCH', `/Users/${made.body.id}`, change), invalid, value)
  }
  t.match(await scim('POST', '/Users', { userName: 'x', emails: [{ value: 'no address' }] }), invalid)
  t.match(await scim('POST', '/Users', { displayName: 'X' }), invalid)
  const customer = await call('POST', '/people', { body: { role: 'customer', name: 'C', email: 'c@x.example' } })
  t.equal((await scim('GET', `/Users/${customer.body.id}`)).status, 404, 'customers are no users')
})

t.test('users are found by userName, externalId and more, and people whom nobody provisioned too', async (t) => {
  const { scim, call } = await startScim(t)
  const { body: { id } } = await scim('POST', '/Users', nora)
  const known = await call('POST', '/people', { body: { role: 'agent', name: 'Ada', email: 'ada@acme.example' } })
  const found = async (text: string) => {
    const { body } = await scim('GET', `/Users?filter=${encodeURIComponent(text)}`)
    return (body.Resources ?? []).map((each: any) => each.id)
  }
  for (
    const text of [
      'userName eq "nora@ACME.example"',
      'externalId eq "e-1"',
      'displayName eq "nora s."',
      'emails[type eq "work"].value eq "nora@acme.example"',
      'title co "whisper" and active eq true',
      `id eq "${id}"`
    ]
  ) t.same(await found(text), [id], text)
  t.same(await found('userName eq "ADA@acme.example"'), [known.body.id], 'by the address')
  t.same(await found('active eq false'), [])
  t.equal((await scim('POST', '/Users', { userName: 'ada@acme.example' })).status, 409)
  const linked = await scim('PATCH', `/Users/${known.body.id}`, patchOf({ op: 'add', value: { externalId: 'e-2' } }))
  t.match(linked, { status: 200, body: { externalId: 'e-2', userName: 'ada@acme.example' } })
  t.same(await found('externalId eq "e-2"'), [known.body.id])
  const group = await scim('POST', '/Groups', { displayName: 'Printers', members: [{ value: id }] })
  t.match((await scim('GET', `/Users/${id}`)).body.groups, [{ value: group.body.id, display: 'Printers' }])
})

t.test('levels, units, roles and languages are those of the tenant', async (t) => {
  const { scim, call } = await startScim(t)
  const unit = await call('POST', '/units', { body: { name: 'Support' } })
  const { body: { id } } = await scim('POST', '/Users', {
    userName: 'a',
    'urn:dueline:scim:schemas:extension:2.0:User': { level: 'manager', languages: 'ar, xx, en' },
    [enterprise]: { department: 'support' }
  })
  const read = async () => (await call('GET', `/people/${id}`)).body
  t.match(await read(), { level: 'manager', role: 'manager', unitId: unit.body.id, languages: ['ar', 'en'] })
  await scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: `${enterprise}:department`, value: 'Nowhere' }))
  t.match(await read(), { level: 'manager', unitId: null }, 'a department that is no unit is a text')
  const roles = [{ value: 'operator' }]
  await scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'roles', value: roles }))
  t.equal((await read()).role, 'manager', 'who runs the service is not for a directory to say')
})

for (const client of ['entra', 'okta']) {
  t.test(`what ${client} sends, to the running service`, async (t) => {
    const { scim, person } = await startScim(t)
    const cases = JSON.parse(
      await readFile(new URL(`../unit/scim-clients/${client}.json`, import.meta.url), 'utf8')
    ) as Array<{ name: string, type: string, before: any, patch: unknown, error?: string }>
    const boss = await person({ role: 'manager' })
    for (const { name, type, before, patch, error } of cases.filter(({ type }) => type === 'User')) {
      const { body: { id } } = await scim('POST', `/${type}s`, { ...before, userName: name })
      const sent = JSON.parse(JSON.stringify(patch).replaceAll('01900000-0000-7000-8000-000000000002', boss))
      const answer = await scim('PATCH', `/Users/${id}`, sent)
      t.match([answer.status, answer.body.scimType], error === undefined ? [200, undefined] : [400, error], name)
    }
  })
}
