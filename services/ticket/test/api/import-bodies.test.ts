import { gzipSync } from 'node:zlib'
import t from 'tap'
import { startTicket, type TestTicket } from './harness.ts'
import { admin, finish, line, ndjson } from './import-support.ts'

const type = 'application/x-ndjson'

async function post (service: TestTicket, payload: string | Buffer, headers: Record<string, string> = {}) {
  return await service.call('POST', '/ticket-imports', {
    as: 'admin',
    headers: { 'content-type': type, ...headers },
    payload
  })
}

async function subjects (service: TestTicket): Promise<string[]> {
  return (await service.get('/tickets?sort=createdAt&limit=200')).body.items.map(({ subject }: any) => subject)
}

/** `text` in UTF-16 with the bytes of each pair the other way about. */
function bigEndian (text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

void t.test('texts are read in the charset that is declared, UTF-8 when none is', async (t) => {
  const service = await startTicket(t)
  const cases: Array<[string, (text: string) => Buffer]> = [
    ['', (text) => Buffer.from(text)],
    ['; charset=utf-8', (text) => Buffer.from(text)],
    ['; charset="UTF-8"', (text) => Buffer.from(text)],
    ['; charset=iso-8859-1', (text) => Buffer.from(text, 'latin1')],
    ['; Charset=ISO-8859-15', (text) => Buffer.from(text, 'latin1')],
    ['; charset=windows-1252', (text) => Buffer.from(text, 'latin1')],
    ['; charset=utf-16le', (text) => Buffer.from(text, 'utf16le')],
    ['; charset=utf-16be', bigEndian],
    ['; charset=utf-16', (text) => Buffer.from('\ufeff' + text, 'utf16le')],
    ['; charset=utf-16', (text) => bigEndian('\ufeff' + text)],
    ['; charset=utf-16', (text) => Buffer.from(text, 'utf16le')],
    // its letters lie where other alphabets have theirs
    [
      '; charset=windows-1256',
      (text) => Buffer.from(text.replaceAll('مرحبا', '\u00e3\u00d1\u00cd\u00c8\u00c7'), 'latin1')
    ]
  ]
  for (const [i, [charset, bytesOf]] of cases.entries()) {
    const wanted = charset.endsWith('1256') ? ['مرحبا', 'plain'] : ['Straße gesperrt', 'über']
    const text = ndjson(...wanted.map((subject, place) => line(`${i}-${place}`, { subject })))
    const answer = await post(service, bytesOf(text), { 'content-type': type + charset })
    t.match(answer, { status: 202, body: { accepted: 2, faults: [] } }, charset)
    await finish(service, answer.body.importId)
    const stored = async (place: number) =>
      (await service.get(`/tickets?externalId=${i}-${place}`)).body.items[0].subject
    t.same([await stored(0), await stored(1)], wanted, charset)
  }
  for (const charset of ['latin-x', 'utf-7', 'shift_jis', 'x-user-defined']) {
    const { status, body } = await post(service, ndjson(line('x')), { 'content-type': `${type}; charset=${charset}` })
    const refused = { code: 'unsupported_media_type', detail: /utf-8, .*windows-1252.*utf-16/ }
    t.match({ status, body }, { status: 415, body: refused }, charset)
  }
})

void t.test('bytes that are no text are a fault of their line; the others go in', async (t) => {
  const service = await startTicket(t)
  const [good, latin, cut, also] = ['A', 'B', 'C', 'D'].map((id) => JSON.stringify(line(id, { subject: 'Straße' })))
  const lines = [
    Buffer.from(good!),
    Buffer.from(latin!, 'latin1'),
    Buffer.concat([Buffer.from(cut!).subarray(0, 40), Buffer.from([0xf0, 0x9f])]),
    Buffer.from(also!)
  ]
  const { body } = await post(service, Buffer.concat(lines.flatMap((each) => [each, Buffer.from('\n')])))
  t.match(body, {
    lines: 4,
    accepted: 2,
    rejected: 2,
    faults: [
      { line: 2, pointer: '', message: 'is not utf-8' },
      { line: 3, message: 'is not utf-8' }
    ]
  })
  await finish(service, body.importId)
  t.same(await subjects(service), ['Straße', 'Straße'])
  const halved = Buffer.from(`${good!}\n${good!}`, 'utf16le')
  t.match(await post(service, halved.subarray(0, -1), { 'content-type': `${type}; charset=utf-16le` }), {
    status: 400,
    body: { errors: [{ message: 'is not utf-16le' }] }
  })
  t.match((await post(service, Buffer.from(good!, 'latin1'), { 'content-type': `${type}; charset=us-ascii` })).body, {
    faults: [{ message: 'is not us-ascii' }]
  })
})

void t.test('a byte order mark and carriage returns are no part of a line', async (t) => {
  const service = await startTicket(t)
  const { body } = await post(service, '\ufeff' + ndjson(line('A'), line('B')).replaceAll('\n', '\r\n'))
  t.match(body, { lines: 2, accepted: 2, faults: [] })
  t.match((await post(service, '\ufeff' + JSON.stringify(line('A')))).body, { accepted: 1 })
  t.match(await post(service, '\ufeff\r\n \r\n'), { status: 400 }, 'nothing but blanks')
})

void t.test('what is compressed is refused, and not misread', async (t) => {
  const service = await startTicket(t)
  const text = ndjson(line('A'))
  for (const encoding of ['gzip', 'br', 'deflate', 'gzip, identity', 'x']) {
    t.match(
      await post(service, gzipSync(text), { 'content-encoding': encoding }),
      { status: 415, body: { detail: new RegExp(encoding) } },
      encoding
    )
  }
  t.match(await post(service, text, { 'content-encoding': 'identity' }), { status: 202 })
  t.match(
    (await post(service, gzipSync(text))).body,
    { accepted: 0, faults: [{ line: 1 }] },
    'and undeclared it is no text'
  )
  t.equal((await service.database.pool.query('select 1 from ticket_import')).rowCount, 2)
})

void t.test('an import has at most 100,000 lines, counted before any is read or kept', async (t) => {
  const service = await startTicket(t)
  for (
    const body of [
      '1\n'.repeat(100_001),
      '1\n'.repeat(1_000_000),
      '\n'.repeat(20 * 1024 * 1024),
      `${'\n'.repeat(100_000)}1`
    ]
  ) {
    t.match(await post(service, body), { status: 413, body: { code: 'payload_too_large', detail: /100000 lines/ } })
  }
  t.match(
    await post(service, Buffer.from('1\n'.repeat(100_001), 'utf16le'), { 'content-type': `${type}; charset=utf-16le` }),
    { status: 413 }
  )
  t.equal((await service.database.pool.query('select 1 from ticket_import')).rowCount, 0)
  const { status, body } = await post(service, `${'\n'.repeat(99_999)}${JSON.stringify(line('A'))}\n`)
  t.match({ status, body }, { status: 202, body: { lines: 1, accepted: 1 } })
  t.match(await post(service, '\n'.repeat(100_000)), { status: 400 })
})

void t.test('an answer names 100 faults, a line 20; the others are on its pages', async (t) => {
  const service = await startTicket(t)
  const facts = Array.from({ length: 9_000 }, () => ({ kind: 'exploded' }))
  const { body } = await post(
    service,
    ndjson(
      ...Array.from(
        { length: 150 },
        (_, i) => i % 2 === 0 ? '1' : line(`L${i}`, i === 1 ? { facts } : { priority: 'P9', type: 'x' })
      )
    )
  )
  t.match(body, { lines: 150, rejected: 150 })
  t.equal(body.faults.length, 100)
  t.equal(body.faults.filter((fault: any) => fault.line === 2).length, 20)
  let count = 0
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: any = await service.get(
      `/ticket-imports/${body.importId}/lines?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`,
      { as: 'admin' }
    )
    count += page.body.items.reduce((sum: number, { faults }: any) => sum + faults.length, 0)
    cursor = page.body.nextCursor
  }
  t.equal(count, 75 + 20 + 74 * 2)
  for (const cursor of ['-1', '1.5', '2147483648', '"1"', 'null']) {
    t.match(
      await service.get(`/ticket-imports/${body.importId}/lines?cursor=${Buffer.from(cursor).toString('base64url')}`, {
        as: 'admin'
      }),
      { status: 400 },
      cursor
    )
  }
})

void t.test('whatever a line is made of, it is a fault of that line', async (t) => {
  const service = await startTicket(t)
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  const withCustom = (custom: string): string =>
    JSON.stringify(line('X', { custom: {} })).replace('"custom":{}', `"custom":${custom}`)
  const fact = { at: '2016-03-01T00:00:00Z', kind: 'status_changed', to: 'open' }
  const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, 1]))
  const bad: Array<[string | object, string]> = [
    [withCustom(`{"a":${nested(6_000)}}`), '/custom'],
    [withCustom(`{"a":${nested(100_000)}}`), '/custom'],
    [nested(100_000), ''],
    [line('X', { deep: 1 }), '/deep'],
    [JSON.stringify(line('X', { deep: 0 })).replace('"deep":0', `"deep":${nested(50_000)}`), '/deep'],
    [withCustom('{"a":1e400}'), '/custom'],
    [withCustom('{"a":[{"b":-1e400}]}'), '/custom'],
    [withCustom('{"a":[{"b":9007199254740993}]}'), '/custom'],
    [JSON.stringify(line('X', { deep: 0 })).replace('"deep":0', '"deep":9007199254740993'), '/deep'],
    [withCustom('{"a\\u0000":1}'), '/custom'],
    [withCustom('{"a":"\\ud800"}'), '/custom'],
    ['{"a\\u0000":1}', '/a\ufffd'],
    [line('X', { facts: [{ ...fact, 'b\u0000': 1 }] }), '/facts/0/b\ufffd'],
    [line('X', { facts: [{ ...fact, '\ud800': 1 }] }), '/facts/0/\ufffd'],
    [line('X', { ['k'.repeat(100_000)]: 1 }), `/${'k'.repeat(199)}`],
    [line('X', many), ''],
    [line('X', { customer: { externalId: 'c', ...many } }), '/customer'],
    [line('X', { facts: [{ ...fact, ...many }] }), '/facts/0'],
    [line('X', { facts: new Array(100_000).fill(1) }), '/facts'],
    [line('X', { facts: [{ ...fact, at: '2016-03-01' }] }), '/facts/0/at'],
    [
      line('X', {
        facts: [
          { ...fact, externalId: 'f' },
          { ...fact, externalId: 'f' }
        ]
      }),
      '/facts/1/externalId'
    ],
    [line('X', { subject: 'two\nlines' }), '/subject'],
    [line('X', { customer: { externalId: 'c', name: 'A\r\nB' } }), '/customer/name'],
    [
      line('X', { facts: [{ ...fact, kind: 'assigned', to: undefined, assignee: { externalId: 'r', name: 'A\tB' } }] }),
      '/facts/0/assignee/name'
    ],
    [line('X', { createdAt: '2016-02-29' }), '/createdAt']
  ]
  const { status, body } = await post(service, ndjson(...bad.map(([each]) => each), line('OK')))
  t.equal(status, 202)
  t.match(body, { lines: bad.length + 1, rejected: bad.length, accepted: 1 })
  for (const [i, [, pointer]] of bad.entries()) {
    const faults = body.faults.filter((fault: any) => fault.line === i + 1)
    t.ok(
      faults.some((fault: any) => fault.pointer === pointer),
      `line ${i + 1}: ${pointer.slice(0, 30).replace('\ufffd', '?')}`
    )
    for (const { message } of faults) t.notMatch(message, /[\\^$]|schema/, 'said in words')
  }
  t.match(await finish(service, body.importId), { state: 'done', imported: 1 })
  const fine = [
    withCustom(`{"a":${nested(98)}}`),
    line('N', { custom: { n: 1.7e308, text: 'two\nlines' } }),
    line('T', { description: 'two\nlines', facts: [{ ...fact, reason: 'a\nb' }] }),
    line('D', {
      createdAt: '2016-02-29T02:16:00.1234567+01:00',
      facts: [
        { ...fact, at: '2016-03-01t01:00:00.5+01:00' },
        { ...fact, at: '2016-03-01T00:00:00z', to: 'resolved' }
      ]
    }),
    line('M', {
      facts: [{ at: '2016-03-01T00:00:00Z', kind: 'message', messageKind: 'automatic', by: 'agent', body: 'receipt' }]
    })
  ]
  const accepted = await service.post('/ticket-imports', ndjson(...fine), admin)
  t.match(accepted.body, { accepted: fine.length, faults: [] })
  t.match(await finish(service, accepted.body.importId), { imported: fine.length })
  t.match((await service.get('/tickets?externalId=D')).body.items[0], {
    createdAt: '2016-02-29T01:16:00.123456Z',
    updatedAt: '2016-03-01T00:00:00.500000Z',
    status: 'open'
  })
})
