import { Duration } from '@dueline/contracts'
import t from 'tap'
import { Type } from 'typebox'
import { buildHttp, mergePatchType, patchOf } from '../../src/index.ts'
import { options } from './setup.ts'

const before = {
  name: 'a',
  tags: ['x', 'y'],
  custom: { a: 1, b: { c: 1, d: 2 } },
  targets: { first: 'PT1H', second: 'PT2H' }
}
const fields = Type.Partial(Type.Object({
  name: Type.Union([Type.String(), Type.Null()]),
  tags: Type.Array(Type.String()),
  custom: Type.Record(Type.String(), Type.Unknown(), { maxProperties: 3 }),
  targets: Type.Partial(Type.Object({ first: Duration, second: Duration }))
}))

function build () {
  const app = buildHttp({ ...options(), errors: {} })
  for (const method of ['PATCH', 'POST'] as const) {
    app.route({
      method,
      url: '/v1/things',
      config: { roles: 'public' },
      schema: { operationId: `${method}Thing`, body: fields },
      handler: async (request) => patchOf(request, before)
    })
  }
  return async (payload: object, type: string = mergePatchType, method: 'PATCH' | 'POST' = 'PATCH') =>
    await app.inject({ method, url: '/v1/things', payload: JSON.stringify(payload), headers: { 'content-type': type } })
}

t.test('a merge patch changes objects field by field, null removes, lists are replaced', async (t) => {
  const patch = build()
  const cases: Array<[object, object]> = [
    [{ name: null }, { name: null }],
    [{ tags: ['z'] }, { tags: ['z'] }],
    [{ custom: { e: 5 } }, { custom: { a: 1, b: { c: 1, d: 2 }, e: 5 } }],
    [{ custom: { a: null } }, { custom: { b: { c: 1, d: 2 } } }],
    [{ custom: { b: { d: null, f: { g: null } } } }, { custom: { a: 1, b: { c: 1, f: {} } } }],
    [{ custom: { a: { x: 1 } } }, { custom: { a: { x: 1 }, b: { c: 1, d: 2 } } }],
    [{ custom: { b: [null, { z: null }] } }, { custom: { a: 1, b: [null, { z: null }] } }],
    [{ targets: { first: null } }, { targets: { second: 'PT2H' } }]
  ]
  for (const [sent, wanted] of cases) t.same((await patch(sent)).json(), wanted, JSON.stringify(sent))
  t.same((await patch({ name: 'b' }, `${mergePatchType}; charset=utf-8`)).json(), { name: 'b' })
})

t.test('JSON replaces each field as a whole', async (t) => {
  const patch = build()
  t.same((await patch({ custom: { e: null } }, 'application/json')).json(), { custom: { e: null } })
  t.equal((await patch({ targets: { first: null } }, 'application/json')).statusCode, 400)
})

t.test('what a merge patch comes to is checked as a whole, and it is for PATCH alone', async (t) => {
  const patch = build()
  t.match((await patch({ custom: { e: 1, f: 2 } })).json(), { status: 400, errors: [{ pointer: '/custom' }] })
  t.match((await patch({ tags: null })).json(), { status: 400, errors: [{ pointer: '/tags' }] })
  t.match((await patch({ targets: { first: 'soon' } })).json(), {
    status: 400,
    errors: [{ pointer: '/targets/first' }]
  })
  const refused = await patch({}, mergePatchType, 'POST')
  t.match([refused.statusCode, refused.headers['accept']], [415, 'application/json'])
  const csv = await patch({}, 'text/csv')
  t.match([csv.statusCode, csv.headers['accept-patch']], [415, `application/json, ${mergePatchType}`])
})
