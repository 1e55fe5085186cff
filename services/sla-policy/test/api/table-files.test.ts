import { parseInstant } from '@dueline/business-time'
import t from 'tap'
import { csvLines, readSheet, writeWorkbook } from '../../src/spreadsheets/sheet-file.ts'
import { customerId, harness, otherTenant, person, start, tenant, unknownId, type Harness } from './harness.ts'

const types = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json'
} as const
type Format = keyof typeof types
const formats = Object.keys(types) as Format[]

/** The table as a file, by the bytes. */
async function exported (h: Harness, format: Format, of = tenant): Promise<Buffer> {
  const answer = await h.send({ url: `/v1/sla-rows/export?format=${format}`, of })
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.rawPayload
}

async function imported (h: Harness, file: string | Buffer, format: Format = 'csv', { query = '', of = tenant } = {}) {
  const answer = await h.send({ url: `/v1/sla-rows/import${query}`, of, file, type: types[format] })
  return { status: answer.statusCode, body: answer.json() }
}

async function filled (h: Harness) {
  const { call } = h
  await h.people(person())
  const post = async (path: string, body: object) => (await call('POST', path, { body })).body.id as string
  const product = await post('/products', { name: '=HYPERLINK("x")' })
  const other = await post('/products', { name: 'Copier' })
  const module = await post('/modules', { productId: product, name: 'Tray' })
  await post('/modules', { productId: other, name: 'tray' })
  const question = await post('/questions', { moduleId: module, name: "'+jam" })
  const calendar = await post('/calendars', { name: 'مكتب', spec: { timezone: 'UTC', weekly: {} } })
  const targets = { resolution: 'PT1H30M' }
  const rows = [
    { name: '=1+1', targets, productId: product, moduleId: module, questionId: question },
    { name: '-5; "x", y', targets, moduleId: module, priority: 'P0', severity: 'high', rank: -3 },
    { name: "'quoted", targets: { first_response: 'PT5M', next_response: 'PT0.000001S' }, customerId, active: false },
    {
      name: 'عميل مهم _x000D_ ',
      targets,
      calendarId: calendar,
      kind: 'ola',
      reminders: [],
      pauseRules: { resolution: [], first_response: ['manual', 'maintenance'] },
      escalationPolicyId: unknownId,
      reopen: 'keep_closed',
      nextResponse: 'always',
      effect: 'from_now',
      validFrom: '2026-01-01T00:00:00.000001Z',
      validTo: '2027-01-01T00:00:00.000000Z',
      when: { not: { field: 'ticket.channel', op: 'in', values: ['email', 'phone'] } }
    },
    { name: '007', targets, reminders: [{ percent: 75 }, { before: 'PT6H', urgent: true }, { after: 'PT1H' }] }
  ]
  for (const body of rows) {
    const made = await call('POST', '/sla-rows', { body })
    if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  }
}

t.test('a table that is exported and imported again is unchanged, in each form', async (t) => {
  const h = await harness(t)
  await filled(h)
  const before = (await h.call('GET', '/sla-rows')).body.items
  h.clock.set(start + 1_000_000)
  for (const format of formats) {
    const { status, body } = await imported(h, await exported(h, format), format)
    t.match(
      { status, ...body },
      { status: 200, applied: true, created: 0, updated: 0, unchanged: 5, refused: 0 },
      format
    )
    t.same((await h.call('GET', '/sla-rows')).body.items, before, `${format}: not a row is touched`)
  }
})

t.test('an exported table makes the same table where its rows are gone, in each form', async (t) => {
  for (const format of formats) {
    const h = await harness(t)
    await filled(h)
    const file = await exported(h, format)
    const before = (await h.call('GET', '/sla-rows')).body.items
    for (const { id } of before) await h.call('DELETE', `/sla-rows/${id}`, { ifMatch: '"1"' })
    t.match((await imported(h, file, format)).body, { applied: true, created: 5, refused: 0 }, format)
    t.same((await h.call('GET', '/sla-rows')).body.items, before)
  }
})

t.test('CSV holds no formula, and says by what charset it is read', async (t) => {
  const h = await harness(t)
  await filled(h)
  const text = (await exported(h, 'csv')).toString()
  t.equal(text.codePointAt(0), 0xfeff)
  t.match(text, /"?'=1\+1"?,/)
  t.notMatch(text, /(^|,)"?([=+@]|-(?!\d+,))/m, 'no cell begins as a formula')
})

t.test('a file as spreadsheets and people write it', async (t) => {
  const h = await harness(t)
  await h.call('POST', '/products', { body: { name: 'Printer' } })
  const lines = [
    'sep=;',
    'Name;Product;priority;targets.first_response;targets.resolution;reminders;active;validFrom;rank',
    'One;printer;p1;0:30;4h;75%;WAHR;2026-03-01;1,0',
    '',
    "'=Two;;;;PT2H;none;no;;"
  ]
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(lines.join('\r\n'), 'utf16le')])
  t.match((await imported(h, utf16)).body, { applied: true, created: 2, results: [{ line: 3 }, { line: 5 }] })
  t.match((await h.call('GET', '/sla-rows')).body.items, [
    {
      name: 'One',
      priority: 'P1',
      targets: { first_response: 'PT30M', resolution: 'PT4H' },
      reminders: [{ percent: 75 }],
      active: true,
      validFrom: '2026-03-01T00:00:00.000000Z',
      rank: 1
    },
    { name: '=Two', productId: null, reminders: [], active: false, validFrom: null, rank: 0 }
  ])
  const book = Buffer.from(
    await writeWorkbook('Sheet1', [
      ['name', 'targets.resolution', 'validTo', 'rank', 'active'],
      ['Three', new Date('1900-01-01T00:00:00Z'), new Date('2026-12-31T00:00:00Z'), 5, true],
      [42, '90m', null, null, null]
    ])
  )
  t.match((await imported(h, book, 'xlsx')).body, { applied: true, created: 2 })
  t.match((await h.call('GET', '/sla-rows')).body.items.slice(2), [
    { name: 'Three', targets: { resolution: 'PT24H' }, validTo: '2026-12-31T00:00:00.000000Z', rank: 5 },
    { name: '42', targets: { resolution: 'PT1H30M' }, validTo: null, active: true }
  ])
})

t.test('each row says its field and reason; all or nothing, the good rows, or only tried', async (t) => {
  const h = await harness(t)
  await h.people(person({ id: unknownId, role: 'agent' }))
  const file = [
    'name,product,priority,targets.resolution,customerId,when',
    'Good,,,PT1H,,',
    `Bad,Nothing,P9,2 days,${unknownId},[`,
    ',,,PT1H,,'
  ].join('\n')
  const faults = [
    { line: 2, result: 'created', faults: [] },
    {
      line: 3,
      result: 'refused',
      faults: [
        { field: 'product', message: /there is no product named "Nothing"/ },
        { field: 'priority', message: /must be one of P0/ },
        { field: 'when', message: /must be a condition in JSON/ },
        { field: 'targets.resolution', message: /days are not hours/ }
      ]
    },
    { line: 4, result: 'refused', faults: [{ field: 'name' }] }
  ]
  const count = async () => (await h.call('GET', '/sla-rows')).body.items.length
  t.match((await imported(h, file)).body, { applied: false, created: 1, refused: 2, results: faults })
  t.equal(await count(), 0, 'nothing')
  t.match((await imported(h, file, 'csv', { query: '?dryRun=true&mode=good_rows' })).body, {
    applied: false,
    created: 1
  })
  t.equal(await count(), 0, 'a dry run')
  t.match((await imported(h, file, 'csv', { query: '?mode=good_rows' })).body, { applied: true, results: faults })
  t.equal(await count(), 1, 'the good row')
  const json = JSON.stringify([{ name: 'J', targets: { resolution: 'PT1H' }, colour: 1 }, 7, {
    name: 'K',
    targets: {},
    customerId: unknownId
  }])
  t.match((await imported(h, json, 'json')).body.results, [
    { line: 1, faults: [{ field: 'colour', message: /is not known here/ }] },
    { line: 2, faults: [{ message: 'must be an object' }] },
    { line: 3, faults: [{ field: 'targets' }, { field: 'customerId', message: 'is not a customer' }] }
  ])
})

t.test('a row that was changed since the file was written is refused; without a version it is not', async (t) => {
  const h = await harness(t)
  const { body: { id } } = await h.call('POST', '/sla-rows', { body: { name: 'A', targets: { resolution: 'PT1H' } } })
  const file = (await exported(h, 'csv')).toString()
  await h.call('PATCH', `/sla-rows/${id}`, { ifMatch: '"1"', body: { rank: 5 } })
  t.match((await imported(h, file)).body.results, [{ result: 'refused', faults: [{ field: 'version' }] }])
  const twice = `id,rank\n${id},1\n${id},2`
  t.match((await imported(h, twice)).body.results[1], {
    faults: [{ field: 'id', message: 'stands in line 2 already' }]
  })
  t.match((await imported(h, `id,rank,targets.first_response\n${id},7,PT1M`)).body, { applied: true, updated: 1 })
  t.match((await h.call('GET', `/sla-rows/${id}`)).body, {
    rank: 7,
    targets: { resolution: 'PT1H', first_response: 'PT1M' },
    version: 3
  }, 'columns that the file leaves out stay')
  t.match((await imported(h, `id,name\n${id},`)).body.results, [{ faults: [{ field: 'name' }] }], 'no name')
  t.match(
    (await imported(h, `id,name,targets.resolution\n${id},B,PT1H`, 'csv', { of: otherTenant })).body,
    { created: 1 },
    "another tenant's row is a new one there"
  )
})

t.test('a tenant that forbids overlaps has none by a file, nor among its rows', async (t) => {
  const h = await harness(t)
  await h.call('POST', '/sla-rows', { body: { name: 'A', targets: { resolution: 'PT1H' }, priority: 'P1' } })
  await h.call('PUT', '/sla-policy-settings', { ifMatch: '"0"', body: { forbidOverlap: true, defaults: {} } })
  const file =
    'name,priority,targets.resolution,active\nB,P1,1h,true\nC,P2,1h,true\nD,P2,1h,true\nE,P2,1h,false\nF,P3,1h,yes'
  const { body } = await imported(h, file, 'csv', { query: '?mode=good_rows' })
  t.same(body.results.map((one: { result: string }) => one.result), [
    'refused',
    'refused',
    'refused',
    'created',
    'created'
  ])
  t.match(body.results[0].faults, [{ field: 'id', message: /covers the same as the row/ }])
})

t.test('files that are none', async (t) => {
  const h = await harness(t)
  const refused = async (file: string | Buffer, format: Format = 'csv') => {
    const { status, body } = await imported(h, file, format)
    return `${status} ${body.errors?.[0]?.message ?? body.code}`
  }
  t.match(await refused('nom,rang\nA,1'), /^400 column "nom" is not known; known are id, version, name/)
  t.match(await refused('name,name\nA,B'), /^400 column "name" stands twice/)
  t.match(await refused(Buffer.from([0x6e, 0xe9])), /^400 is not UTF-8/)
  t.match(await refused('name,rank\n"A'), /^400 is no CSV/)
  t.match(await refused(' '), /^400 has no row with the names of columns/)
  t.match(await refused('{"items":5}', 'json'), /^400 must be a list/)
  t.match(await refused('[', 'json'), /^400 must be JSON/)
  t.match(await refused('name,rank', 'xlsx'), /^400 is no XLSX workbook/)
  t.match(await refused(`name\n${'x\n'.repeat(50_001)}`), /^400 has 50001 rows/)
  t.equal(
    (await h.send({ url: '/v1/sla-rows/import', file: 'name', type: 'text/csv; charset=koi8-r' })).statusCode,
    415
  )
})

t.test('one change of many rows', async (t) => {
  const h = await harness(t)
  for (const [name, priority] of [['A', 'P1'], ['B', 'P1'], ['C', 'P2']]) {
    await h.call('POST', '/sla-rows', { body: { name, priority, targets: { resolution: 'PT1H' } } })
  }
  const change = async (body: object) => (await h.call('POST', '/sla-rows/changes', { body })).body
  const rows = { priority: 'P1' }
  t.match(await change({ rows, change: { rank: 9 }, dryRun: true }), { applied: false, updated: 2 })
  t.match(await change({ rows, change: { rank: 9 } }), {
    applied: true,
    updated: 2,
    results: [{ line: 1, faults: [] }, {}]
  })
  t.match(await change({ rows, change: { rank: 9 } }), { applied: true, updated: 0, unchanged: 2 })
  t.same((await h.call('GET', '/sla-rows?sort=-rank')).body.items.map((row: { name: string }) => row.name), [
    'B',
    'A',
    'C'
  ])
  t.match(await change({ rows, change: { productId: unknownId } }), {
    applied: false,
    refused: 2,
    results: [{ faults: [{ field: 'productId', message: 'there is no such product' }] }, {}]
  })
  t.match(await change({ rows: {}, change: { rank: 1 } }), { status: 400 })
  t.match(await change({ rows: { ids: [unknownId] }, change: { rank: 1 } }), { applied: true, updated: 0, results: [] })
})

t.test('the list in each order, found and filtered, none lost and none twice while pages turn', async (t) => {
  const h = await harness(t)
  const made = ['b', 'A', 'c', 'B', 'a'].map((name, rank) => ({ name, rank, priority: ['P3', null, 'P0'][rank % 3] }))
  for (const row of made) await h.call('POST', '/sla-rows', { body: { ...row, targets: { resolution: 'PT1H' } } })
  const listed = async (sort: string, limit = 2) => {
    const found: Array<{ id: string, name: string, rank: number }> = []
    let cursor = ''
    for (;;) {
      const { body } = await h.call('GET', `/sla-rows?limit=${limit}&sort=${sort}${cursor}`)
      found.push(...body.items)
      if (body.nextCursor === null) return found
      cursor = `&cursor=${body.nextCursor}`
    }
  }
  const names = async (sort: string) => (await listed(sort)).map(({ name }) => name).join('')
  t.equal(await names('createdAt'), 'bAcBa')
  t.equal(await names('name'), 'AabBc')
  t.equal(await names('-name'), 'cBbaA')
  t.equal(await names('-rank'), 'aBcAb')
  t.equal(await names('priority'), 'cbBAa')
  const first = (await h.call('GET', '/sla-rows?limit=2&sort=rank')).body
  await h.call('PATCH', `/sla-rows/${(await listed('rank'))[4]!.id}`, { ifMatch: '"1"', body: { rank: -7 } })
  const rest = (await h.call('GET', `/sla-rows?limit=10&cursor=${first.nextCursor}`)).body.items
  t.ok(rest.some(({ name }: { name: string }) => name === 'a'), 'what moved to a page that was read comes at the end')
  t.same((await h.call('GET', '/sla-rows?validAt=2026-03-02T08:00:00Z&q=B')).body.items.length, 2)
})

t.test('a sheet of many rows is read as it was written', async (t) => {
  const rows = Array.from({ length: 500 }, (_, index) => [`row ${index}`, index, index % 2 === 0, null])
  for (const format of ['csv', 'xlsx'] as const) {
    const table = [['a', 'b', 'c', 'd'], ...rows]
    const bytes = format === 'csv' ? Buffer.from(csvLines(table)) : await writeWorkbook('s', table)
    const sheet = await readSheet(format, bytes, ['a', 'b'])
    t.equal(sheet.rows.length, 500, format)
    t.same(sheet.rows[499]!.cells.slice(0, 3).map(String), ['row 499', '499', 'false'])
    t.equal(sheet.rows[499]!.line, 501)
  }
  t.equal(parseInstant('2026-03-02T08:00:00Z'), start)
})
