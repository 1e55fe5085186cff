import t from 'tap'
import { jsonDepthMax, jsonFaults, withInexactIntegers } from '../../src/index.ts'

const nested = (levels: number, open: string, close: string, inner = '1') =>
  JSON.parse(open.repeat(levels) + inner + close.repeat(levels)) as unknown
const pointersIn = (text: string) => jsonFaults(JSON.parse(text)).map(({ pointer }) => pointer)

t.test('what can be taken in', async (t) => {
  for (
    const value of [
      null,
      1,
      -1.7e308,
      5e-324,
      '',
      '😀 \u2028',
      true,
      [],
      {},
      { 'ä~/': [{ b: null }] },
      Array.from({ length: 300_000 }, () => 1)
    ]
  ) {
    t.same(jsonFaults(value), [])
  }
  t.same(jsonFaults(nested(jsonDepthMax, '[', ']')), [])
  t.same(jsonFaults(nested(jsonDepthMax, '{"a":', '}')), [])
  t.same(jsonFaults({ a: nested(jsonDepthMax - 1, '[', ']'), b: nested(jsonDepthMax - 1, '[', ']') }), [])
})

t.test('bytes are not looked at one by one', async (t) => {
  const bytes = new Proxy(Buffer.from([0]), {
    ownKeys () {
      throw new Error('looked at')
    }
  })
  t.same(jsonFaults(bytes), [])
})

t.test('what cannot, each by its place', async (t) => {
  t.same(pointersIn('{"a":["x","\\u0000"],"b":"\\ud800","c":{"d/e":"\\udc00\\ud800"}}'), ['/a/1', '/b', '/c/d~1e'])
  t.same(
    pointersIn('{"a\\u0000":1,"\\ud800~":{"b":1e400}}'),
    ['/a\ufffd', '/\ufffd~0', '/\ufffd~0/b'],
    'a pointer can be kept itself'
  )
  t.same(pointersIn('"\\u0000"'), [''])
  t.same(pointersIn('[1e400,-1e400,1e308]'), ['/0', '/1'])
  const deep = jsonFaults({ ok: 1, custom: nested(jsonDepthMax, '{"a":', '}'), more: '\0' })
  t.same(
    deep.map(({ pointer }) => pointer),
    [`/custom${'/a'.repeat(jsonDepthMax - 1)}`, '/more']
  )
  t.match(deep[0]?.message, /deeper than 100 levels/)
})

t.test('integers of which a double would lose digits, and their neighbours', async (t) => {
  const read = (text: string) => withInexactIntegers(text, JSON.parse(text))
  const valid = [
    '9007199254740991',
    '9007199254740992',
    '-9007199254740992',
    '9007199254740994',
    '1234567890123456',
    '100000000000000000000',
    `1${'0'.repeat(22)}`,
    '12345678901234567.5',
    '0.30000000000000004',
    '0.1234567890123456789',
    '1e300',
    '9007199254740993e-3',
    '"9007199254740993"',
    '"a 9007199254740993, b"',
    '{"9007199254740993":1}'
  ]
  for (const text of valid) {
    t.same(read(text), JSON.parse(text), text)
    t.same(jsonFaults(read(text)), [], text)
  }
  const lost = [
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '99999999999999999999',
    `1${'0'.repeat(23)}`,
    '\ufeff9007199254740993'
  ]
  for (const text of lost) {
    const faults = jsonFaults(withInexactIntegers(text, JSON.parse(text.replace('\ufeff', ''))))
    t.match(faults, [{ pointer: '', message: /no digit would be lost/ }], text)
  }
  t.same(
    jsonFaults(read('{"a":[1,9007199254740993,{"b/c":-9007199254740993}],"d":"9007199254740993","e":9007199254740995}'))
      .map(({ pointer }) => pointer),
    ['/a/1', '/a/2/b~1c', '/e']
  )
  for (let before = 0; before < 40; before++) {
    const [number] = read(`[${' '.repeat(before)}9007199254740993 , 1]`) as unknown[]
    t.equal(number, 9007199254740993n, `wherever it stands, as behind ${before} blanks`)
  }
  t.match(jsonFaults(read('9'.repeat(400))), [{ message: /1.8e308/ }])
  const deep = `${'['.repeat(200_000)}9007199254740993${']'.repeat(200_000)}`
  t.match(jsonFaults(read(deep)), [{ message: /deeper than 100/ }], 'what cannot be walked is refused for that')
})

t.test('any depth is borne, and no more than 100 faults are listed', async (t) => {
  for (
    const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
      ['[{"a":', '}]']
    ] as const
  ) t.equal(jsonFaults(nested(200_000, open, close)).length, 1)
  t.equal(jsonFaults(Array.from({ length: 60_000 }, () => '\0')).length, 100)
  t.equal(jsonFaults(Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`${i}\0`, '\0']))).length, 100)
})
