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
  t.match(errors.at(-1).message, /one line of at most 20 characters/)
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
