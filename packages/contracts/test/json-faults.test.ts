import t from 'tap'
import { jsonDepthMax, jsonFaults } from '../src/index.ts'

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

t.test('any depth is borne, and no more than 100 faults are told', async (t) => {
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
