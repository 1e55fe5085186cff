import t from 'tap'
import { Instant, OneLine, PlainText, Uuid } from '@dueline/contracts'
import { Type } from 'typebox'
import { buildHttp } from '../../src/index.ts'
import { options } from './setup.ts'

void t.test('a text of the wrong form is described in words, never by a regular expression', async (t) => {
  const app = buildHttp({ ...options(), errors: {} })
  app.route({
    method: 'POST',
    url: '/v1/things/:thingId',
    config: { roles: 'public' },
    schema: {
      operationId: 'createThing',
      params: Type.Object({ thingId: Type.String({ pattern: '^[0-9]+$' }) }),
      body: Type.Object({ id: Uuid, at: Instant, note: PlainText(20), name: OneLine(20) })
    },
    handler: async () => ({})
  })
  await app.ready()
  const post = async (thingId: string, payload: object) => {
    const answer = await app.inject({ method: 'POST', url: `/v1/things/${thingId}`, payload })
    return { status: answer.statusCode, errors: answer.json().errors ?? [] }
  }
  const right = {
    id: '01900000-0000-7000-8000-000000000001',
    at: '2026-01-31T08:00:00Z',
    note: 'two\nlines\tof text',
    name: ' Tinte 🖨️ '
  }
  t.match(await post('5', right), { status: 200 })
  const { status, errors } = await post('x', { id: 'x', at: '2026-01-31', note: 'fine', name: 'a\nb' })
  t.equal(status, 400)
  t.same(errors.map(({ pointer }: any) => pointer), ['/thingId', '/id', '/at', '/name'])
  for (const { message } of errors) t.notMatch(message, /[\\^$]/, message)
  t.equal(errors[1].message, 'must be a lower-case UUID')
  t.match(errors[2].message, /^must be an RFC 3339 instant/)
  t.match(errors.at(-1).message, /^must be one line of at most 20 characters/)
  const refused = ['', ' ', 'a\tb', 'a\u0085b', 'a\u2028b', '\r\n', 'x'.repeat(21), 'a\ud800']
  for (const name of refused) {
    t.match(
      await post('5', { ...right, name }),
      { status: 400, errors: [{ pointer: '/name' }] },
      JSON.stringify([...name].map((c) => c.codePointAt(0)))
    )
  }
  for (const name of ['a', ' a', 'a b', 'x'.repeat(20), 'عربي', 'a\u200db']) {
    t.equal((await post('5', { ...right, name })).status, 200, encodeURI(name))
  }
})

void t.test('several values sent as one are told how to be sent', async (t) => {
  const app = buildHttp({ ...options(), errors: {} })
  app.route({
    method: 'GET',
    url: '/v1/things',
    config: { roles: 'public' },
    schema: {
      operationId: 'listThings',
      querystring: Type.Object({
        ids: Type.Optional(Type.Array(Uuid)),
        kind: Type.Optional(Type.Literal('a')),
        names: Type.Optional(Type.String({ description: 'Names, separated by commas' })),
        limit: Type.Optional(Type.Integer())
      })
    },
    handler: async () => ({})
  })
  const messages = async (query: string): Promise<string[]> =>
    (await app.inject(`/v1/things?${query}`)).json().errors.map(({ message }: any) => message)
  const id = '01900000-0000-7000-8000-000000000001'
  t.same(await messages(`ids=${id},${id}`), ['must be a lower-case UUID; repeat the parameter for each value'])
  t.same(await messages('ids=x'), ['must be a lower-case UUID'], 'its neighbour')
  t.same(await messages('names=a&names=b'), ['must be sent once, its values separated by commas'])
  t.same(await messages('limit=1&limit=2'), ['must be sent once'])
  t.equal((await app.inject('/v1/things?names=a,b&limit=1')).statusCode, 200)
  t.notMatch((await messages('kind=a,b')).join(), 'repeat', 'what is no list is not to be repeated')
  t.equal((await app.inject(`/v1/things?ids=${id}&ids=${id}`)).statusCode, 200)
})
