import t from 'tap'
import { startDirectory } from './harness.ts'

type Directory = Awaited<ReturnType<typeof startDirectory>>

/** Sends a file as `type`, and answers what came of it. */
async function send (
  { request, ids }: Directory,
  body: string | Buffer,
  { type = 'text/csv', query = '', tenant = 'acme' }: { type?: string, query?: string, tenant?: string } = {}
) {
  const headers = { 'content-type': type }
  const caller = { tenant, roles: ['admin'] as ['admin'], person: ids.next(), headers, body }
  return await request('POST', `/people-imports${query}`, caller)
}

async function exported (directory: Directory): Promise<string> {
  const { http, issuer } = directory
  const headers = await issuer.bearer({ tenant: 'acme', roles: ['admin'] })
  const answer = await http.inject({ method: 'GET', url: '/v1/people-export', headers })
  return answer.body
}

t.test('people come by CSV, and a file that was exported changes nothing', async (t) => {
  const directory = await startDirectory(t)
  const { call, outbox } = directory
  const unit = (await call('POST', '/units', { body: { name: 'North' } })).body.id
  const file = [
    'externalId;role;name;screenName;phone;managerId;level;unitId;languages',
    `e-1;agent;"=cmd|' /C calc'!A0";'+Anna;+49 30 1;e-2;support-executive;${unit};ar en`,
    'e-2;manager;"Rita ""R""; Rahn";Rita;;;manager;;',
    'e-3;manager;Nobody;;;e-9;;;'
  ].join('\r\n')
  const dry = await send(directory, `\ufeff${file}`, { query: '?dryRun=true' })
  t.match(dry, { status: 200, body: { dryRun: true, created: 2, refused: 1 } })
  t.same((await call('GET', '/people')).body.items, [], 'nothing is there yet')
  const before = (await outbox()).length
  const { body } = await send(directory, `\ufeff${file}`)
  t.match(body, {
    dryRun: false,
    created: 2,
    changed: 0,
    unchanged: 0,
    refused: 1,
    rows: [
      { line: 2, state: 'created', faults: [] },
      { line: 3, state: 'created' },
      { line: 4, state: 'refused', faults: [{ field: 'managerId', message: 'no such person' }] }
    ]
  })
  t.same(body.rows, dry.body.rows, 'a dry run says what would be')
  const [agent, manager] = body.rows.map(({ personId }: any) => personId)
  t.match((await call('GET', `/people/${agent}`)).body, {
    name: "=cmd|' /C calc'!A0",
    screenName: '+Anna',
    phone: '+49 30 1',
    managerId: manager,
    unitId: unit,
    languages: ['ar', 'en'],
    level: 'support-executive'
  })
  t.same((await outbox()).slice(before).map(({ type, data }) => [type, data.person.id]), [
    ['dueline.person.changed.v1', agent],
    ['dueline.person.changed.v1', manager]
  ])
  await call('POST', '/people', {
    body: { role: 'customer', name: "'=quoted", email: 'k@example.org', managerId: null }
  })

  const out = await exported(directory)
  t.ok(out.startsWith('\ufeffid,externalId,role,name'), 'with a byte order mark')
  t.notOk(/(^|,)"?[=+@-]/m.test(out), 'nothing that a spreadsheet computes')
  t.match((await send(directory, out)).body, { created: 0, changed: 0, unchanged: 3, refused: 0 })
  const blank = out.replace("'+49 30 1", '')
  t.match((await send(directory, blank)).body, { changed: 1, unchanged: 2, refused: 0 })
  t.match((await call('GET', `/people/${agent}`)).body, { phone: null, version: 2 })
  t.equal(await exported(directory), blank, 'and what was imported is exported')
})

t.test('charsets: what is declared is read, and what is none of it is refused', async (t) => {
  const directory = await startDirectory(t)
  const arabic = Buffer.concat([
    Buffer.from('externalId,role,name\nw-1,agent,'),
    Buffer.from([0xe3, 0xcd, 0xe3, 0xcf]),
    Buffer.from('\n')
  ])
  const read = await send(directory, arabic, { type: 'text/csv; charset=windows-1256' })
  t.match(read, { status: 200, body: { created: 1 } })
  t.equal((await directory.call('GET', `/people/${read.body.rows[0].personId}`)).body.name, 'محمد')
  t.match(await send(directory, arabic), {
    status: 400,
    body: { errors: [{ message: /^is not utf-8: name its charset/ }] }
  })
  t.equal((await send(directory, arabic, { type: 'text/csv; charset=klingon' })).status, 415)
  t.equal((await send(directory, '{}', { type: 'application/json' })).status, 415)
  const wide = Buffer.from('\ufeffexternalId,role,name\nu-1,agent,محمد\n', 'utf16le')
  t.match((await send(directory, wide, { type: 'text/csv; charset=utf-16' })).body, { created: 1 })
})

t.test('files that are no tables are refused with what would be right', async (t) => {
  const directory = await startDirectory(t)
  const refused: Array<[string, RegExp]> = [
    ['', /must have a line of columns/],
    ['externalId,role,name\n', /one row at least/],
    ['externalId,rolle,name\na,agent,A\n', /^"rolle" is no column: there are id, externalId, role/],
    ['role,name\nagent,A\n', /^id or externalId must be among the columns/],
    ['externalId,name\na,"A\n', /^is no CSV: /]
  ]
  for (const [file, message] of refused) {
    t.match(await send(directory, file), { status: 400, body: { errors: [{ message }] } }, file)
  }
  const many = `externalId,role,name\n${'a,agent,A\n'.repeat(20_001)}`
  t.equal((await send(directory, many)).status, 413)
})

t.test('a row is checked against who is there: units, calendars, levels, contacts, other tenants', async (t) => {
  const directory = await startDirectory(t)
  const { call, person, ids, calendar } = directory
  const elsewhere = await person({ tenantId: 'globex', externalId: 'g' })
  const customer = await person({ role: 'customer', externalId: 'k' })
  await call('POST', '/customers', { body: { name: 'Globex', contactIds: [customer] } })
  const works = await calendar()
  const file = [
    'externalId,role,name,unitId,calendarId,level,managerId',
    `a,agent,A,${ids.next()},,,`,
    `b,agent,B,,${ids.next()},,`,
    'c,agent,C,,,ceo,',
    'k,agent,K,,,,',
    `d,agent,D,,,,${elsewhere}`,
    `e,agent,E,,${works},,`
  ].join('\n')
  const { body } = await send(directory, file)
  t.same(body.rows.map(({ state, faults: [fault] }: any) => [state, fault?.field]), [
    ['refused', 'unitId'],
    ['refused', 'calendarId'],
    ['refused', 'level'],
    ['refused', 'role'],
    ['refused', 'managerId'],
    ['created', undefined]
  ])
})

t.test('two files at once: nobody comes twice, and no circle is closed', async (t) => {
  const directory = await startDirectory(t)
  const { call } = directory
  await send(directory, 'externalId,role,name\na,manager,A\nb,manager,B\n')
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all([
      send(directory, `externalId,role,name,managerId\na,manager,A,b\nx${round},agent,X,\n`),
      send(directory, `externalId,role,name,managerId\nb,manager,B,a\nx${round},agent,X,\n`)
    ])
    t.ok(answers.every(({ status }) => status === 200 || status === 503), answers.map(({ status }) => status).join())
    const people = (await call('GET', '/people?limit=200')).body.items
    t.equal(people.filter(({ externalId }: any) => externalId === `x${round}`).length, 1)
    const managers = people.filter(({ externalId, managerId }: any) => ['a', 'b'].includes(externalId) && managerId)
    t.ok(managers.length <= 1, 'one of them reports to the other, never both')
    await send(directory, 'externalId,managerId\na,\nb,\n')
  }
})
