import t from 'tap'
import { Type } from 'typebox'
import { buildHttp } from '../../src/index.ts'
import { options } from './setup.ts'

const closed = { additionalProperties: false }
const Shape = Type.Union([
  Type.Object({ kind: Type.Literal('circle'), radius: Type.Number() }, closed),
  Type.Object(
    { kind: Type.Literal('square'), side: Type.Number(), corner: Type.Optional(Type.Literal('round')) },
    closed
  ),
  Type.Object({
    kind: Type.Literal('group'),
    of: Type.Array(Type.Union([
      Type.Object({ as: Type.Literal('one'), id: Type.Integer() }, closed),
      Type.Object({ as: Type.Literal('all') }, closed)
    ]))
  }, closed)
])

t.test('of a choice of shapes, only the one that was meant is spoken of', async (t) => {
  const app = buildHttp({ ...options(), errors: {} })
  app.route({
    method: 'POST',
    url: '/v1/shapes',
    config: { roles: 'public' },
    schema: {
      operationId: 'createShape',
      body: Type.Object({ shape: Shape, size: Type.Union([Type.Literal('small'), Type.Integer()]) })
    },
    handler: async () => ({})
  })
  await app.ready()
  const cases: [string, unknown, string[]][] = [
    ['what is meant lacks a field', { kind: 'circle' }, ['/radius is required']],
    ['of its fields one is wrong', { kind: 'square', side: 'x' }, ['/side must be a number']],
    ['and one is not known', { kind: 'circle', radius: 1, side: 2 }, [
      '/side is not known here; known are kind, radius'
    ]],
    ['a value below the tag', { kind: 'square', side: 1, corner: 'x' }, ['/corner must be "round"']],
    ['no shape has this tag', { kind: 'line', side: 1 }, ['/kind must be one of circle, square, group']],
    ['a choice within', { kind: 'group', of: [{ as: 'one' }, { as: 'none' }, { as: 'all' }] }, [
      '/of/0/id is required',
      '/of/1/as must be one of one, all'
    ]],
    ['a value of the other of two', { kind: 'group', of: [{ as: 'all', id: 1 }] }, [
      '/of/0/id is not known here; known are as'
    ]],
    ['it is none at all', 'circle', [' must be an object']]
  ]
  for (const [name, shape, faults] of cases) {
    const answer = await app.inject({ method: 'POST', url: '/v1/shapes', payload: { shape, size: 1 } })
    const said = (answer.json().errors as { pointer: string, message: string }[])
      .map(({ pointer, message }) => `${pointer} ${message}`)
    t.same(said.sort(), faults.map((fault) => `/shape${fault}`).sort(), name)
  }
  const untagged = await app.inject({ method: 'POST', url: '/v1/shapes', payload: { shape: {}, size: 'big' } })
  const pointers = (untagged.json().errors as { pointer: string }[]).map(({ pointer }) => pointer)
  t.ok(pointers.includes('/shape/kind'), 'no tag: what is required is said')
  t.ok(pointers.includes('/size'), 'a choice without shapes is as before')
})
